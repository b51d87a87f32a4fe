// The fast door: SYSCALL into ring 0 and SYSRET back, without a table in memory, without a stack.
//
//   SYSCALL  RCX <- RIP, R11 <- RFLAGS, RIP <- LSTAR, RFLAGS &= ~FMASK, CS and SS from STAR
//            and RSP stays the user's!
//   SYSRET   RIP <- RCX, RFLAGS <- R11, CS and SS from STAR
//
// So the kernel finds its own stack through GS, which SWAPGS exchanges with the user's.
#include "guest-programs/lib/user_mode.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, \
    RINGSIDE_NEEDS_LONG_MODE + RINGSIDE_NEEDS_USER_MODE + RINGSIDE_NEEDS_SYSCALL, \
    "SYSCALL and SYSRET: ring 3 to ring 0 and back through registers alone"

#define CALL_PRINT 1 // RDI letter
#define CALL_ADD 2   // RAX <- RDI + RSI
#define CALL_EXIT 3  // RDI result

#define CPU_KERNEL_STACK 0 // offsets from the kernel's GS base
#define CPU_USER_STACK 8

// SDM Vol. 3A, "Fast System Calls in 64-Bit Mode": SYSCALL takes CS 10h and SS 18h, SYSRET CS 33h
// and SS 2bh.
#define STAR_HIGH 0x00230010

LONG_MODE_TABLES
USER_PAGE_TABLES

USER_CODE_BEGIN
    lea rbx, [rip + user_message]
next_letter:
    movzx edi, byte ptr [rbx]
    cmp edi, 0 // leaves every flag defined: R11 will show them
    je printed
    mov eax, CALL_PRINT
    syscall
    inc rbx
    jmp next_letter
printed:
    mov r12, rsp
    mov edi, 40
    mov esi, 2
    mov eax, CALL_ADD
    stc // RFLAGS comes back as it was
    syscall
user_back:
    jnc user_failed
    cmp rax, 42
    jne user_failed
    cmp rsp, r12
    jne user_failed
    lea rdx, [rip + user_back] // and RCX says where we were
    cmp rcx, rdx
    jne user_failed
    mov edi, 0
    jmp user_exit
user_failed:
    mov edi, 1
user_exit:
    mov eax, CALL_EXIT
    syscall
user_message:
    .asciz "Ring 3 talks through SYSCALL.\n"
USER_CODE_END

.bss
.balign 8
cpu:
    .skip 16

.text
system_call:
    swapgs
    mov qword ptr gs:[CPU_USER_STACK], rsp
    mov rsp, qword ptr gs:[CPU_KERNEL_STACK]
    cmp eax, CALL_PRINT
    je call_print
    cmp eax, CALL_ADD
    je call_add
    cmp eax, CALL_EXIT
    EXPECT e, 1

    test edi, edi
    EXPECT z, 2
    SAY "40 + 2 came back as 42, flags and stack as they were.\n"
    FINISH

call_print:
    mov eax, edi
    mov dx, COM1_DATA
    out dx, al
    jmp back_to_user
call_add:
    pushfq // FMASK held back DF and IF, and left CF alone
    pop rdx
    and edx, RFLAGS_IF + RFLAGS_DF
    EXPECT z, 3
    lea rax, [rdi + rsi]
back_to_user:
    mov rsp, qword ptr gs:[CPU_USER_STACK]
    swapgs
    sysretq

// WRITE_MSR index: from EDX:EAX.
.macro WRITE_MSR index
    mov ecx, \index
    wrmsr
.endm

.globl _start
_start:
    LOAD_USER_SPACE
    LOAD_TABLES
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_SCE
    wrmsr
    mov edx, STAR_HIGH
    xor eax, eax
    WRITE_MSR MSR_STAR
    xor edx, edx
    mov eax, offset system_call
    WRITE_MSR MSR_LSTAR
    mov eax, RFLAGS_IF + RFLAGS_DF
    WRITE_MSR MSR_FMASK
    mov eax, offset cpu
    WRITE_MSR MSR_KERNEL_GS_BASE
    mov qword ptr [cpu + CPU_KERNEL_STACK], offset kernel_stack_top
    ENTER_USER
