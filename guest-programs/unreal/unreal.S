// Unreal mode: real mode with a segment register that remembers protected mode.
//
// A segment register has a hidden part (base, limit, rights) that is written when it is loaded and
// used ever after. Leaving protected mode does not load it, so the 4 GiB limit stays.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_REAL, RINGSIDE_NEEDS_REAL_MODE + RINGSIDE_NEEDS_PROTECTED32, \
    "real mode with a 4 GiB data segment: the hidden part of a segment register"

#define FLAT 0x08
#define ABOVE_1_MIB 0x00200000

.data
.balign 8
gdt:
    .quad 0
    .quad DESCRIPTOR_DATA
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt

.text
.code16
.globl _start
_start:
    SAY "real mode, 64 KiB segments\n"
    lgdt [gdt_pointer]
    mov eax, cr0
    or al, CR0_PE
    mov cr0, eax
    mov bx, FLAT
    mov es, bx // base 0, limit 4 GiB, into the hidden part
    and al, ~CR0_PE & 0xff
    mov cr0, eax
    MARK "unreal"

    mov ebx, ABOVE_1_MIB
    mov dword ptr es:[ebx], 0x600df00d
    cmp dword ptr es:[ebx], 0x600df00d
    EXPECT e, 1
    mov ax, es
    cmp ax, FLAT // the visible part is just a number
    EXPECT e, 2
    SAY "real mode again, and es:00200000 is within reach\n"

    // Loading ES in real mode sets base and selector; the limit stays as wide as it was.
    mov ax, 0x1000
    mov es, ax
    cmp dword ptr es:[ebx - 0x10000], 0x600df00d
    EXPECT e, 3
    SAY "es = 1000h moved the base and kept the limit\n"

    FINISH
