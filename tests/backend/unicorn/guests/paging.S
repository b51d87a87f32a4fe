/* Demand paging and its corners. The test maps pages when the guest asks, by OUT of a linear address
 * to port 0x20; the handler of #PF says error code and CR2. */
#include "guest.inc"

/* #PF handler at 0x800: port 0x20 = low half of CR2, port 0x21 = error code; then retry. */
.macro PAGE_FAULT_HANDLER
    .skip 0x800 - (. - guest_start)
    push rax
    mov rax, cr2
    out 0x20, eax
    mov rax, [rsp + 8]
    out 0x21, eax
    pop rax
    add rsp, 8
    iretq
.endm

GUEST demand_load, 64
    mov rdi, 0x10000000000
    mov eax, [rdi + 0x100]
    say eax
    done
PAGE_FAULT_HANDLER
END demand_load

GUEST demand_crossing_store, 64
    mov rdi, 0x10000001ffc
    mov rax, 0x1122334455667788
    mov [rdi], rax
    mov rbx, [rdi]
    done
PAGE_FAULT_HANDLER
END demand_crossing_store

GUEST demand_rep_movsb, 64
    cld
    mov rdi, 0x10000000f00
    mov esi, 0x100000
    mov ecx, 0x1200
    rep movsb
    done
PAGE_FAULT_HANDLER
END demand_rep_movsb

GUEST demand_push, 64
    mov rbp, rsp
    mov rsp, 0x10000001008
    mov eax, 77
    push rax
    push rax
    pop rbx
    mov rsp, rbp
    done
PAGE_FAULT_HANDLER
END demand_push

/* MOV EAX, imm32 whose last two bytes, and the RET behind it, lie in a page that comes later. */
GUEST demand_fetch, 64
    mov rdi, 0x10000000ffd
    mov byte ptr [rdi], 0xb8
    mov word ptr [rdi + 1], 0x0201
    call rdi
    say eax
    done
PAGE_FAULT_HANDLER
END demand_fetch

/* A branch leaves the page before its end; the page behind it is never fetched from. */
GUEST code_at_the_end_of_a_page, 64
    mov rdi, 0x10000000ff0
    call rdi
    done
PAGE_FAULT_HANDLER
END code_at_the_end_of_a_page

GUEST access_kinds, 64
    mov rdi, 0x10000000000
    mov eax, [rdi]
    mov eax, [rdi]
    mov [rdi], eax
    mov [rdi], eax
    mov rax, cr3
    mov cr3, rax
    mov [rdi], eax
    done
END access_kinds

GUEST stale_until_flushed, 64
    mov rdi, 0x10000000000
    mov eax, [rdi]
    say eax
    mov rsi, 0x300008           /* set by the test: the page's entry, in an identity page */
    mov rsi, [rsi]
    mov rdx, [rsi]
    add rdx, 0x1000
    mov [rsi], rdx
    invlpg [rdi]
    mov eax, [rdi]
    say eax
    done
END stale_until_flushed

GUEST write_protection, 64
    mov rdi, 0x10000000000
    mov dword ptr [rdi], 1      /* CR0.WP is set: faults */
    mov rax, cr0
    and eax, 0xfffeffff
    mov cr0, rax
    mov dword ptr [rdi], 2      /* allowed */
    done
    .skip 0x800 - (. - guest_start)
    pop rax
    say eax
    add qword ptr [rsp], 6
    iretq
END write_protection

GUEST no_execute, 64
    mov rdi, 0x10000000000
    jmp rdi
    .skip 0x800 - (. - guest_start)
    pop rax
    say eax
    mov rax, cr2
    shr rax, 32
    say eax
    done
END no_execute

GUEST touch_pages, 64
    mov edi, 0x200000
    mov eax, [rdi]
    mov [rdi + 0x1000], eax
    mov [rdi + 0x2fff], ax
    mov byte ptr [rdi + 0x5000], 1
    hlt
    mov byte ptr [rdi + 0x5000], 2
    done
END touch_pages

/* An operand that is read and then written is a write from the start. */
GUEST read_modify_write_fault, 64
    mov rdi, 0x10000000123
    inc dword ptr [rdi]
    done
    .skip 0x800 - (. - guest_start)
    pop rax
    say eax
    mov rax, cr2
    say eax
    done
END read_modify_write_fault
