// Ring 3: entered by an IRETQ with a made-up frame, left only by breaking a rule.
//
// The user program counts, then tries three things it may not do. Each fault switches to the stack
// in the TSS and lands in the kernel, which notes it, steps over the instruction and returns.
#include "guest-programs/lib/user_mode.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE + RINGSIDE_NEEDS_USER_MODE, \
    "ring 3 by IRETQ; CLI, a kernel address and UD2 bring it back"

#define KERNEL_ADDRESS 0x10000

LONG_MODE_TABLES
USER_PAGE_TABLES

// Each forbidden instruction is two bytes long, so that the kernel can step over it.
USER_CODE_BEGIN
    mov rbx, USER_DATA
    mov ecx, 1000
count:
    inc dword ptr [rbx] // a user page: no fault, no exit, full speed
    dec ecx
    jnz count
user_cli:
    cli
    nop
    mov ebx, KERNEL_ADDRESS
user_load:
    mov al, byte ptr [rbx]
user_leave:
    ud2
USER_CODE_END

// Where ring 3 sees its instructions.
.set cli_address, USER_CODE + user_cli - user_code
.set read_address, USER_CODE + user_load - user_code
.set leave_address, USER_CODE + user_leave - user_code

.text
// Stack on entry, upwards: error code, RIP, CS, RFLAGS, RSP, SS; SS:RSP because the ring changed.
general_protection:
    cmp rsp, offset kernel_stack_top - 6 * 8
    EXPECT e, 1
    cmp qword ptr [rsp + 8], offset cli_address
    EXPECT e, 2
    cmp qword ptr [rsp], 0
    EXPECT e, 3
    cmp qword ptr [rsp + 16], SELECTOR_USER_CODE64
    EXPECT e, 4
    cmp dword ptr [user_data], 1000
    EXPECT e, 5
    SAY "ring 3 counted to 1000 and said CLI: #GP, error code 00000000\n"
    add qword ptr [rsp + 8], 2
    add rsp, 8
    iretq

page_fault:
    cmp qword ptr [rsp + 8], offset read_address
    EXPECT e, 6
    cmp qword ptr [rsp], FAULT_PRESENT + FAULT_USER
    EXPECT e, 7
    mov rax, cr2
    cmp rax, KERNEL_ADDRESS
    EXPECT e, 8
    SAY "ring 3 read 00010000, a supervisor page: #PF, error code 00000005\n"
    add qword ptr [rsp + 8], 2
    add rsp, 8
    iretq

invalid_opcode: // no error code
    cmp qword ptr [rsp], offset leave_address
    EXPECT e, 9
    cmp qword ptr [rsp + 24], USER_STACK
    EXPECT e, 10
    SAY "ring 3 said UD2: #UD, and the kernel lets it go\n"
    FINISH

.globl _start
_start:
    LOAD_USER_SPACE
    LOAD_TABLES
    SET_GATE VECTOR_GP, general_protection
    SET_GATE VECTOR_PF, page_fault
    SET_GATE VECTOR_UD, invalid_opcode
    SAY "ring 0 goes to ring 3\n"
    ENTER_USER
