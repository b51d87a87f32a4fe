// PAE: 32-bit addresses, 64-bit entries. Three levels, and physical memory beyond 4 GiB.
//
//   virtual                     physical
//   0x00000000  2 MiB page  ->  0x00000000     identity: code, tables, stack
//   0x40000000  4 KiB page  ->  0x00200000
//   0x80000000  2 MiB page  ->  0x00400000
//   0xc0000000  4 KiB page  ->  0x100000000    the fifth GiB: nobody lives there
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_PROTECTED32, RINGSIDE_NEEDS_PROTECTED32 + RINGSIDE_NEEDS_PAE, \
    "64-bit page-table entries under 32-bit addresses, and a look beyond 4 GiB"

#define LEAF PAGE_PRESENT + PAGE_WRITE
#define FRAME 0x00200000
#define LARGE_FRAME 0x00400000

.data
.balign 4096
// SDM Vol. 3A, "PAE Paging", Table "Format of a PAE Page-Directory-Pointer-Table Entry (PDPTE)":
// R/W and U/S are reserved here. The four entries are loaded with CR3. Each entry is written as
// two halves, because a 32-bit object file cannot relocate 64 bits.
page_directory_pointers:
    .long directory0 + PAGE_PRESENT, 0
    .long directory1 + PAGE_PRESENT, 0
    .long directory2 + PAGE_PRESENT, 0
    .long directory3 + PAGE_PRESENT, 0
.balign 4096
directory0:
    .long 0x00000000 + PAGE_LARGE + LEAF, 0
    .fill 511, 8, 0
directory1:
    .long table1 + LEAF, 0
    .fill 511, 8, 0
directory2:
    .long LARGE_FRAME + PAGE_LARGE + LEAF, 0
    .fill 511, 8, 0
directory3:
    .long table3 + LEAF, 0
    .fill 511, 8, 0
table1:
    .long FRAME + LEAF, 0
    .fill 511, 8, 0
table3:
    .long 0 + LEAF, 1 // the frame at 0x100000000
    .fill 511, 8, 0

.text
.code32
.globl _start
_start:
    // While paging is off, physical addresses are all there is: plant something to find.
    mov dword ptr [FRAME + 0x18], 0x0ddba11
    mov dword ptr [LARGE_FRAME + 0x12344], 0x5eed

    mov eax, cr4
    or eax, CR4_PAE
    mov cr4, eax
    mov eax, offset page_directory_pointers
    mov cr3, eax
    mov eax, cr0
    or eax, CR0_PG + CR0_WP
    mov cr0, eax
    MARK "PAE on"
    SAY "PAE is on: 2 + 9 + 9 + 12 bits of address\n"

    cmp dword ptr [0x40000018], 0x0ddba11
    CLAIM e, 1, "40000018 is 00200018"
    SAY "40000018 -> 00200018  4 KiB page, three entries read\n"
    cmp dword ptr [0x80012344], 0x5eed
    CLAIM e, 2, "80012344 is 00412344"
    SAY "80012344 -> 00412344  2 MiB page, two entries read\n"

    // Only a 64-bit entry can name this frame. There is no memory: the load leaves the guest.
    mov ebx, dword ptr [0xc0000010]
    cmp ebx, -1
    EXPECT e, 3
    SAY "c0000010 -> 100000010 beyond 4 GiB, nobody there: "
    SAY_HEX ebx
    SAY "\n"

    mov eax, dword ptr [table1]
    and eax, PAGE_ACCESSED + PAGE_DIRTY
    cmp eax, PAGE_ACCESSED
    EXPECT e, 4

    FINISH
