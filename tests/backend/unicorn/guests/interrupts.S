/* External interrupts; the handler of vector 0x20 is at 0x800 and says the RIP it interrupted. */
#include "guest.inc"

.macro HANDLER
    .skip 0x800 - (. - guest_start)
    push rax
    mov rax, [rsp + 8]
    sub rax, CODE
    say eax
    pop rax
    iretq
.endm

GUEST interrupts_on_and_off, 64
    out 0x20, al
    sti
    nop
    out 0x20, al
    cli
    out 0x20, al
    done
HANDLER
END interrupts_on_and_off

GUEST sti_halt, 64
    sti
    hlt
    done
HANDLER
END sti_halt

GUEST shadows, 64
    sti                               /* the shadow lasts for the next instruction */
    nop
    nop
    sti                               /* IF was set already: no shadow */
    nop
    mov eax, 0x18
    mov ss, eax
    nop
    done
END shadows

GUEST count_up_for_ever, 64
    sti
1:  inc rbx
    jmp 1b
HANDLER
END count_up_for_ever

GUEST interrupted_rep, 64
    cld
    sti
    mov edi, 0x200000
    mov ecx, 400
    mov al, 0x5a
    rep stosb
    done
HANDLER
END interrupted_rep
