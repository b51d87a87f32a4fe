/* The instructions that C has no word for. Nothing here calls anything. */
#ifndef MONITOR_CPU_H
#define MONITOR_CPU_H

#include <stdint.h>

/* Each port access is an exit, and at an exit the flags are on show. Compiled code leaves some of
 * them undefined, after a multiplication for example, so that two CPUs may rightly differ; a
 * comparison defines them all. */
#define DEFINE_FLAGS "cmpb %%al, %%al\n\t"

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile(DEFINE_FLAGS "outb %0, %1" : : "a"(value), "Nd"(port) : "memory", "cc");
}

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;
    __asm__ volatile(DEFINE_FLAGS "inb %1, %0" : "=a"(value) : "Nd"(port) : "memory", "cc");
    return value;
}

static inline void interrupts_off(void)
{
    __asm__ volatile("cli" : : : "memory");
}

/* STI takes effect behind the next instruction, so no interrupt slips in between the two. */
static inline void sleep_until_interrupt(void)
{
    __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
}

#define READ_CONTROL_REGISTER(n)                                                                   \
    static inline uint64_t read_cr##n(void)                                                        \
    {                                                                                              \
        uint64_t value;                                                                            \
        __asm__ volatile("mov %%cr" #n ", %0" : "=r"(value));                                      \
        return value;                                                                              \
    }
READ_CONTROL_REGISTER(0)
READ_CONTROL_REGISTER(2)
READ_CONTROL_REGISTER(3)
READ_CONTROL_REGISTER(4)
#undef READ_CONTROL_REGISTER

#define READ_SEGMENT_REGISTER(name)                                                                \
    static inline uint16_t read_##name(void)                                                       \
    {                                                                                              \
        uint16_t value;                                                                            \
        __asm__ volatile("mov %%" #name ", %0" : "=r"(value));                                     \
        return value;                                                                              \
    }
READ_SEGMENT_REGISTER(cs)
READ_SEGMENT_REGISTER(ds)
READ_SEGMENT_REGISTER(ss)
#undef READ_SEGMENT_REGISTER

static inline uint64_t read_msr(uint32_t index)
{
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
    return (uint64_t)high << 32 | low;
}

struct __attribute__((packed)) table_pointer {
    uint16_t limit;
    uint64_t base;
};

static inline void load_idt(struct table_pointer const* pointer)
{
    __asm__ volatile("lidt %0" : : "m"(*pointer));
}

static inline struct table_pointer store_gdt(void)
{
    struct table_pointer pointer;
    __asm__ volatile("sgdt %0" : "=m"(pointer));
    return pointer;
}

#endif
