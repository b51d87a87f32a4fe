// Memory that appears when it is touched: a window of eight pages, none of them there.
//
//   touch -> walk ends at an empty entry -> #PF -> handler takes the next frame, clears it,
//   fills the entry, IRETQ -> the same instruction again, and now it works
#include "guest-programs/lib/long_mode.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "eight pages that are not there until a page fault brings them"

#define WINDOW 0x40000000
#define PAGE 0x1000
#define PAGES 8
#define FIRST_FRAME 0x00200000
#define TABLE PAGE_PRESENT + PAGE_WRITE

LONG_MODE_TABLES

.data
.balign 4096
pml4:
    .quad pdpt + TABLE
    .fill 511, 8, 0
pdpt:
    .quad low_directory + TABLE
    .quad window_directory + TABLE // 0x40000000 >> 30 = 1
    .fill 510, 8, 0
low_directory:
    .quad 0x000000 + PAGE_LARGE + TABLE // identity: this program
    .quad 0x200000 + PAGE_LARGE + TABLE // identity: the frames that are handed out
    .fill 510, 8, 0
window_directory:
    .quad window_table + TABLE
    .fill 511, 8, 0
window_table:
    .fill 512, 8, 0 // nothing is here

next_frame:
    .quad FIRST_FRAME
faults:
    .quad 0

.text
// Stack on entry, upwards: error code, RIP, CS, RFLAGS, RSP, SS.
page_fault:
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    mov rbx, cr2
    mov rax, rbx
    sub rax, WINDOW
    cmp rax, PAGES * PAGE
    EXPECT b, 1 // somebody touched what was never promised
    inc dword ptr [faults]

    mov ecx, PAGE / 8 // whoever had the frame before must not be readable
    mov rdi, qword ptr [next_frame]
    xor eax, eax
    rep stosq

    mov rcx, rbx
    shr rcx, 12
    and ecx, 0x1ff
    mov rax, qword ptr [next_frame]
    or eax, TABLE
    mov qword ptr [window_table + rcx * 8], rax

    SAY "fault at "
    SAY_HEX ebx
    SAY ", error "
    mov ebx, dword ptr [rsp + 6 * 8]
    SAY_HEX ebx, 1
    SAY " -> frame "
    mov ebx, dword ptr [next_frame]
    SAY_HEX ebx
    SAY "\n"
    add qword ptr [next_frame], PAGE
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 8 // IRETQ knows nothing of error codes
    iretq

.globl _start
_start:
    LOAD_TABLES
    SET_GATE VECTOR_PF, page_fault
    mov eax, offset pml4
    mov cr3, rax
    mov dword ptr [FIRST_FRAME + 8], 0x01d // what somebody left behind

    SAY "Three pages, in no order:\n"
    mov ebx, WINDOW
    cmp dword ptr [rbx + 3 * PAGE + 8], 0 // a load finds a page of zeros
    CLAIM e, 2, "a new page is clear"
    mov dword ptr [rbx + 0 * PAGE], 0x1111
    mov dword ptr [rbx + 7 * PAGE], 0x7777
    cmp dword ptr [faults], 3
    EXPECT e, 3

    SAY "The same three again: nothing happens.\n"
    mov ebx, WINDOW
    mov dword ptr [rbx + 3 * PAGE], 0x3333
    cmp dword ptr [rbx + 0 * PAGE], 0x1111
    EXPECT e, 4
    cmp dword ptr [rbx + 7 * PAGE], 0x7777
    EXPECT e, 5
    cmp dword ptr [faults], 3
    CLAIM e, 6, "present pages do not fault"

    SAY "One store across two pages:\n"
    mov ebx, WINDOW
    mov rax, 0x8877665544332211
    mov qword ptr [rbx + 6 * PAGE - 4], rax // half in page 5, half in page 6
    cmp qword ptr [rbx + 6 * PAGE - 4], rax
    EXPECT e, 7
    cmp dword ptr [faults], 5
    EXPECT e, 8
    cmp dword ptr [FIRST_FRAME + 3 * PAGE + PAGE - 4], 0x44332211
    EXPECT e, 9
    cmp dword ptr [FIRST_FRAME + 4 * PAGE], 0x88776655
    EXPECT e, 10

    SAY "Five frames for eight promised pages.\n"
    FINISH
