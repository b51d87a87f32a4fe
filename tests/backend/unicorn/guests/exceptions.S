/* Exceptions of the guest's own making. Handlers lie at 0x800 and, for a second vector, at 0x900. */
#include "guest.inc"

GUEST undefined, 64
    ud2
    say al
    done
    .skip 0x800 - (. - guest_start)
    mov al, 6
    add qword ptr [rsp], 2
    iretq
END undefined

GUEST divide, 64
    mov eax, 5
    xor edx, edx
    xor ebx, ebx
    div ebx
    say eax
    done
    .skip 0x800 - (. - guest_start)
    mov ebx, 2
    mov rcx, [rsp]
    iretq
END divide

/* #DE again and again: none is taken for a fault within the one before. */
GUEST divide_often, 64
    mov ebp, 4
1:  xor ebx, ebx
    xor edx, edx
    div ebx
    dec ebp
    jnz 1b
    done
    .skip 0x800 - (. - guest_start)
    mov al, 0xde
    say al
    mov ebx, 1
    iretq
END divide_often

GUEST far_away, 64
    mov rdi, 0x800000000000
    mov eax, [rdi]
    mov rbp, rdi
    mov eax, [rbp]
    lea rsp, [rdi + 0x100]
    push rax
    done
    .skip 0x800 - (. - guest_start)   /* #GP */
    pop rdx
    mov eax, 13
    say eax
    add qword ptr [rsp], 2
    iretq
    .skip 0x900 - (. - guest_start)   /* #SS */
    pop rdx
    mov eax, 12
    say eax
    mov rax, [rsp]
    cmp byte ptr [rax], 0x50          /* PUSH RAX */
    je 1f
    add qword ptr [rsp], 3
    iretq
1:  done
END far_away

GUEST jump_far_away, 64
    mov rdi, 0x800000000000
    jmp rdi
    .skip 0x800 - (. - guest_start)
    pop rax
    say eax
    mov rax, [rsp]
    shr rax, 32
    say eax
    done
END jump_far_away

GUEST page_fault_without_handler, 64
    mov rdi, 0x10000000000
    mov eax, [rdi]
    done
    .skip 0x800 - (. - guest_start)   /* #DF */
    pop rax
    say eax
    done
END page_fault_without_handler

GUEST breakpoint_and_friends, 64
    int3
    say eax
    mov eax, 0x1000
    int 0x30
    say eax
    .byte 0xf1                        /* INT1 */
    say eax
    done
    .skip 0x800 - (. - guest_start)
    mov rax, [rsp]
    sub rax, 0x10000
    iretq
END breakpoint_and_friends

GUEST single_steps, 64
    pushfq
    or dword ptr [rsp], 0x100
    popfq
    nop                               /* traps behind this */
    mov ecx, 2                        /* and this */
    cpuid                             /* an emulated instruction, too */
    pushfq
    and dword ptr [rsp], 0xfffffeff
    popfq                             /* the last one */
    nop
    done
    .skip 0x800 - (. - guest_start)
    push rax
    mov eax, [rsp + 8]
    sub eax, 0x10000
    say eax
    mov rax, dr6
    test eax, 0x4000
    setnz al
    say al
    pop rax
    iretq
END single_steps

GUEST switched_off_fpu, 64
    mov rax, cr0
    or eax, 8
    mov cr0, rax                      /* CR0.TS */
    lfence
    fninit
    movups xmm0, [rsp]
    mov rax, cr4
    and eax, 0xfffffdff
    mov cr4, rax                      /* no CR4.OSFXSR */
    fninit
    movups xmm0, [rsp]                /* now #UD */
    done
    .skip 0x800 - (. - guest_start)   /* #NM */
    push rax
    mov eax, 7
    say eax
    pop rax
    clts
    iretq
    .skip 0x900 - (. - guest_start)   /* #UD */
    mov eax, 6
    say eax
    add qword ptr [rsp], 4
    iretq
END switched_off_fpu

GUEST vex_is_undefined, 64
    .byte 0xc5, 0xf8, 0x28, 0xc1      /* VMOVAPS XMM0, XMM1 */
    done
    .skip 0x800 - (. - guest_start)
    mov eax, 6
    say eax
    done
END vex_is_undefined

/* The handler of #UD is undefined itself. */
GUEST faults_for_ever, 64
    ud2
END faults_for_ever
