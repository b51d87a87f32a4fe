// The smallest story: arithmetic that nobody sees, then one OUT that everybody sees.
//
// Built twice: as an ELF file, and as a bare boot sector of the same bytes (first-exit.bin).
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_REAL, RINGSIDE_NEEDS_REAL_MODE, \
    "seventeen silent loops, then one OUT: the first exit"

.text
.code16
.globl _start
_start:
    mov al, 'A'
    mov cx, 17
count:
    inc al // runs inside the CPU: no exit, no event
    loop count

    mov dx, COM1_DATA
    out dx, al // the CPU has no serial line: it leaves guest mode and asks us
    mov al, '\n'
    out dx, al

    FINISH
