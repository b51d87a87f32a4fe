// Where the monitor starts, and the two accesses that may fault.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "a monitor on the serial line: peek, poke, walk, regs, timer, fault"

.text
.globl _start
_start:
    call monitor // RSP was 16-byte aligned, as the System V ABI wants it before a CALL
    out RINGSIDE_PORT_EXIT, al
halt:
    hlt
    jmp halt

// bool try_load(uint64_t address, uint64_t* value)
.globl try_load, load_access
try_load:
load_access:
    mov rax, qword ptr [rdi]
    mov qword ptr [rsi], rax
    mov eax, 1
    ret

// bool try_store(uint64_t address, uint64_t value)
.globl try_store, store_access
try_store:
store_access:
    mov qword ptr [rdi], rsi
    mov eax, 1
    ret

// The fault handlers continue here; the return address is still on the stack.
.globl access_failed
access_failed:
    xor eax, eax
    ret
