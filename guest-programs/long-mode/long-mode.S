// Into long mode by hand, then three lessons about translations that are not the identity.
//
//   virtual                              physical
//   0x0000000000000000   2 MiB page  ->  0x00000000   identity, for the step into paging
//                        2 MiB page  ->  0x00200000   (so that we can look at frames directly)
//   0x0000123456789000   4 KiB page  ->  0x00300000, later 0x00301000
//   0xffffffff80000000   2 MiB page  ->  0x00000000   the same code again, high up
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_PROTECTED32, RINGSIDE_NEEDS_PROTECTED32 + RINGSIDE_NEEDS_LONG_MODE, \
    "PAE, LME, PG, one far jump: 64 bits, four levels, addresses of our own choice"

#define TABLE PAGE_PRESENT + PAGE_WRITE
#define ODD_ADDRESS 0x0000123456789000 // indices 36, 209, 179, 393 and offset 0
#define HIGH_HALF 0xffffffff80000000   // indices 511, 510, 0
#define FRAME1 0x00300000
#define FRAME2 0x00301000

.data
.balign 4096
pml4:
    .quad low_pdpt + TABLE
    .fill 35, 8, 0
    .quad odd_pdpt + TABLE // 36
    .fill 474, 8, 0
    .quad high_pdpt + TABLE // 511
low_pdpt:
    .quad low_directory + TABLE
    .fill 511, 8, 0
low_directory:
    .quad 0x000000 + PAGE_LARGE + TABLE
    .quad 0x200000 + PAGE_LARGE + TABLE
    .fill 510, 8, 0
odd_pdpt:
    .fill 209, 8, 0
    .quad odd_directory + TABLE // 209
    .fill 302, 8, 0
odd_directory:
    .fill 179, 8, 0
    .quad odd_table + TABLE // 179
    .fill 332, 8, 0
odd_table:
    .fill 393, 8, 0
odd_entry:
    .quad FRAME1 + PAGE_PRESENT + PAGE_WRITE // 393
    .fill 118, 8, 0
high_pdpt:
    .fill 510, 8, 0
    .quad high_directory + TABLE // 510
    .quad 0
high_directory:
    .quad 0x000000 + PAGE_LARGE + TABLE
    .fill 511, 8, 0
high_half_address:
    .quad HIGH_HALF + high_half

.text
.code32
.globl _start
_start:
    SAY "32 bits, paging off\n"
    mov eax, cr4 // SDM Vol. 3A, "Initializing IA-32e Mode": this order
    or eax, CR4_PAE
    mov cr4, eax
    mov eax, offset pml4
    mov cr3, eax
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_LME
    wrmsr
    mov eax, cr0
    or eax, CR0_PG + CR0_WP
    mov cr0, eax // long mode is active, in a 32-bit code segment
    ljmp SELECTOR_CODE64, offset sixty_four_bits

.code64
sixty_four_bits:
    MARK "64 bits"
    mov ecx, MSR_EFER
    rdmsr
    test eax, EFER_LMA
    EXPECT nz, 1
    SAY "64 bits, paging on\n"

    // 1. One frame, two addresses.
    mov rbx, ODD_ADDRESS
    mov dword ptr [rbx + 8], 0xcafe
    cmp dword ptr [FRAME1 + 8], 0xcafe
    CLAIM e, 2, "123456789008 is 300008"
    SAY "0000123456789008 -> 00300008, four entries read\n"

    // 2. Another frame, same address. The CPU may remember the old one until it is told.
    mov dword ptr [FRAME2 + 8], 0xbeef
    mov qword ptr [odd_entry], FRAME2 + PAGE_PRESENT + PAGE_WRITE
    mov rbx, ODD_ADDRESS
    invlpg [rbx]
    cmp dword ptr [rbx + 8], 0xbeef
    CLAIM e, 3, "123456789008 is 301008"
    SAY "0000123456789008 -> 00301008, after one store and INVLPG\n"
    mov eax, dword ptr [odd_entry]
    and eax, PAGE_ACCESSED + PAGE_DIRTY
    cmp eax, PAGE_ACCESSED
    EXPECT e, 4

    // 3. Code, too, has an address only by convention: the same bytes run 2 GiB below the top.
    mov rax, qword ptr [high_half_address]
    jmp rax
high_half:
    lea rbx, [rip + high_half]
    cmp rbx, qword ptr [high_half_address]
    CLAIM e, 5, "RIP is in the high half"
    shr rbx, 32
    SAY "RIP is "
    SAY_HEX ebx
    SAY "8001...., the same code under another name\n"

    FINISH
