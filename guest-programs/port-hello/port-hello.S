// Printing the way drivers do it: ask the UART whether it takes a byte, then give it one.
//
// Each letter costs two exits, an IN that is answered and an OUT that is not. The second sentence
// is sent without asking and costs half.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "a greeting through the serial port: IN asks, OUT tells"

.section .rodata
greeting:
    .asciz "Hello! Each letter costs one IN and one OUT.\n"

.text
.globl _start
_start:
    MARK "asking first"
    mov esi, offset greeting
    xor ebx, ebx // letters sent
next_letter:
    mov dx, COM1_LSR
not_yet:
    in al, dx // exits, and waits for our answer
    test al, LSR_THR_EMPTY
    jz not_yet
    mov dx, COM1_DATA
    lodsb
    out dx, al // exits, and goes on
    inc ebx
    cmp byte ptr [rsi], 0
    jne next_letter
    cmp ebx, 45
    EXPECT e, 1

    MARK "not asking"
    SAY "Each of these costs one OUT.\n"

    // The scratch register keeps what it is given: proof that a device with a memory answers.
    mov dx, COM1_SCRATCH
    mov al, 0x5a
    out dx, al
    xor eax, eax
    in al, dx
    cmp al, 0x5a
    EXPECT e, 2
    SAY "The UART remembered 5a for us.\n"

    FINISH
