/* The bits, descriptors and port numbers that guest programs use, under the names of the manuals.
 * Constants only, so that assembly and C include the same file.
 *
 * Not here: what the machine adds to a PC (abi/ringside.h has that).
 */
#ifndef RINGSIDE_GUEST_X86_H
#define RINGSIDE_GUEST_X86_H

/* SDM Vol. 3A, "Control Registers" */
#define CR0_PE 0x00000001  /* protected mode */
#define CR0_WP 0x00010000  /* the supervisor, too, respects read-only pages */
#define CR0_PG 0x80000000  /* paging */
#define CR4_PSE 0x00000010 /* 4 MiB pages in 32-bit paging */
#define CR4_PAE 0x00000020 /* 64-bit page-table entries */

/* SDM Vol. 4, "Architectural MSRs" */
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define MSR_GS_BASE 0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define EFER_SCE 0x00000001 /* SYSCALL and SYSRET exist */
#define EFER_LME 0x00000100 /* long mode as soon as paging is on */
#define EFER_LMA 0x00000400 /* long mode is active */
#define EFER_NXE 0x00000800 /* bit 63 of a page-table entry forbids fetches */

/* SDM Vol. 3A, "4-Level Paging", Figure "Formats of CR3 and Paging-Structure Entries" */
#define PAGE_PRESENT 0x001
#define PAGE_WRITE 0x002
#define PAGE_USER 0x004
#define PAGE_ACCESSED 0x020
#define PAGE_DIRTY 0x040
#define PAGE_LARGE 0x080 /* this entry maps a page; there is no lower table */
#define PAGE_NO_EXECUTE 0x8000000000000000

/* SDM Vol. 3A, "Interrupt and Exception Handling", Table "Page-Fault Error Code" */
#define FAULT_PRESENT 0x01 /* a rule was broken; without it, no translation was found */
#define FAULT_WRITE 0x02
#define FAULT_USER 0x04
#define FAULT_RESERVED 0x08
#define FAULT_FETCH 0x10

/* SDM Vol. 3A, "Exception and Interrupt Reference" */
#define VECTOR_DE 0
#define VECTOR_UD 6
#define VECTOR_DF 8
#define VECTOR_GP 13
#define VECTOR_PF 14

/* SDM Vol. 3A, "System Segment and Gate-Descriptor Types": present, DPL, type */
#define GATE_INTERRUPT 0x8e      /* only CPL 0 may name it in INT n; clears IF */
#define GATE_INTERRUPT_USER 0xee /* CPL 3 may name it, too */
#define GATE_TRAP 0x8f           /* leaves IF alone */

/* SDM Vol. 3A, "Segment Descriptors": base 0, limit 4 GiB, accessed; the layout is Linux's */
#define DESCRIPTOR_CODE32 0x00cf9b000000ffff
#define DESCRIPTOR_CODE64 0x00af9b000000ffff
#define DESCRIPTOR_DATA 0x00cf93000000ffff
#define DESCRIPTOR_USER_CODE32 0x00cffb000000ffff
#define DESCRIPTOR_USER_DATA 0x00cff3000000ffff
#define DESCRIPTOR_USER_CODE64 0x00affb000000ffff

#define SELECTOR_CODE32 0x08
#define SELECTOR_CODE64 0x10
#define SELECTOR_DATA 0x18
#define SELECTOR_USER_CODE32 0x23
#define SELECTOR_USER_DATA 0x2b
#define SELECTOR_USER_CODE64 0x33
#define SELECTOR_TSS 0x40

#define RFLAGS_RESERVED 0x002 /* always 1 */
#define RFLAGS_CF 0x001
#define RFLAGS_IF 0x200
#define RFLAGS_DF 0x400

/* 16550D datasheet, "Registers" */
#define COM1_DATA 0x3f8
#define COM1_IER 0x3f9
#define COM1_FCR 0x3fa
#define COM1_LCR 0x3fb
#define COM1_MCR 0x3fc
#define COM1_LSR 0x3fd
#define COM1_SCRATCH 0x3ff
#define LSR_DATA_READY 0x01
#define LSR_THR_EMPTY 0x20 /* the transmitter takes another byte */
#define IER_RECEIVED 0x01
#define FCR_ENABLE_AND_CLEAR 0x07
#define LCR_8_BITS 0x03
#define MCR_DTR_RTS_OUT2 0x0b /* OUT2 lets the interrupt out of a PC's serial card */

/* 8259A datasheet, "Programming the 8259A" */
#define PIC1_COMMAND 0x20
#define PIC1_DATA 0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA 0xa1
#define PIC_ICW1_INIT 0x11    /* edge-triggered, cascaded, ICW4 follows */
#define PIC_ICW4_8086 0x01    /* 8086 mode, EOI by command */
#define PIC_EOI 0x20          /* non-specific end of interrupt */
#define PIC_FIRST_VECTOR 0x20 /* where guests put IRQ 0: behind the CPU's own 32 vectors */

/* 8254 datasheet, "Programming the 8254" */
#define PIT_CHANNEL0 0x40
#define PIT_CONTROL 0x43
#define PIT_CHANNEL0_RATE 0x34 /* channel 0, low byte then high byte, mode 2: rate generator */
#define PIT_CHANNEL0_STOP 0x30 /* channel 0, mode 0, and no count: it waits for ever */

#endif
