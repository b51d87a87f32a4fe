// Software interrupts in long mode: the same INT n as in 1978, another table, another frame.
//
//   gate of 16 bytes -> RSP rounded down to 16 -> push SS RSP RFLAGS CS RIP, always all five
//
// An interrupt gate clears IF for the handler, a trap gate leaves it alone. INT3 has a byte of its
// own.
#include "guest-programs/lib/long_mode.inc"
#include "guest-programs/lib/timer.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, \
    RINGSIDE_NEEDS_LONG_MODE + RINGSIDE_NEEDS_SOFTWARE_INTERRUPTS, \
    "INT n in ring 0: gates of 16 bytes, frames of five words, IF on and off"

#define INTERRUPT_GATE 0x30
#define TRAP_GATE 0x31
#define VECTOR_BP 3

LONG_MODE_TABLES

.text
through_interrupt_gate:
    mov rbx, rsp
    pushfq
    pop r8 // RFLAGS as the handler finds it
    and r8d, RFLAGS_IF // the one bit that is asked about; others may be undefined
    mov r9, qword ptr [rsp] // RIP it will go back to
    iretq

through_trap_gate:
    pushfq
    pop r8
    and r8d, RFLAGS_IF
    iretq

breakpoint:
    mov r9, qword ptr [rsp]
    iretq

.globl _start
_start:
    LOAD_TABLES
    SET_GATE INTERRUPT_GATE, through_interrupt_gate
    SET_GATE TRAP_GATE, through_trap_gate, GATE_TRAP
    SET_GATE VECTOR_BP, breakpoint
    START_PICS 0xff // IF may be on: nobody will ring
    sti

    mov rsp, RINGSIDE_BOOT_STACK - 8 // crooked on purpose
    int INTERRUPT_GATE
behind:
    mov rsp, RINGSIDE_BOOT_STACK
    cmp r9, offset behind
    EXPECT e, 1
    cmp rbx, RINGSIDE_BOOT_STACK - 16 - 5 * 8
    EXPECT e, 2
    SAY "INT 30h pushed five words below a rounded stack pointer\n"

    test r8d, RFLAGS_IF
    EXPECT z, 3
    pushfq
    pop rax
    and eax, RFLAGS_IF
    EXPECT nz, 4
    SAY "its gate turned IF off, IRETQ turned it on again\n"

    int TRAP_GATE
    test r8d, RFLAGS_IF
    EXPECT nz, 5
    SAY "INT 31h went through a trap gate: IF stayed on\n"

    int3
behind_breakpoint:
    cmp r9, offset behind_breakpoint
    EXPECT e, 6
    SAY "INT3 is a trap: RIP in its frame is behind it\n"

    FINISH
