/* Straight code and loops whose instructions can be counted by hand. */
#include "guest.inc"

GUEST ten_nops, 64
    .rept 10
    nop
    .endr
    done
END ten_nops

GUEST mixed_work, 64
    sti
    mov ecx, 50
1:  push rcx
    cpuid
    pop rcx
    mov eax, [0xd0000000]
    cli
    call 2f
    sti
    dec ecx
    jnz 1b
    cld
    mov edi, 0x200000
    mov ecx, 100
    rep stosq
    done
2:  pushfq
    popfq
    ret
END mixed_work

GUEST floating_point, 64
    mov rax, cr4
    or eax, 0x200                     /* OSFXSR */
    mov cr4, rax
    mov rax, 0x1122334455667788
    fld1
    fldpi
    movq xmm3, rax
    faddp
    done
END floating_point

GUEST steps, 64
    nop
    cli
    out 0x20, al
    mov eax, [0xd0000000]
    ud2
    done
    .skip 0x800 - (. - guest_start)
    nop
    done
END steps

GUEST step_over_rep, 64
    cld
    mov edi, 0x200000
    mov ecx, 2500
    rep stosb
    jmp .
END step_over_rep

