// Two threads that never yield: the timer takes the CPU away from one and gives it to the other.
//
// A switch is a change of stacks inside the handler. Everything else a thread is lies on its stack:
//
//   SS RSP RFLAGS CS RIP  (the CPU's frame)  RAX ... R15  (ours)  <- saved_rsp of the thread
#include "guest-programs/lib/long_mode.inc"
#include "guest-programs/lib/timer.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE + RINGSIDE_NEEDS_PREEMPTION + \
    RINGSIDE_IS_PREEMPTED, "two loops without a yield, taken in turns by the timer"

#define TURNS 6
#define DIVISOR 1193 // about 1 ms

LONG_MODE_TABLES

.bss
.balign 16
saved_rsp:
    .skip 2 * 8
progress: // how far each thread has counted
    .skip 2 * 8
current:
    .skip 8
turns:
    .skip 8
    .skip 1024
stack0_top:
    .skip 1024
stack1_top:

.macro PUSH_ALL
    .irp register, rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
    push \register
    .endr
.endm
.macro POP_ALL
    .irp register, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax
    pop \register
    .endr
.endm

// THREAD number, pattern: counts for ever, and looks whether anybody touched its registers
// meanwhile.
.macro THREAD number, pattern, result
    mov r12, \pattern
    mov r15, \pattern
count\number:
    inc rax
    mov qword ptr [progress + \number * 8], rax
    cmp r12, r15
    EXPECT e, \result
    cmp r12, \pattern
    EXPECT e, \result
    jmp count\number
.endm

// MAKE_THREAD number, entry: a stack that looks as if the thread had just been interrupted at its
// entry.
.macro MAKE_THREAD number, entry
    mov rbx, rsp
    mov rsp, offset stack\number\()_top
    push SELECTOR_DATA
    push offset stack\number\()_top
    push RFLAGS_RESERVED + RFLAGS_IF
    push SELECTOR_CODE64
    push offset \entry
    xor eax, eax
    .rept 15
    push rax
    .endr
    mov qword ptr [saved_rsp + \number * 8], rsp
    mov rsp, rbx
.endm

.text
thread_a:
    THREAD 0, 0x0a0a0a0a, 1
thread_b:
    THREAD 1, 0x0b0b0b0b, 2

on_timer:
    PUSH_ALL
    OUT_BYTE PIC1_COMMAND, PIC_EOI
    mov ebx, dword ptr [current]
    mov qword ptr [saved_rsp + rbx * 8], rsp

    SAY "the timer takes the CPU from "
    lea eax, [rbx + 'A']
    mov dx, COM1_DATA
    out dx, al
    SAY " and gives it to "
    xor ebx, 1
    lea eax, [rbx + 'A']
    mov dx, COM1_DATA
    out dx, al
    SAY "\n"
    inc dword ptr [turns]
    cmp dword ptr [turns], TURNS
    je enough

    mov dword ptr [current], ebx
    mov rsp, qword ptr [saved_rsp + rbx * 8] // this is the switch
    POP_ALL
    iretq

enough:
    OUT_BYTE PIC1_DATA, 0xff
    cmp qword ptr [progress], 0
    EXPECT ne, 3
    cmp qword ptr [progress + 8], 0
    EXPECT ne, 4
    SAY "Six turns. Both threads got on, neither lost a register.\n"
    FINISH

.globl _start
_start:
    LOAD_TABLES
    SET_GATE TIMER_VECTOR, on_timer
    MAKE_THREAD 0, thread_a
    MAKE_THREAD 1, thread_b
    START_PICS 0xfe // only IRQ 0
    START_PIT DIVISOR
    SAY "A starts.\n"
    mov rsp, qword ptr [saved_rsp] // become thread A: the frame we made is as good as any
    POP_ALL
    iretq
