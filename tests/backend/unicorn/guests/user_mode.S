/* Ring 3 in long mode. User code is loaded a second time at 0x10000000000, user pages; its stack
 * ends at 0x10000002000. */
#include "guest.inc"

#define USER 0x10000000000
#define USER_STACK 0x10000002000
#define USER_AT(label) (USER + (label) - guest_start)

.macro ENTER_USER label, flags
    push 0x2b
    movabs rax, USER_STACK
    push rax
    push \flags
    push 0x33
    movabs rax, USER_AT(\label)
    push rax
    iretq
.endm

/* Each privileged instruction in turn; the #GP handler says its error code and goes on behind it:
 * RBX holds where. */
GUEST privileged_in_user_mode, 64
    ENTER_USER 1f, 2
1:  lea rbx, [rip + 2f]
    cli
2:  lea rbx, [rip + 2f]
    mov rax, cr3
2:  lea rbx, [rip + 2f]
    hlt
2:  lea rbx, [rip + 2f]
    rdmsr
2:  lea rbx, [rip + 2f]
    int 0x20                          /* its gate is for ring 0 */
2:  lea rbx, [rip + 2f]
    in al, 0x60
2:  int 0x80
    .skip 0x800 - (. - guest_start)   /* #GP */
    pop rax
    say eax
    mov [rsp], rbx
    iretq
    .skip 0x900 - (. - guest_start)   /* INT 0x80 */
    mov eax, 0x80
    say eax
    done
END privileged_in_user_mode

/* Accesses that the page tables refuse; #PF handler as above. */
GUEST forbidden_pages, 64
    ENTER_USER 1f, 2
1:  lea rbx, [rip + 2f]
    mov eax, [0x100000]               /* a page of ring 0 */
2:  lea rbx, [rip + 2f]
    mov dword ptr [rip + guest_start], 1  /* its own code: read-only */
2:  lea rbx, [rip + 2f]
    movabs rax, USER_STACK - 8
    jmp rax                           /* its stack: no-execute */
2:  int 0x80
    .skip 0x800 - (. - guest_start)
    pop rax
    say eax
    mov [rsp], rbx
    iretq
    .skip 0x900 - (. - guest_start)
    done
END forbidden_pages

GUEST system_calls, 64
    mov ecx, 0xc0000081
    xor eax, eax
    mov edx, 0x00230010
    wrmsr
    mov ecx, 0xc0000082
    lea eax, [rip + 3f]
    xor edx, edx
    wrmsr
    mov ecx, 0xc0000084
    mov eax, 0x300
    wrmsr
    mov ecx, 0xc0000102               /* KERNEL_GS_BASE */
    mov eax, 0x100000
    wrmsr
    ENTER_USER 1f, 0x202
1:  mov ebp, 3
2:  syscall
    dec ebp
    jnz 2b
    mov ebx, r11d
    int 0x80
3:  swapgs
    inc dword ptr gs:[0]
    mov r15d, cs
    swapgs
    sysretq
    .skip 0x900 - (. - guest_start)
    mov eax, [0x100000]
    say eax
    mov eax, r15d
    say eax
    mov eax, ebx
    say eax
    mov eax, ss
    say eax
    done
END system_calls

GUEST floating_point_is_kept, 64
    ENTER_USER 1f, 2
1:  mov eax, 0x1111
    movd xmm0, eax
    fninit
    fldpi
    fld1
    int 0x80                          /* ring 0 and back */
    movd ebp, xmm0
    fstp qword ptr [rsp - 8]
    int 0x80
    fstp qword ptr [rsp - 16]
    mov r14, [rsp - 8]
    mov r15, [rsp - 16]
    fnstsw ax
    mov r13d, eax
    mov edi, 1
    int 0x80
    .skip 0x900 - (. - guest_start)
    cmp edi, 1
    je 1f
    pxor xmm1, xmm1                   /* ring 0 uses SSE as well */
    iretq
1:  done
END floating_point_is_kept

/* FS and GS bases by MSR, in ring 3. */
GUEST thread_pointers, 64
    mov ecx, 0xc0000100
    mov eax, 0x300800
    xor edx, edx
    wrmsr
    mov ecx, 0xc0000101
    mov eax, 0x300900
    wrmsr
    mov eax, fs:[0]
    say eax
    mov eax, gs:[0]
    say eax
    done
END thread_pointers
