// A machine that sleeps: HLT until the timer's interrupt, five times, then the timer is masked.
//
// Between two ticks the CPU runs nothing at all, and virtual time jumps to the timer's next
// deadline.
#include "guest-programs/lib/long_mode.inc"
#include "guest-programs/lib/timer.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "PIT, PIC and HLT: five ticks, each raised, injected, handled and ended"

#define TICKS 5
#define DIVISOR 11932 // 1193182 Hz / 11932 = 100 Hz, a tick every 10 ms

LONG_MODE_TABLES

.bss
.balign 8
ticks:
    .skip 8

.text
on_timer:
    push rax
    inc dword ptr [ticks]
    OUT_BYTE PIC1_COMMAND, PIC_EOI // until then the PIC holds back IRQ 0 and everything below it
    pop rax
    iretq

.globl _start
_start:
    LOAD_TABLES
    SET_GATE TIMER_VECTOR, on_timer
    START_PICS 0xfe // only IRQ 0
    START_PIT DIVISOR
    SAY "The timer runs; the CPU sleeps.\n"

    xor ebx, ebx
wait:
    sti // takes effect behind the next instruction, so that no tick slips in between
    hlt
    cli
    inc ebx
    cmp dword ptr [ticks], ebx
    EXPECT e, 1
    SAY "tick "
    SAY_DECIMAL ebx
    SAY "\n"
    cmp ebx, TICKS
    jne wait

    OUT_BYTE PIC1_DATA, 0xff // masked: no more ticks
    OUT_BYTE PIT_CONTROL, PIT_CHANNEL0_STOP
    SAY "Five interrupts, five times awake.\n"

    FINISH
