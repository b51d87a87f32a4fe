/* Interrupts and faults: what wakes the monitor, and what it survives. */
#ifndef MONITOR_TRAPS_H
#define MONITOR_TRAPS_H

#include <stdbool.h>
#include <stdint.h>

/* What the last access that failed ran into. */
struct fault {
    uint8_t vector;
    uint64_t error_code;
    uint64_t address; /* CR2, for a #PF */
};
extern volatile struct fault last_fault;

/* Timer ticks since timer_start(). */
extern volatile uint64_t ticks;

void traps_start(void);
void timer_start(void); /* 100 ticks a second */
void timer_stop(void);

/* A load or store of 8 bytes that may fault: false, and last_fault says why. */
bool try_load(uint64_t address, uint64_t* value);
bool try_store(uint64_t address, uint64_t value);

#endif
