// Software interrupts as the BIOS and DOS used them: INT n through the table at address 0.
//
//   IVT entry n at 4 * n: offset, segment         stack in the handler: IP CS FLAGS
//
// The service prints a letter; an unknown service sets CF in the FLAGS that IRET will pop.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_REAL, RINGSIDE_NEEDS_REAL_MODE, \
    "INT n in real mode: through the vector table at 0 and back by IRET"

#define SERVICE 0x60 // 60h to 67h were left to programs
#define PRINT 1

.section .rodata
message:
    .asciz "printed by INT 60h, one call a letter\n"

.text
.code16
service:
    push bp
    mov bp, sp // [bp] old BP, [bp + 2] IP, [bp + 4] CS, [bp + 6] FLAGS
    cmp ah, PRINT
    jne unknown_service
    mov dx, COM1_DATA
    out dx, al
    and word ptr [bp + 6], ~RFLAGS_CF
    pop bp
    iret
unknown_service:
    or word ptr [bp + 6], RFLAGS_CF
    pop bp
    iret

breakpoint: // INT3, the one-byte form, uses vector 3
    inc cx
    iret

.globl _start
_start:
    mov word ptr [SERVICE * 4], offset service
    mov word ptr [SERVICE * 4 + 2], 0
    mov word ptr [3 * 4], offset breakpoint
    mov word ptr [3 * 4 + 2], 0
    mov bx, sp

    mov si, offset message
next_letter:
    lodsb
    test al, al
    jz printed
    mov ah, PRINT
    int SERVICE
    EXPECT nc, 1
    jmp next_letter
printed:
    cmp sp, bx
    EXPECT e, 2 // three words pushed, three popped

    mov ah, 99
    int SERVICE
    EXPECT c, 3
    SAY "service 99 is unknown: carry is set\n"

    mov cx, 0
    int3
    cmp cx, 1
    EXPECT e, 4
    SAY "INT3 came back, too\n"

    FINISH
