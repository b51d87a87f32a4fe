// 32-bit paging: two levels of 1024 entries, or one level and a 4 MiB page.
//
//   virtual                     physical
//   0x00000000  4 MiB page  ->  0x00000000     identity: code, tables, stack
//   0x40000000  4 KiB page  ->  0x00200000     \ two names
//   0x40001000  4 KiB page  ->  0x00200000     / for one frame
//   0x80000000  4 MiB page  ->  0x00800000
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_PROTECTED32, RINGSIDE_NEEDS_PROTECTED32 + RINGSIDE_NEEDS_PAGING32, \
    "two-level tables and a 4 MiB page: addresses that are not what they seem"

#define FRAME 0x00200000
#define LARGE_FRAME 0x00800000

.data
.balign 4096
page_directory:
    .long 0x00000000 + PAGE_LARGE + PAGE_PRESENT + PAGE_WRITE
    .fill 255, 4, 0
    .long page_table + PAGE_PRESENT + PAGE_WRITE // 0x40000000 >> 22 = 256
    .fill 255, 4, 0
    .long LARGE_FRAME + PAGE_LARGE + PAGE_PRESENT + PAGE_WRITE // 0x80000000 >> 22 = 512
    .fill 511, 4, 0
page_table:
    .long FRAME + PAGE_PRESENT + PAGE_WRITE
    .long FRAME + PAGE_PRESENT + PAGE_WRITE
    .long FRAME + PAGE_PRESENT + PAGE_WRITE // never used: stays clean
    .fill 1021, 4, 0

.text
.code32
.globl _start
_start:
    mov eax, cr4
    or eax, CR4_PSE
    mov cr4, eax
    mov eax, offset page_directory
    mov cr3, eax
    mov eax, cr0
    or eax, CR0_PG + CR0_WP
    mov cr0, eax
    MARK "paging on"
    SAY "paging is on, and this code did not move\n"

    mov dword ptr [0x40000010], 0x600df00d
    cmp dword ptr [FRAME + 0x10], 0x600df00d
    CLAIM e, 1, "40000010 is 00200010"
    cmp dword ptr [0x40001010], 0x600df00d
    CLAIM e, 2, "40001010 is 00200010"
    SAY "40000010 -> 00200010 <- 40001010: one frame, two names\n"

    mov dword ptr [0x80012344], 0xb16b16
    cmp dword ptr [0x80012344], 0xb16b16
    EXPECT e, 3

    // The walks left their traces: accessed at every level, dirty where the last level was written.
    mov eax, dword ptr [page_directory + 256 * 4]
    and eax, PAGE_ACCESSED
    EXPECT nz, 4
    mov eax, dword ptr [page_table]
    and eax, PAGE_ACCESSED + PAGE_DIRTY
    cmp eax, PAGE_ACCESSED + PAGE_DIRTY
    EXPECT e, 5
    mov eax, dword ptr [page_table + 4] // only read
    and eax, PAGE_ACCESSED + PAGE_DIRTY
    cmp eax, PAGE_ACCESSED
    EXPECT e, 6
    test dword ptr [page_table + 8], PAGE_ACCESSED + PAGE_DIRTY
    EXPECT z, 7
    mov eax, dword ptr [page_directory + 512 * 4]
    and eax, PAGE_ACCESSED + PAGE_DIRTY
    cmp eax, PAGE_ACCESSED + PAGE_DIRTY
    EXPECT e, 8
    SAY "written: A and D. read: A. never used: neither\n"

    // Without paging, physical memory shows where the 4 MiB page put our store.
    mov eax, cr0
    and eax, ~CR0_PG
    mov cr0, eax
    MARK "paging off"
    cmp dword ptr [LARGE_FRAME + 0x12344], 0xb16b16
    EXPECT e, 9
    SAY "paging is off: 80012344 was 00812344 all along\n"

    FINISH
