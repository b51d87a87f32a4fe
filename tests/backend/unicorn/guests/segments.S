/* Limits and rights of segments in protected mode. Selector 0x40 is what the test makes of it. The
 * handlers of #GP (0x800) and #SS (0x900) say the vector and go on at EBX. */
#include "guest.inc"

.macro REFUSED instruction:vararg
    mov ebx, offset AT(97f)
    \instruction
97:
.endm
.macro HANDLERS
    .skip 0x800 - (. - guest_start)
    add esp, 4
    mov al, 13
    say al
    mov [esp], ebx
    iretd
    .skip 0x900 - (. - guest_start)
    add esp, 4
    mov al, 12
    say al
    mov [esp], ebx
    iretd
.endm

GUEST limited_data, 32
    mov ax, 0x40
    mov ds, ax
    mov eax, [0xffc]
    REFUSED mov eax, [0xffd]
    mov byte ptr [0xfff], 0x77
    REFUSED mov byte ptr [0x1000], 0x77
    mov esi, 0xffe
    lodsb
    lodsb
    REFUSED lodsb
    mov eax, esi
    say eax
    lea eax, [0x5000]                 /* no access */
    mov eax, gs:[0x5000]              /* another segment */
    done
HANDLERS
END limited_data

GUEST read_only_data, 32
    mov ax, 0x40
    mov es, ax
    mov eax, es:[0]
    say eax
    REFUSED mov dword ptr es:[0], 1
    mov eax, es:[0]
    say eax
    done
HANDLERS
END read_only_data

GUEST null_segment, 32
    xor eax, eax
    mov fs, ax
    mov eax, [0x1000]
    REFUSED mov al, fs:[0x1000]
    done
HANDLERS
END null_segment

GUEST limited_stack, 32
    mov ax, 0x40
    mov ss, ax
    mov esp, 0x1000
    mov eax, 0x1234
    push eax
    pop edx
    mov ecx, 0x2000
    mov ebp, ecx
    mov esp, 0x800
    REFUSED mov eax, [ebp]
    done
HANDLERS
END limited_stack

/* Expand down: valid above the limit. */
GUEST expand_down, 32
    mov ax, 0x40
    mov ds, ax
    mov eax, [0x1000]
    REFUSED mov eax, [0xfff]
    done
HANDLERS
END expand_down
