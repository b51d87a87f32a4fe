// The rights in a page-table entry, tried one by one: each refusal is a #PF whose error code says
// why.
//
//   0x40000000 -> 0x00200000   read-only
//   0x40001000 -> 0x00201000   read and write, no execute
//   0x8000000000               an entry with a reserved bit set
#include "guest-programs/lib/long_mode.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "read-only, no-execute and reserved bits: what each #PF error code says"

#define TABLE PAGE_PRESENT + PAGE_WRITE
#define READ_ONLY 0x40000000
#define NO_EXECUTE 0x40001000
#define BROKEN 0x0000008000000000
#define RET 0xc3

LONG_MODE_TABLES

.data
.balign 4096
pml4:
    .quad pdpt + TABLE
    .quad pdpt + PAGE_LARGE + TABLE // bit 7 must be 0 at this level
    .fill 510, 8, 0
pdpt:
    .quad low_directory + TABLE
    .quad directory + TABLE // 0x40000000
    .fill 510, 8, 0
low_directory:
    .quad 0x000000 + PAGE_LARGE + TABLE
    .quad 0x200000 + PAGE_LARGE + TABLE
    .fill 510, 8, 0
directory:
    .quad page_table + TABLE
    .fill 511, 8, 0
page_table:
    .quad 0x200000 + PAGE_PRESENT
    .quad 0x201000 + PAGE_PRESENT + PAGE_WRITE + PAGE_NO_EXECUTE
    .fill 510, 8, 0

resume:
    .quad 0
seen_error:
    .quad 0

// AFTER error, result: the fault that just was had this error code.
.macro AFTER error, result
    cmp qword ptr [seen_error], \error
    EXPECT e, \result
.endm

.text
page_fault:
    pop qword ptr [seen_error]
    mov rax, qword ptr [resume]
    mov qword ptr [rsp], rax
    iretq

.globl _start
_start:
    LOAD_TABLES
    SET_GATE VECTOR_PF, page_fault
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_NXE
    wrmsr
    mov eax, offset pml4
    mov cr3, rax
    mov rax, cr0
    or eax, CR0_WP
    mov cr0, rax

    MARK "read-only"
    mov ebx, READ_ONLY
    mov qword ptr [resume], offset after_store
    mov eax, dword ptr [rbx]
    mov dword ptr [rbx], 1
after_store:
    AFTER FAULT_PRESENT + FAULT_WRITE, 1
    SAY "store to a read-only page:   error code 03, present, write\n"

    MARK "CR0.WP off"
    mov rax, cr0
    and eax, ~CR0_WP
    mov cr0, rax
    mov ebx, READ_ONLY
    mov dword ptr [rbx], 0x1234
    mov rax, cr0
    or eax, CR0_WP
    mov cr0, rax
    cmp dword ptr [0x200000], 0x1234
    EXPECT e, 2
    SAY "the same with CR0.WP off:    allowed, ring 0 is above it\n"

    MARK "no-execute"
    mov ebx, NO_EXECUTE
    mov byte ptr [rbx], RET
    mov rbp, rsp
    mov qword ptr [resume], offset after_call
    call rbx
after_call:
    mov rsp, rbp // CALL had pushed before the fetch behind it failed
    AFTER FAULT_PRESENT + FAULT_FETCH, 3
    mov eax, 0x201000
    call rax // the same byte under a name without NX
    SAY "fetch from a no-execute one: error code 11, present, fetch\n"

    MARK "reserved bit"
    mov rbx, BROKEN
    mov qword ptr [resume], offset after_broken
    mov al, byte ptr [rbx]
after_broken:
    AFTER FAULT_PRESENT + FAULT_RESERVED, 4
    SAY "load through a broken entry: error code 09, present, reserved bit\n"

    FINISH
