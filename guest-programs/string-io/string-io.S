// One instruction, many exits: REP OUTS and REP INS move a whole string through a port.
//
// RCX counts down while the instruction stands still, forwards or, with DF set, backwards.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "REP OUTSB and REP INSB: one instruction, one exit for each element"

#define UNCLAIMED_PORT 0x600

.section .rodata
forwards:
    .ascii "This line is one instruction.\n"
forwards_length:
    .long . - forwards
backwards:
    .ascii "?sdrawkcab daer eno siht sI"
backwards_length:
    .long . - backwards

.bss
answers:
    .skip 16

.text
.globl _start
_start:
    MARK "rep outsb"
    mov dx, COM1_DATA
    mov esi, offset forwards
    mov ecx, dword ptr [forwards_length]
    rep outsb
    test ecx, ecx
    EXPECT z, 1
    cmp esi, offset forwards_length
    EXPECT e, 2

    MARK "backwards"
    mov dx, COM1_DATA
    mov esi, offset backwards_length - 1
    mov ecx, dword ptr [backwards_length]
    std
    rep outsb
    cld
    cmp esi, offset backwards - 1
    EXPECT e, 3

    // Eight reads of one register. Hardware may report them as one exit with a count of eight.
    MARK "rep insb"
    mov dx, COM1_SCRATCH
    mov al, 'R'
    out dx, al
    mov edi, offset answers
    mov ecx, 8
    rep insb
    cmp edi, offset answers + 8
    EXPECT e, 4
    mov rax, 0x5252525252525252 // "RRRRRRRR"
    cmp qword ptr [answers], rax
    EXPECT e, 5
    SAY "\nEight times the scratch register: "
    mov esi, offset answers
    mov dx, COM1_DATA
    mov ecx, 8
    rep outsb

    // Words from a port that nobody claims: an undriven bus reads as all ones.
    mov dx, UNCLAIMED_PORT
    mov edi, offset answers
    mov ecx, 2
    rep insw
    cmp dword ptr [answers], -1
    EXPECT e, 6
    SAY "\nTwo words from a port without a device: "
    mov ebx, dword ptr [answers]
    SAY_HEX ebx
    SAY "\n"

    FINISH
