/* A 16550A driver that sleeps when there is nothing to read.
 *
 * The interrupt only wakes the CPU; whoever woke looks at the Line Status Register. Not modelled:
 * transmit interrupts, flow control, line errors. 16550D datasheet, "Registers".
 */
#include "guest-programs/monitor/console.h"

#include <stdbool.h>

#include "guest-programs/lib/x86.h"
#include "guest-programs/monitor/cpu.h"

enum { backspace = 8, control_u = 21, delete = 127 };

void console_start(void)
{
    out8(COM1_LCR, LCR_8_BITS);
    out8(COM1_FCR, FCR_ENABLE_AND_CLEAR);
    out8(COM1_MCR, MCR_DTR_RTS_OUT2);
    out8(COM1_IER, IER_RECEIVED);
}

void print_character(char character)
{
    out8(COM1_DATA, (uint8_t)character);
}

void print(char const* text)
{
    for (; *text; text++)
        print_character(*text);
}

void print_hex(uint64_t value, unsigned digits)
{
    while (digits-- > 0)
        print_character("0123456789abcdef"[value >> 4 * digits & 15]);
}

void print_decimal(uint64_t value)
{
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count > 0)
        print_character(digits[--count]);
}

static char read_character(void)
{
    interrupts_off();
    while (!(in8(COM1_LSR) & LSR_DATA_READY))
        sleep_until_interrupt();
    return (char)in8(COM1_DATA);
}

static unsigned erase(unsigned length)
{
    if (length == 0)
        return 0;
    print("\b \b");
    return length - 1;
}

void read_line(char* line, unsigned size)
{
    static bool after_return; /* a terminal sends CR, a file LF, and some send both */
    unsigned length = 0;
    for (;;) {
        char const character = read_character();
        bool const second_of_two = after_return && character == '\n';
        after_return = character == '\r';
        if (second_of_two)
            continue;
        if (character == '\r' || character == '\n')
            break;
        if (character == backspace || character == delete) {
            length = erase(length);
        } else if (character == control_u) {
            while (length > 0)
                length = erase(length);
        } else if (character >= ' ' && character < delete &&length + 1 < size) {
            line[length++] = character;
            print_character(character);
        }
    }
    line[length] = '\0';
    print("\n");
}
