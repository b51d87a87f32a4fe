/* The page walk of one address, told level by level. */
#ifndef MONITOR_WALK_H
#define MONITOR_WALK_H

#include <stdint.h>

void print_walk(uint64_t address);

#endif
