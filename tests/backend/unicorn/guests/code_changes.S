/* Code that changes while it runs. */
#include "guest.inc"

/* .text is read-only where guests are assembled, not where they run. */
GUEST patch_the_next_instruction, 64
    lea rdi, [rip + 1f + 1]
    mov dword ptr [rdi], 7
1:  mov eax, 1
    say eax
    done
END patch_the_next_instruction

GUEST patch_a_loop, 64
    mov ecx, 3
1:  mov eax, 1
    say eax
    inc dword ptr [rip + 1b + 1]
    dec ecx
    jnz 1b
    done
END patch_a_loop

GUEST plain_becomes_sensitive, 64
    sti
    call 1f
    mov byte ptr [rip + 1f], 0xfa     /* NOP becomes CLI */
    call 1f
    pushfq
    pop rax
    and eax, 0x200
    say eax
    done
1:  nop
    ret
END plain_becomes_sensitive

GUEST sensitive_becomes_plain, 64
    mov ecx, 3
1:  out 0x20, al
    mov word ptr [rip + 1b], 0x9090   /* OUT becomes NOPs */
    dec ecx
    jnz 1b
    done
END sensitive_becomes_plain

GUEST patched_through_an_alias, 64
    call 1f
    movabs rax, 0x10000000000 + (2f - guest_start)
    mov byte ptr [rax], 0xc3          /* INC becomes RET */
    call 1f
    mov eax, ebx
    say eax
    done
1:  nop
2:  inc ebx
    ret
END patched_through_an_alias

/* The test patches the immediate of MOV at each OUT to port 0x20. */
GUEST patched_from_outside, 64
    mov ecx, 3
1:  mov eax, 1
    say eax
    out 0x20, al
    dec ecx
    jnz 1b
    done
END patched_from_outside

/* INS stores into code that has run. */
GUEST patched_by_a_port, 64
    cld
    mov ebp, 2
1:  mov eax, 1
    say eax
    lea rdi, [rip + 1b + 1]
    mov edx, 0x20
    insb
    dec ebp
    jnz 1b
    done
END patched_by_a_port

/* Interrupt frames are pushed into the page the code runs in. */
GUEST stack_in_the_code_page, 64
    lea rsp, [rip + 2f]
    mov ecx, 10
1:  int 0x30
    dec ecx
    jnz 1b
    done
    .skip 64
    .balign 16
2:  .skip 0x800 - (. - guest_start)
    inc ebx
    iretq
END stack_in_the_code_page

/* In each turn a store beside the function comes before the store into it. */
GUEST second_store_into_the_page, 64
    lea rsi, [rip + 2f + 1]
    lea rdi, [rip + 3f]
    mov r8d, 0x200000
    xor ecx, ecx
1:  call 2f
    mov [r8 + rcx * 4], eax
    mov [rdi], ecx
    lea edx, [rcx + 10]
    mov [rsi], edx
    inc ecx
    cmp ecx, 4
    jne 1b
    done
    .balign 64
2:  mov eax, 1
    ret
    .balign 64
3:  .long 0
END second_store_into_the_page

/* The same through a mapping that was written through before the page ever ran: a page of data at
 * 0x300000, identity mapped and again at 0x10000000000, becomes code. */
GUEST data_becomes_code, 64
    mov r9, 0x10000000000
    mov byte ptr [r9], 0xb8           /* mov eax, imm32; ret */
    mov dword ptr [r9 + 1], 1
    mov byte ptr [r9 + 5], 0xc3
    mov esi, 0x300000
    mov r8d, 0x200000
    xor ecx, ecx
1:  call rsi
    mov [r8 + rcx * 4], eax
    mov [r9 + 0x100], ecx
    lea edx, [rcx + 10]
    mov [r9 + 1], edx
    inc ecx
    cmp ecx, 4
    jne 1b
    done
END data_becomes_code

/* Each store changes a byte of the block it stands in. */
GUEST stores_into_its_own_block, 64
    lea rdi, [rip + 1f]
    mov byte ptr [rdi], 1
    mov byte ptr [rdi], 2
    mov byte ptr [rdi], 3
    nop
    jmp 2f
1:  .byte 0
2:  done
END stores_into_its_own_block
