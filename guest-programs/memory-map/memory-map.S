// What lies where in physical memory: the same MOV meets RAM, ROM, a device, or nobody.
//
// RAM answers without an exit. ROM answers reads without one and lets writes out. A device's page
// lets everything out, 1, 2, 4 or 8 bytes at a time. Where there is nothing, reads give all ones.
#include "guest-programs/lib/guest.inc"

RINGSIDE_GUEST RINGSIDE_START_LONG64, RINGSIDE_NEEDS_LONG_MODE, \
    "RAM, ROM, a device's registers and a hole: which MOV exits?"

#define RAM 0x00200000
#define NOBODY 0xe0000000

.text
.globl _start
_start:
    MARK "RAM"
    mov ebx, RAM
    mov rbp, 0x1122334455667788
    mov qword ptr [rbx], rbp
    cmp qword ptr [rbx], rbp
    EXPECT e, 1
    SAY "RAM    00200000  keeps what it is given, silently\n"

    MARK "ROM"
    mov ebx, RINGSIDE_ROM_BASE
    mov ebp, dword ptr [rbx]
    mov dword ptr [rbx], 0x21212121 // "!!!!": leaves the guest as a write that nobody keeps
    cmp dword ptr [rbx], ebp
    EXPECT e, 2
    cmp ebp, 0x676e6952 // "Ring"
    EXPECT e, 3
    SAY "ROM    000f0000  still says: "
    mov ebx, RINGSIDE_ROM_BASE
    mov dx, COM1_DATA
rom_letter:
    mov al, byte ptr [rbx]
    out dx, al
    inc ebx
    cmp byte ptr [rbx], ':'
    jne rom_letter
    SAY "\n"

    MARK "device"
    mov ebx, RINGSIDE_MMIO_BASE
    cmp dword ptr [rbx + RINGSIDE_MMIO_ID], 0x474e4952 // "RING"
    EXPECT e, 4
    SAY "device d0000000  gives its name, "

    // Wider and wider, so that no write leaves bytes of an older one behind.
    lea rdi, [rbx + RINGSIDE_MMIO_SCRATCH]
    mov byte ptr [rdi], 0x11
    cmp byte ptr [rdi], 0x11
    EXPECT e, 5
    mov word ptr [rdi], 0x2222
    cmp word ptr [rdi], 0x2222
    EXPECT e, 6
    mov dword ptr [rdi], 0x44444444
    cmp dword ptr [rdi], 0x44444444
    EXPECT e, 7
    mov rbp, 0x8888888888888888
    mov qword ptr [rdi], rbp
    cmp qword ptr [rdi], rbp
    EXPECT e, 8
    SAY "keeps 1, 2, 4 and 8 bytes, "

    // A store that is not a store: this register adds. 40 + 2, read back by a third access.
    mov ebx, RINGSIDE_MMIO_BASE
    mov rbp, qword ptr [rbx + RINGSIDE_MMIO_SUM]
    mov qword ptr [rbx + RINGSIDE_MMIO_SUM], 40
    mov qword ptr [rbx + RINGSIDE_MMIO_SUM], 2
    mov rax, qword ptr [rbx + RINGSIDE_MMIO_SUM]
    sub rax, rbp
    cmp rax, 42
    EXPECT e, 9
    SAY "adds 40 and 2,\n"

    // It also counts accesses. The two reads of the counter are one apart.
    mov ebx, RINGSIDE_MMIO_BASE
    mov ebp, dword ptr [rbx + RINGSIDE_MMIO_COUNT]
    mov eax, dword ptr [rbx + RINGSIDE_MMIO_COUNT]
    sub eax, ebp
    cmp eax, 1
    EXPECT e, 10
    // One instruction, two accesses: ADD reads, then writes (and this register adds once more).
    mov ebp, dword ptr [rbx + RINGSIDE_MMIO_COUNT]
    add qword ptr [rbx + RINGSIDE_MMIO_SCRATCH], 1
    mov eax, dword ptr [rbx + RINGSIDE_MMIO_COUNT]
    sub eax, ebp
    cmp eax, 3
    EXPECT e, 11
    SAY "                 and counts two accesses for one ADD\n"

    MARK "nobody"
    mov ebx, NOBODY
    mov qword ptr [rbx], 7 // falls off the bus
    cmp qword ptr [rbx], -1
    EXPECT e, 12
    SAY "nobody e0000000  reads as all ones, whatever was written\n"

    FINISH
