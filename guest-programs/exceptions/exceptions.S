// Five exceptions in long mode: where each comes from, what it pushes, how the guest goes on.
//
// Each handler notes vector, error code, RIP and CR2, then returns to the place the test chose.
// The last one, #DF, cannot return: it happens because the stack is gone, and it is handled on a
// stack of its own.
#include "guest-programs/lib/long_mode.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "#DE, #UD, #GP, #PF and a #DF that survives on a stack of its own"

#define NOT_MAPPED 0x0000000200000000 // 8 GiB: the boot tables end at 4 GiB

LONG_MODE_TABLES

.bss
.balign 8
seen_vector:
    .skip 8
seen_error:
    .skip 8
seen_rip:
    .skip 8
seen_cr2:
    .skip 8
resume:
    .skip 8

// HANDLER name, vector, pushes_error: the CPU pushes an error code for some vectors and none for
// others.
.macro HANDLER name, vector, pushes_error
\name:
    .if !\pushes_error
    push 0
    .endif
    push \vector
    jmp note_exception
.endm

// AFTER vector, error, instruction, result: checks what the handler noted.
.macro AFTER vector, error, instruction, result
    cmp qword ptr [seen_vector], \vector
    EXPECT e, \result
    cmp qword ptr [seen_error], \error
    EXPECT e, \result
    cmp qword ptr [seen_rip], offset \instruction
    EXPECT e, \result
.endm

.text
HANDLER divide_error, VECTOR_DE, 0
HANDLER invalid_opcode, VECTOR_UD, 0
HANDLER general_protection, VECTOR_GP, 1
HANDLER page_fault, VECTOR_PF, 1

// Stack, upwards: vector, error code, RIP, CS, RFLAGS, RSP, SS. The last five are the CPU's, and
// IRETQ's.
note_exception:
    pop qword ptr [seen_vector]
    pop qword ptr [seen_error]
    mov rax, qword ptr [rsp]
    mov qword ptr [seen_rip], rax
    mov rax, cr2
    mov qword ptr [seen_cr2], rax
    mov rax, qword ptr [resume]
    mov qword ptr [rsp], rax
    iretq

.globl _start
_start:
    LOAD_TABLES
    SET_GATE VECTOR_DE, divide_error
    SET_GATE VECTOR_UD, invalid_opcode
    SET_GATE VECTOR_GP, general_protection
    SET_GATE VECTOR_PF, page_fault
    SET_GATE VECTOR_DF, double_fault, GATE_INTERRUPT, IST1

    MARK "#DE"
    mov qword ptr [resume], offset after_divide
    mov eax, 1
    xor edx, edx
    xor ecx, ecx
divide:
    div ecx
after_divide:
    AFTER VECTOR_DE, 0, divide, 1
    SAY "#DE  one divided by nothing\n"

    MARK "#UD"
    mov qword ptr [resume], offset after_undefined
undefined:
    ud2
after_undefined:
    AFTER VECTOR_UD, 0, undefined, 2
    SAY "#UD  an instruction that is kept undefined\n"

    MARK "#GP"
    mov qword ptr [resume], offset after_selector
    mov ax, 0x78
selector:
    mov fs, ax
after_selector:
    AFTER VECTOR_GP, 0x78, selector, 3
    SAY "#GP  a selector beyond the GDT: error code 00000078\n"
    mov qword ptr [resume], offset after_address
    mov rbx, 0x0000900000000000
not_canonical:
    mov al, byte ptr [rbx]
after_address:
    AFTER VECTOR_GP, 0, not_canonical, 4
    SAY "#GP  an address that is not canonical: error code 00000000\n"

    MARK "#PF"
    mov rbx, NOT_MAPPED
    mov qword ptr [resume], offset after_load
load:
    mov al, byte ptr [rbx + 0x123]
after_load:
    AFTER VECTOR_PF, 0, load, 5
    mov rbx, NOT_MAPPED + 0x123
    cmp qword ptr [seen_cr2], rbx
    EXPECT e, 5
    SAY "#PF  a load from 0000000200000123: error code 00000000\n"
    mov rbx, NOT_MAPPED
    mov qword ptr [resume], offset after_store
store:
    mov byte ptr [rbx + 0x456], 1
after_store:
    AFTER VECTOR_PF, FAULT_WRITE, store, 6
    mov rbx, NOT_MAPPED + 0x456
    cmp qword ptr [seen_cr2], rbx
    EXPECT e, 6
    SAY "#PF  a store to 0000000200000456: error code 00000002\n"

    // PUSH faults; the #PF needs the same stack for its frame, and faults; together they are a #DF.
    MARK "#DF"
    mov rsp, NOT_MAPPED
overflow:
    push rax

double_fault:
    cmp rsp, offset fault_stack_top - 6 * 8 // IST1, below it a frame with an error code
    EXPECT e, 7
    pop rax
    test rax, rax // the error code of a #DF is always 0
    EXPECT z, 8
    mov rax, NOT_MAPPED
    cmp qword ptr [rsp + 3 * 8], rax // the stack that broke
    EXPECT e, 9
    xor eax, eax
    mov cr2, rax
    mov rsp, RINGSIDE_BOOT_STACK
    SAY "#DF  a push without a stack, told on the stack of IST1\n"

    FINISH
