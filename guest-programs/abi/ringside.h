/* The contract between a guest program and the machine, version 1: one self-contained header that
 * host (C++), guests (C) and guest assembly include.
 *
 * The machine
 * -----------
 *   RAM      0 .. 16 MiB (--mem)             MMIO window  0xd0000000, one page
 *   ROM      0x000f0000, 64 KiB, read-only   serial       COM1 0x3f8, IRQ 4
 *   PIC pair 0x20 0x21, 0xa0 0xa1            PIT          0x40-0x43, port 0x61, IRQ 0
 *   RTC/CMOS 0x70 0x71
 *
 *   RINGSIDE_ROM_TEXT lies at the start of the ROM; writes to the ROM exit as MMIO.
 *
 * How a guest starts
 * ------------------
 *   flat image  bytes at 0x7c00, real mode, CS:IP 0000:7c00: a boot sector of up to 480 KiB.
 *   ELF image   an ELF note (name "Ringside", type 1) says the start mode and what it needs:
 *     RINGSIDE_START_REAL         real mode at the entry point (below 64 KiB), segments of base 0
 *     RINGSIDE_START_PROTECTED32  32-bit protected mode, no paging, flat 4 GiB segments
 *     RINGSIDE_START_LONG64       64-bit, 4-level paging: the first 4 GiB identity-mapped with
 *                                 2 MiB pages by tables at RINGSIDE_BOOT_TABLES
 *   Without the note: ELF64 starts in long mode, ELF32 in 32-bit protected mode.
 *   Everywhere: interrupts off, stack pointer RINGSIDE_BOOT_STACK, all other registers 0. In real
 *   mode the vector table at 0 is all zeros. In the other modes the IDT is empty, and the GDT (at
 *   RINGSIDE_BOOT_GDT) has Linux's layout: 0x08 code32, 0x10 code64, 0x18 data, 0x23 user code32,
 *   0x2b user data, 0x33 user code64. A guest may replace all of it.
 *
 * How a guest ends
 * ----------------
 *   Writes its result, 0 to 63, to RINGSIDE_PORT_EXIT. HLT with interrupts off ends it too, with
 *   result 0.
 */
#ifndef RINGSIDE_ABI_H
#define RINGSIDE_ABI_H

#define RINGSIDE_ABI_VERSION 1

/* --- exit port: an 8-bit write ends the machine with that result (0..63) --------------------- */
#define RINGSIDE_PORT_EXIT 0xf4

/* --- teaching port: the guest talks to the tool ------------------------------------------------
 * Text is written byte by byte to TEXT (at most 63 bytes are kept), an address to ADDRESS (32-bit
 * write, low half; ADDRESS_HIGH for the upper half); then the command goes to COMMAND and consumes
 * both. Reading COMMAND gives RINGSIDE_TEACH_MAGIC, so that a guest can find out whether the port
 * is there. */
#define RINGSIDE_PORT_TEACH_COMMAND 0x510
#define RINGSIDE_PORT_TEACH_TEXT 0x511
#define RINGSIDE_PORT_TEACH_ADDRESS 0x514
#define RINGSIDE_PORT_TEACH_ADDRESS_HIGH 0x518
#define RINGSIDE_TEACH_MAGIC 0x52 /* 'R' */

#define RINGSIDE_TEACH_MARKER 1       /* text: a marker in the stream */
#define RINGSIDE_TEACH_SYMBOL 2       /* text + address: a symbol */
#define RINGSIDE_TEACH_ASSERT_HELD 3  /* text: a claim that held */
#define RINGSIDE_TEACH_ASSERT_FAILED 4 /* text: a claim that did not */
#define RINGSIDE_TEACH_TRACE_ON 5
#define RINGSIDE_TEACH_TRACE_OFF 6

/* --- the MMIO teaching window: one page of registers, 1 to 8 bytes wide each ----------------- */
#define RINGSIDE_MMIO_BASE 0xd0000000
#define RINGSIDE_MMIO_SIZE 0x1000
#define RINGSIDE_MMIO_ID 0x00      /* read-only: 0x474e4952, "RING" */
#define RINGSIDE_MMIO_SCRATCH 0x08 /* 64 bits that read back what was written */
#define RINGSIDE_MMIO_SUM 0x10     /* a write adds to it, a read gives the sum; 64 bits */
#define RINGSIDE_MMIO_COUNT 0x18   /* read-only: accesses to this page so far, 32 bits */

#define RINGSIDE_ROM_BASE 0xf0000
#define RINGSIDE_ROM_SIZE 0x10000
#define RINGSIDE_ROM_TEXT "Ringside ROM: written by the loader, read-only to the guest"

/* --- how a guest starts ----------------------------------------------------------------------- */
#define RINGSIDE_START_REAL 0
#define RINGSIDE_START_PROTECTED32 1
#define RINGSIDE_START_LONG64 2

#define RINGSIDE_BOOT_GDT 0x500
#define RINGSIDE_BOOT_TABLES 0x1000 /* PML4, PDPT and four page directories: 0x1000..0x6fff */
#define RINGSIDE_BOOT_STACK 0x7c00  /* grows down */
#define RINGSIDE_LOAD_ADDRESS 0x10000 /* of protected and long mode guests, and up */

/* --- abilities a guest needs, its start mode's own included: the bits of backend::Ability ----- */
#define RINGSIDE_NEEDS_REAL_MODE 0x0001
#define RINGSIDE_NEEDS_PROTECTED32 0x0002
#define RINGSIDE_NEEDS_PAGING32 0x0004
#define RINGSIDE_NEEDS_PAE 0x0008
#define RINGSIDE_NEEDS_LONG_MODE 0x0010
#define RINGSIDE_NEEDS_PROTECTED32_INTERRUPTS 0x0020
#define RINGSIDE_NEEDS_SOFTWARE_INTERRUPTS 0x0040
#define RINGSIDE_NEEDS_USER_MODE 0x0080
#define RINGSIDE_NEEDS_USER_INTERRUPTS 0x0100
#define RINGSIDE_NEEDS_SYSCALL 0x0200
#define RINGSIDE_NEEDS_STEP_SUPERVISOR 0x0400
#define RINGSIDE_NEEDS_STEP_USER 0x0800
#define RINGSIDE_NEEDS_PREEMPTION 0x1000

/* Not an ability: the guest is preempted inside straight code, so its streams are compared by
 * properties. */
#define RINGSIDE_IS_PREEMPTED 0x80000000

/* --- the note -----------------------------------------------------------------------------------
 * Elf note, name "Ringside\0", type 1, descriptor four 32-bit words: ABI version, start mode,
 * abilities, then zero; followed in the same note section by an optional note of type 2: one line
 * of text (summary). */
#define RINGSIDE_NOTE_START 1
#define RINGSIDE_NOTE_SUMMARY 2

#ifdef __ASSEMBLER__
/* RINGSIDE_GUEST start, needs, "one line that says what the guest shows" */
.macro RINGSIDE_GUEST start, needs, summary
    .pushsection .note.ringside, "a", %note
    .balign 4
    .long 9, 16, RINGSIDE_NOTE_START
    .asciz "Ringside"
    .balign 4
    .long RINGSIDE_ABI_VERSION, \start, \needs, 0
    .long 9, 2f - 1f, RINGSIDE_NOTE_SUMMARY
    .asciz "Ringside"
    .balign 4
1:  .asciz "\summary"
2:  .balign 4
    .popsection
.endm
#endif

#endif
