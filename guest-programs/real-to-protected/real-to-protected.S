// From real mode, where a segment is a number times 16, to protected mode, where it names a
// descriptor.
//
//   real        ds = 2001h                 address = 2001h * 16 + offset
//   protected   es = 18h -> GDT entry 3    address = base of the entry + offset
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_REAL, RINGSIDE_NEEDS_REAL_MODE + RINGSIDE_NEEDS_PROTECTED32, \
    "a GDT, one bit in CR0, one far jump: out of the first mebibyte"

#define CODE 0x08
#define FLAT 0x10
#define WINDOW 0x18
#define ABOVE_1_MIB 0x00200000

.data
.balign 8
gdt:
    .quad 0
    .quad DESCRIPTOR_CODE32
    .quad DESCRIPTOR_DATA
    .quad 0x0040932000000fff // base 00200000h, limit 4 KiB, data, writable, accessed
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt

.text
.code16
.globl _start
_start:
    SAY "real mode: 2000:0010 and 2001:0000 are one byte\n"
    mov ax, 0x2000
    mov ds, ax
    mov byte ptr [0x10], 0x52
    mov ax, 0x2001
    mov ds, ax
    cmp byte ptr [0], 0x52
    mov ax, 0
    mov ds, ax
    EXPECT e, 1

    MARK "CR0.PE"
    lgdt [gdt_pointer]
    mov eax, cr0
    or eax, CR0_PE
    mov cr0, eax // protected from here on, but CS still holds what real mode put there
    ljmp CODE, offset protected_mode

.code32
protected_mode:
    mov ax, FLAT
    mov ds, ax
    mov ss, ax
    mov es, ax
    mov esp, RINGSIDE_BOOT_STACK
    SAY "protected mode: flat, so that byte is at 00020010\n"
    cmp byte ptr [0x20010], 0x52
    EXPECT e, 2
    mov ax, cs
    cmp ax, CODE
    EXPECT e, 3

    // A segment whose base is 2 MiB: offset 4 in it is no address that real mode could form.
    mov ax, WINDOW
    mov es, ax
    mov dword ptr es:[4], 0x12345678
    cmp dword ptr [ABOVE_1_MIB + 4], 0x12345678
    EXPECT e, 4
    SAY "es:00000004 with base 00200000 is at 00200004\n"

    FINISH
