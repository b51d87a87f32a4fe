// The end of the line: an exception without a handler, twice over, shuts the CPU down.
//
//   #UD -> no gate -> #GP -> no gate -> #DF -> no gate -> shutdown
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "an IDT of length zero and one undefined instruction: shutdown"

.data
no_idt:
    .word 0
    .quad 0

.text
.globl _start
_start:
    SAY "An exception with nowhere to go: good night.\n"
    lidt [no_idt]
    MARK "the last event"
    ud2
    mov al, 1 // nobody gets here
    out RINGSIDE_PORT_EXIT, al
