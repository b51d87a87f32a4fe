/* Memory-mapped devices: 0xd0000000 and the pages around it. */
#include "guest.inc"

GUEST device_loads, 64
    mov edi, 0xd0000000
    mov al, [rdi]
    mov ax, [rdi + 2]
    mov eax, [rdi + 4]
    mov rax, [rdi + 8]
    movzx eax, byte ptr [rdi + 1]
    say eax
    movsx rax, word ptr [rdi + 6]
    say eax
    done
END device_loads

GUEST device_stores, 64
    mov edi, 0xd0000000
    mov rax, 0x1122334455667788
    mov [rdi], al
    mov [rdi + 2], ax
    mov [rdi + 4], eax
    mov [rdi + 8], rax
    mov dword ptr [rdi + 16], 0x99
    done
END device_stores

GUEST device_unaligned, 64
    mov edi, 0xd0000000
    mov rax, 0x1122334455667788
    mov [rdi + 1], eax
    mov [rdi + 3], rax
    mov [rdi + 7], ax
    mov ebx, [rdi + 1]
    mov rcx, [rdi + 3]
    mov dx, [rdi + 7]
    done
END device_unaligned

GUEST device_across_pages, 64
    mov edi, 0xd0000000
    mov rax, 0x1122334455667788
    mov [rdi + 0xffd], rax
    mov rbx, [rdi + 0xffd]
    done
END device_across_pages

GUEST device_sixteen_bytes, 64
    mov edi, 0xd0000000
    movups xmm0, [rdi]
    movups [rdi + 0x20], xmm0
    movups xmm1, [rdi + 0x43]
    movups [rdi + 0x63], xmm1
    done
END device_sixteen_bytes

/* From the last bytes of RAM into the void behind them. */
GUEST device_behind_ram, 64
    mov edi, 0x400000
    mov rax, 0x1122334455667788
    mov [rdi - 3], rax
    mov rbx, [rdi - 3]
    done
END device_behind_ram

GUEST device_read_modify_write, 64
    mov edi, 0xd0000000
    mov eax, 5
    add [rdi], eax
    lock add [rdi + 4], eax
    xchg [rdi + 8], eax
    say eax
    mov eax, 7
    mov ecx, 9
    cmpxchg [rdi + 12], ecx
    inc word ptr [rdi + 16]
    done
END device_read_modify_write

GUEST device_on_the_stack, 64
    mov edi, 0xd0000000
    push qword ptr [rdi]
    pop qword ptr [rdi + 8]
    mov rbx, rsp
    mov esp, 0xd0000020
    push rax
    pop rcx
    mov rsp, rbx
    done
END device_on_the_stack

GUEST device_strings, 64
    cld
    mov esi, 0xd0000000
    mov edi, 0x100000
    mov ecx, 2
    rep movsd
    mov esi, 0x100000
    mov edi, 0xd0000100
    mov ecx, 2
    rep movsd
    mov esi, 0xd0000200
    mov edi, 0xd0000300
    movsb
    mov edi, 0xd0000400
    mov eax, 0x77
    mov ecx, 3
    rep stosb
    mov esi, 0xd0000500
    mov edi, 0xd0000600
    cmpsd
    setz al
    say al
    done
END device_strings

GUEST device_rep_stosw, 64
    cld
    mov edi, 0xd0000000
    mov ecx, 2
    mov eax, 0x5555
    rep stosw
    done
END device_rep_stosw

GUEST device_rom, 64
    mov edi, 0xf0000
    mov eax, [rdi]
    say eax
    mov dword ptr [rdi], 0x12345678
    mov eax, [rdi]
    say eax
    add dword ptr [rdi], 1
    mov eax, [rdi]
    say eax
    done
END device_rom

/* A load that is answered, and then the store of the same instruction faults. */
GUEST device_load_then_fault, 64
    cld
    mov esi, 0xd0000000
    mov rdi, 0x10000000000
    movsd
    done
    .skip 0x800 - (. - guest_start)
    pop rax
    say eax
    done
END device_load_then_fault
