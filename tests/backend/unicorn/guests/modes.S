/* Real mode, protected mode of both sizes, and the ways between them. */
#include "guest.inc"

GUEST real_interrupt, 16, REAL_CODE
    xor ax, ax
    mov ds, ax
    mov word ptr [0x21 * 4], offset AT(1f)
    mov word ptr [0x21 * 4 + 2], 0
    stc
    int 0x21
    setc bl
    say al
    mov al, bl
    say al
    done
1:  mov al, 0x21
    push bp
    mov bp, sp
    and word ptr [bp + 6], 0xfffe       /* the caller's carry */
    pop bp
    iret
END real_interrupt

GUEST real_segments, 16, REAL_CODE
    mov ax, 0x2000
    mov ds, ax
    mov word ptr [0x10], 0xbeef
    mov ax, 0x2001
    mov es, ax
    mov ax, es:[0]
    say ax
    mov ax, 0x3000
    mov fs, ax
    mov word ptr fs:[0], 0x1111
    mov ax, 0x3001
    mov gs, ax
    mov word ptr gs:[0], 0x2222
    les bx, [0x20]
    mov ax, es
    say ax
    done
END real_segments

GUEST real_stack, 16, REAL_CODE
    mov esp, 0xabcd7000
    push ax
    mov eax, esp
    say eax
    xor sp, sp                  /* a push below 0 wraps inside the segment */
    push 0x55aa
    mov ax, ss:[0xfffe]
    say ax
    mov ax, 0x2000
    mov ss, ax
    mov sp, 0x100
    push 0x1234
    done
END real_stack

GUEST real_far_call, 16, REAL_CODE
    .byte 0x9a                  /* call 0x0700:... */
    .word AT(1f) - 0x7000, 0x700
    say ax
    done
1:  mov ax, cs
    lret
END real_far_call

/* Real mode, 32-bit protected, 16-bit protected with bases, back to real mode with a flat ES. */
GUEST through_the_modes, 16, REAL_CODE
    cli
    xor ax, ax
    mov ds, ax
    lgdt [AT(gdt_pointer)]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    .byte 0x66, 0xea
    .long AT(protected32)
    .word 0x08
.code32
protected32:
    mov ax, 0x10
    mov ds, ax
    mov ss, ax
    mov esp, 0x7000
    mov ax, 0x18                /* base 0x50000 */
    mov es, ax
    mov fs, ax
    mov dword ptr es:[0x10], 0xcafe
    mov eax, ds:[0x50010]
    say eax
    mov eax, fs:[0x10]
    say eax
    mov edi, 0x20
    mov ecx, 4
    mov eax, 0x11111111
    rep stosd
    mov eax, ds:[0x5002c]
    say eax
    .byte 0xea
    .long AT(protected16)
    .word 0x20
.code16
protected16:
    mov ax, 0x28                /* base 0x60000, 16-bit */
    mov ds, ax
    mov ss, ax
    mov esp, 0xffff0100
    mov word ptr [4], 0x1616
    push 0x7777
    mov eax, esp
    say eax
    mov ax, 0x10
    mov es, ax                  /* flat: kept into real mode */
    mov edi, 0x60004
    mov ax, es:[edi]
    say ax
    mov edi, 0x600fe
    mov ax, es:[edi]
    say ax
    mov eax, cr0
    and al, 0xfe
    mov cr0, eax
    .byte 0xea
    .word AT(real_again), 0
real_again:
    xor ax, ax
    mov ds, ax
    mov ss, ax
    mov esp, 0x7000
    mov edi, 0x300000
    mov dword ptr es:[edi], 0x12345678
    mov eax, es:[edi]
    say eax
    done
    .balign 8
gdt_table:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cf93050000ffff
    .quad 0x00009b000000ffff, 0x000093060000ffff
gdt_pointer:
    .word gdt_pointer - gdt_table - 1
    .long AT(gdt_table)
END through_the_modes

/* Ring 3 by IRET and back by INT, through the TSS. */
GUEST ring_three, 32
    push 0x2b
    push 0xb000
    push 0x202
    push 0x23
    push AT(1f)
    iretd
1:  mov ax, 0x2b
    mov ds, ax
    mov eax, cs
    push eax
    int 0x31
    .skip 0x800 - (. - guest_start)
    mov eax, esp
    say eax
    mov eax, [esp + 4]
    say eax
    mov eax, [0xaffc]
    say eax
    done
END ring_three

/* 32-bit paging: 4 MiB pages as an identity, one 4 KiB page that is not. */
GUEST paging32, 32
    mov dword ptr [0x300000], 0x83
    mov dword ptr [0x300400], 0x301003
    mov dword ptr [0x301000], 0x302003
    mov eax, cr4
    or eax, 0x10
    mov cr4, eax
    mov eax, 0x300000
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    mov eax, [0x40000008]
    mov edx, [0x301000]
    mov dword ptr [0x40000008], 0x4242
    mov eax, edx
    say eax
    mov eax, [0x301000]
    say eax
    mov eax, [0x302008]
    say eax
    done
END paging32

GUEST pae, 32
    mov dword ptr [0x300000], 0x301001
    mov dword ptr [0x300008], 0x302001
    mov dword ptr [0x301000], 0x83
    mov dword ptr [0x301008], 0x200083
    mov dword ptr [0x302000], 0x303003
    mov dword ptr [0x303000], 0x304003
    mov eax, 0x20
    mov cr4, eax
    mov eax, 0x300000
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    mov dword ptr [0x40000008], 0x4343
    mov eax, [0x304008]
    say eax
    done
END pae

/* From 32-bit protected mode to 64-bit code, over tables that are there already. */
GUEST to_long_mode, 32
    mov eax, 0x20
    mov cr4, eax
    mov eax, 0x20000
    mov cr3, eax
    mov ecx, 0xc0000080
    rdmsr
    or eax, 0x901
    wrmsr
    mov eax, cr0
    or eax, 0x80000000
    mov cr0, eax
    rdmsr
    say eax
    .byte 0xea
    .long AT(1f)
    .word 0x10
.code64
1:  mov rax, 0x1111222233334444
    shr rax, 32
    say eax
    done
END to_long_mode

/* 64-bit ring 0, compatibility mode in ring 3, 64-bit ring 3, and back by a fault. */
GUEST compatibility, 64
    push 0x2b
    push 0xb000
    push 0x202
    push 0x23
    mov eax, 0x40000000 + (1f - guest_start)
    push rax
    iretq
.code32
1:  mov eax, 0
    inc eax                     /* 0x40 is a prefix in 64-bit code */
    .byte 0xea
    .long 0x40000000 + (2f - guest_start)
    .word 0x33
.code64
2:  mov rbx, 0x1111222233334444
    mov ecx, cs
    hlt
    .skip 0x800 - (. - guest_start)
    say eax
    mov eax, ecx
    say eax
    shr rbx, 32
    mov eax, ebx
    say eax
    done
END compatibility

/* A segment of every base in turn: more worlds than are kept. */
GUEST many_worlds, 16, REAL_CODE
    mov cx, 300
    xor dx, dx
1:  mov ax, cx
    shl ax, 4
    mov ds, ax
    add word ptr [0x8000], 1
    add dx, [0x8000]
    loop 1b
    mov ax, dx
    say ax
    done
END many_worlds
