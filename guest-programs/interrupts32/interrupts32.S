// Interrupts in 32-bit protected mode: gates of 8 bytes, frames of three words, and IRET.
//
//   same privilege: push EFLAGS CS EIP [error code], no stack switch
//
// One of each kind: INT n, an exception, and the timer while the CPU sleeps.
#include "guest-programs/lib/guest.inc"
#include "guest-programs/lib/timer.inc"

RINGSIDE_GUEST RINGSIDE_START_PROTECTED32, \
    RINGSIDE_NEEDS_PROTECTED32 + RINGSIDE_NEEDS_PROTECTED32_INTERRUPTS, \
    "INT n, #DE and a timer tick through 8-byte gates, and back by IRET"

#define SERVICE 0x30
#define DIVISOR 11932 // 100 Hz

.data
idt_pointer:
    .word 64 * 8 - 1
    .long idt

.bss
.balign 8
idt:
    .skip 64 * 8

// SET_GATE32 vector, handler: SDM Vol. 3A, "IDT Descriptors", Figure "IDT Gate Descriptors".
.macro SET_GATE32 vector, handler
    mov eax, offset \handler
    mov word ptr [idt + \vector * 8], ax
    mov word ptr [idt + \vector * 8 + 2], SELECTOR_CODE32
    mov word ptr [idt + \vector * 8 + 4], GATE_INTERRUPT << 8
    shr eax, 16
    mov word ptr [idt + \vector * 8 + 6], ax
.endm

.text
.code32
service: // EBX is the argument, EBX + 1 the answer
    inc ebx
    mov ebp, esp
    iretd

divide_error: // steps over DIV ECX, two bytes
    inc ebx
    add dword ptr [esp], 2
    iretd

on_timer:
    push eax
    inc ebx
    OUT_BYTE PIC1_COMMAND, PIC_EOI
    pop eax
    iretd

.globl _start
_start:
    lidt [idt_pointer]
    SET_GATE32 VECTOR_DE, divide_error
    SET_GATE32 SERVICE, service
    SET_GATE32 TIMER_VECTOR, on_timer

    mov ebx, 41
    int SERVICE
    cmp ebx, 42
    EXPECT e, 1
    cmp ebp, RINGSIDE_BOOT_STACK - 3 * 4
    EXPECT e, 2
    SAY "INT 30h answered 42 from a frame of three words\n"

    mov ebx, 0
    xor ecx, ecx
    mov eax, 1
    xor edx, edx
    div ecx
    cmp ebx, 1
    EXPECT e, 3
    SAY "#DE was stepped over\n"

    START_PICS 0xfe // only IRQ 0
    START_PIT DIVISOR
    mov ebx, 0
    sti
    hlt
    cli
    cmp ebx, 1
    EXPECT e, 4
    OUT_BYTE PIC1_DATA, 0xff
    SAY "the timer woke us\n"

    FINISH
