// A program that rewrites itself: code is data until it runs, and again afterwards.
//
// Whoever runs guests by translating their code must notice the second write. The last patch turns
// two harmless NOPs into an OUT, which nobody who looked only once would trap.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "code that writes code, and NOPs that become an OUT"

#define ELSEWHERE 0x00200000
#define MOV_EAX 0xb8 // and four bytes of immediate. SDM Vol. 2, "Opcode Map"
#define RET 0xc3
#define OUT_DX_AL 0xee

.text
letter:
    mov dx, COM1_DATA
    mov al, '*'
patched:
    nop
    ret

.globl _start
_start:
    // 1. A function made of six bytes, where a moment ago there was only memory.
    mov ebx, ELSEWHERE
    mov byte ptr [rbx], MOV_EAX
    mov dword ptr [rbx + 1], 1
    mov byte ptr [rbx + 5], RET
    call rbx
    cmp eax, 1
    EXPECT e, 1
    SAY "written, then run: 1\n"

    // 2. The same function, after its operand was changed.
    mov ebx, ELSEWHERE
    mov dword ptr [rbx + 1], 2
    call rbx
    cmp eax, 2
    EXPECT e, 2
    SAY "rewritten, then run: 2\n"

    // 3. Eight rewrites in a row, each run once.
    mov ebx, ELSEWHERE
    mov ecx, 8
    xor edi, edi
again:
    mov dword ptr [rbx + 1], ecx
    call rbx
    add edi, eax
    dec ecx
    jnz again
    cmp edi, 36
    EXPECT e, 3
    SAY "rewritten eight times: the sum is 36\n"

    // 4. A NOP that becomes an OUT, and a NOP again: only the second of three calls prints.
    SAY "["
    call letter
    mov byte ptr [patched], OUT_DX_AL
    call letter
    mov byte ptr [patched], 0x90
    call letter
    SAY "] one star: the NOP was an OUT for one call\n"

    FINISH
