/* The serial line: printing, and reading a line with backspace. */
#ifndef MONITOR_CONSOLE_H
#define MONITOR_CONSOLE_H

#include <stdint.h>

void console_start(void);

void print(char const* text);
void print_hex(uint64_t value, unsigned digits);
void print_decimal(uint64_t value);
void print_character(char character);

/* Waits, asleep, for a line; it ends in CR, LF or both and is stored without them. Characters
 * beyond `size` - 1 are refused. */
void read_line(char* line, unsigned size);

#endif
