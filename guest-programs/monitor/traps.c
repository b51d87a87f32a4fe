/* The IDT, the two interrupt handlers, and faults that are expected.
 *
 * try_load and try_store (start.S) make their access at a known instruction. A #PF or #GP there is
 * sent on to access_failed instead of back to the instruction; anywhere else it is a bug of the
 * monitor and ends it. Not modelled: nested interrupts, the second PIC's lines.
 */
#include "guest-programs/monitor/traps.h"

#include "guest-programs/abi/ringside.h"
#include "guest-programs/lib/x86.h"
#include "guest-programs/monitor/cpu.h"

enum {
    pit_frequency = 1193182,
    timer_hertz = 100,
    timer_vector = PIC_FIRST_VECTOR,
    serial_vector = PIC_FIRST_VECTOR + 4,
    only_serial = 0xef, /* PIC masks: a 0 lets the line through */
    serial_and_timer = 0xee,
    result_of_a_bug = 63,
};

/* SDM Vol. 3A, "64-Bit Mode Stack Frame". What the handler stores here is read by IRETQ, which the
 * compiler does not know: hence volatile wherever it is passed. */
struct frame {
    uint64_t rip, cs, rflags, rsp, ss;
};

/* SDM Vol. 3A, "64-Bit Mode IDT", Figure "64-Bit IDT Gate Descriptors" */
struct gate {
    uint16_t offset_0;
    uint16_t selector;
    uint8_t stack_table;
    uint8_t attributes;
    uint16_t offset_16;
    uint32_t offset_32;
    uint32_t reserved;
};

static struct gate idt[serial_vector + 1];

volatile struct fault last_fault;
volatile uint64_t ticks;

extern char const load_access[];
extern char const store_access[];
extern char const access_failed[];

static inline void note_fault(volatile struct frame* frame, uint8_t vector, uint64_t error_code)
{
    if (frame->rip != (uint64_t)load_access && frame->rip != (uint64_t)store_access)
        out8(RINGSIDE_PORT_EXIT, result_of_a_bug);
    last_fault.vector = vector;
    last_fault.error_code = error_code;
    last_fault.address = read_cr2();
    frame->rip = (uint64_t)access_failed;
}

__attribute__((interrupt)) static void on_page_fault(volatile struct frame* frame,
                                                     uint64_t error_code)
{
    note_fault(frame, VECTOR_PF, error_code);
}

__attribute__((interrupt)) static void on_general_protection(volatile struct frame* frame,
                                                             uint64_t error_code)
{
    note_fault(frame, VECTOR_GP, error_code);
}

__attribute__((interrupt)) static void on_timer(volatile struct frame* frame)
{
    (void)frame;
    ticks = ticks + 1;
    out8(PIC1_COMMAND, PIC_EOI);
}

/* Only wakes the CPU: read_character() looks at the UART itself. */
__attribute__((interrupt)) static void on_serial(volatile struct frame* frame)
{
    (void)frame;
    out8(PIC1_COMMAND, PIC_EOI);
}

static void set_gate(unsigned vector, uint64_t handler)
{
    idt[vector].offset_0 = (uint16_t)handler;
    idt[vector].selector = SELECTOR_CODE64;
    idt[vector].attributes = GATE_INTERRUPT;
    idt[vector].offset_16 = (uint16_t)(handler >> 16);
    idt[vector].offset_32 = (uint32_t)(handler >> 32);
}

/* 8259A datasheet, "Initialization Command Words" */
static void start_pics(void)
{
    out8(PIC1_COMMAND, PIC_ICW1_INIT);
    out8(PIC1_DATA, PIC_FIRST_VECTOR);
    out8(PIC1_DATA, 0x04); /* the second controller hangs on line 2 */
    out8(PIC1_DATA, PIC_ICW4_8086);
    out8(PIC2_COMMAND, PIC_ICW1_INIT);
    out8(PIC2_DATA, PIC_FIRST_VECTOR + 8);
    out8(PIC2_DATA, 0x02); /* and knows it */
    out8(PIC2_DATA, PIC_ICW4_8086);
    out8(PIC1_DATA, only_serial);
    out8(PIC2_DATA, 0xff);
}

void traps_start(void)
{
    set_gate(VECTOR_PF, (uint64_t)on_page_fault);
    set_gate(VECTOR_GP, (uint64_t)on_general_protection);
    set_gate(timer_vector, (uint64_t)on_timer);
    set_gate(serial_vector, (uint64_t)on_serial);
    struct table_pointer const pointer = {sizeof idt - 1, (uint64_t)idt};
    load_idt(&pointer);
    start_pics();
}

void timer_start(void)
{
    enum { divisor = pit_frequency / timer_hertz };
    ticks = 0;
    out8(PIT_CONTROL, PIT_CHANNEL0_RATE);
    out8(PIT_CHANNEL0, divisor & 0xff);
    out8(PIT_CHANNEL0, divisor >> 8);
    out8(PIC1_DATA, serial_and_timer);
}

void timer_stop(void)
{
    out8(PIC1_DATA, only_serial);
    out8(PIT_CONTROL, PIT_CHANNEL0_STOP);
}
