/* One instruction that exits, or a few. */
#include "guest.inc"

GUEST out_then_done, 64
    mov eax, 0x11223344
    mov edx, 0x1234
    out dx, al
    out dx, ax
    out dx, eax
    out 0x80, al
    done
END out_then_done

GUEST in_three_widths, 64
    mov rax, -1
    in al, 0x20
    mov rbx, rax
    mov rax, -1
    in ax, 0x20
    mov rcx, rax
    mov rax, -1
    in eax, 0x20
    done
END in_three_widths

GUEST rep_insw, 64
    cld
    mov edi, 0x100000
    mov ecx, 3
    mov edx, 0x70
    rep insw
    done
END rep_insw

GUEST rep_insb_backwards_over_a_page, 64
    std
    mov edi, 0x101001
    mov ecx, 4
    mov edx, 0x70
    rep insb
    done
END rep_insb_backwards_over_a_page

GUEST rep_outsd, 64
    cld
    mov esi, 0x100000
    mov ecx, 3
    mov edx, 0x71
    rep outsd
    done
END rep_outsd

GUEST halt, 64
    hlt
    done
END halt

GUEST unknown_msrs, 64
    mov ecx, 0x1a0
    rdmsr
    say eax
    mov eax, edx
    say eax
    mov eax, 1
    mov edx, 2
    wrmsr
    done
END unknown_msrs

GUEST emulated_in_silence, 64
    cli
    pushfq
    popfq
    mov rax, cr0
    mov cr0, rax
    mov eax, 0x40000000
    xor ecx, ecx
    cpuid
    mov eax, ebx
    say eax
    done
END emulated_in_silence

GUEST jump_nowhere, 64
    mov eax, 0xd0000000
    jmp rax
END jump_nowhere

GUEST time_stamps, 64
    rdtsc
    mov ebx, eax
    nop
    nop
    rdtsc
    sub eax, ebx
    say eax
    done
END time_stamps

GUEST hypercall, 64
    mov eax, 1
    mov ebx, 2
    mov ecx, 3
    mov edx, 4
    mov esi, 5
    vmcall
    say eax
    done
END hypercall
