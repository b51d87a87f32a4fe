// System calls by software interrupt: INT 0x80 from ring 3, through a gate that ring 3 may name.
//
// A gate with DPL 3 is a door; one with DPL 0 is a wall, and knocking on it is a #GP whose error
// code names the gate.
#include "guest-programs/lib/user_mode.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, \
    RINGSIDE_NEEDS_LONG_MODE + RINGSIDE_NEEDS_USER_MODE + RINGSIDE_NEEDS_USER_INTERRUPTS, \
    "INT 0x80 from ring 3: a gate with DPL 3, and one without"

#define SYSTEM_CALL 0x80
#define FORBIDDEN 0x81
#define CALL_PRINT 1 // RDI letter; RAX comes back as the number of calls so far
#define CALL_EXIT 2  // RDI result

LONG_MODE_TABLES
USER_PAGE_TABLES

USER_CODE_BEGIN
    lea rsi, [rip + user_message]
next_letter:
    movzx edi, byte ptr [rsi]
    test edi, edi
    jz try_the_wall
    mov eax, CALL_PRINT
    int SYSTEM_CALL
    inc rsi
    jmp next_letter
try_the_wall:
    mov rbx, rax
user_forbidden:
    int FORBIDDEN // the kernel steps over it
    mov rdi, rbx // as many calls as letters
    sub rdi, 23
    mov eax, CALL_EXIT
    int SYSTEM_CALL
user_message:
    .asciz "a letter for each call\n"
USER_CODE_END
.set forbidden_address, USER_CODE + user_forbidden - user_code // where ring 3 sees it

.data
.balign 8
calls:
    .quad 0

.text
system_call:
    cmp rsp, offset kernel_stack_top - 5 * 8 // SS, RSP, RFLAGS, CS, RIP and no error code
    EXPECT e, 1
    cmp eax, CALL_EXIT
    je call_exit
    cmp eax, CALL_PRINT
    EXPECT e, 2
    mov eax, edi
    mov dx, COM1_DATA
    out dx, al
    inc dword ptr [calls]
    mov eax, dword ptr [calls]
    iretq

call_exit:
    test edi, edi
    EXPECT z, 3
    SAY "23 calls, 23 letters\n"
    FINISH

general_protection:
    cmp qword ptr [rsp], FORBIDDEN * 8 + 2 // SDM Vol. 3A, "Error Code": bit 1 says IDT
    EXPECT e, 4
    cmp qword ptr [rsp + 8], offset forbidden_address
    EXPECT e, 5
    SAY "INT 81h, a gate of ring 0: #GP, error code "
    mov ebp, dword ptr [rsp] // the user's RBX has to survive
    SAY_HEX ebp, 4
    SAY "\n"
    add qword ptr [rsp + 8], 2
    add rsp, 8
    iretq

.globl _start
_start:
    LOAD_USER_SPACE
    LOAD_TABLES
    SET_GATE SYSTEM_CALL, system_call, GATE_INTERRUPT_USER
    SET_GATE FORBIDDEN, system_call
    SET_GATE VECTOR_GP, general_protection
    ENTER_USER
