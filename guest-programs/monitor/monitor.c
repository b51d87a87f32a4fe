/* A monitor: the smallest program that lets a person look into a machine from within.
 *
 * One command a line, found in one table. Numbers are hexadecimal where they are addresses or
 * contents and decimal where they count. Left out: history, editing inside the line, anything that
 * changes registers.
 */
#include <stdbool.h>
#include <stdint.h>

#include "guest-programs/abi/ringside.h"
#include "guest-programs/lib/x86.h"
#include "guest-programs/monitor/console.h"
#include "guest-programs/monitor/cpu.h"
#include "guest-programs/monitor/traps.h"
#include "guest-programs/monitor/walk.h"

enum { line_size = 80, most_words = 3, highest_result = 63, not_ended = -1 };

static uint64_t const nowhere = 0x0000700000000000; /* canonical, and mapped by nobody */

/* A line cut into words: words[0] is the command. */
struct line {
    char* words[most_words];
    unsigned count;
};

/* What a command returns: not_ended, or the result that the machine ends with. */
typedef int (*command_function)(struct line const*);

static bool same(char const* a, char const* b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 16;
}

/* False, with a word to the user, if word `index` is there and is not a number. */
static bool number(struct line const* line, unsigned index, unsigned base, uint64_t* value)
{
    if (index >= line->count)
        return true; /* keeps the default */
    char const* const word = line->words[index];
    uint64_t result = 0;
    unsigned digits = 0;
    unsigned const skip = base == 16 && word[0] == '0' && word[1] == 'x' ? 2 : 0;
    for (char const* c = word + skip; *c; c++, digits++) {
        unsigned const digit = (unsigned)digit_value(*c);
        if (digit >= base || digits >= 16) {
            digits = 0;
            break;
        }
        result = result * base + digit;
    }
    if (digits == 0) {
        print("not a number: ");
        print(word);
        print("\n");
        return false;
    }
    *value = result;
    return true;
}

static bool enough(struct line const* line, unsigned count)
{
    if (line->count >= count)
        return true;
    print("something is missing; help says what\n");
    return false;
}

static void print_fault(void)
{
    print(last_fault.vector == VECTOR_PF ? "#PF" : "#GP");
    print(", error code ");
    print_hex(last_fault.error_code, 8);
    if (last_fault.vector == VECTOR_PF) {
        print(", CR2 ");
        print_hex(last_fault.address, 16);
    }
    print("\n");
}

static int peek(struct line const* line)
{
    uint64_t address = 0;
    uint64_t count = 1;
    if (!enough(line, 2) || !number(line, 1, 16, &address) || !number(line, 2, 10, &count))
        return not_ended;
    for (; count > 0; count--, address += 8) {
        uint64_t value;
        if (!try_load(address, &value)) {
            print_fault();
            break;
        }
        print_hex(address, 16);
        print("  ");
        print_hex(value, 16);
        print("  ");
        for (unsigned i = 0; i < 8; i++) {
            char const c = (char)(value >> 8 * i);
            print_character(c >= ' ' && c <= '~' ? c : '.');
        }
        print("\n");
    }
    return not_ended;
}

static int poke(struct line const* line)
{
    uint64_t address = 0;
    uint64_t value = 0;
    if (!enough(line, 3) || !number(line, 1, 16, &address) || !number(line, 2, 16, &value))
        return not_ended;
    if (!try_store(address, value))
        print_fault();
    return not_ended;
}

static int walk(struct line const* line)
{
    uint64_t address = 0;
    if (enough(line, 2) && number(line, 1, 16, &address))
        print_walk(address);
    return not_ended;
}

static void print_register(char const* name, uint64_t value, unsigned digits)
{
    print(name);
    print_hex(value, digits);
}

static int regs(struct line const* line)
{
    (void)line;
    print_register("CR0 ", read_cr0(), 16);
    print_register("  CR2 ", read_cr2(), 16);
    print_register("\nCR3 ", read_cr3(), 16);
    print_register("  CR4 ", read_cr4(), 16);
    print_register("\nEFER ", read_msr(MSR_EFER), 8);
    print_register("  CS ", read_cs(), 4);
    print_register("  SS ", read_ss(), 4);
    print_register("  DS ", read_ds(), 4);
    struct table_pointer const gdt = store_gdt();
    print_register("  GDT ", gdt.base, 8);
    print_register(" limit ", gdt.limit, 4);
    print("\n");
    return not_ended;
}

static int timer(struct line const* line)
{
    uint64_t count = 0;
    if (!enough(line, 2) || !number(line, 1, 10, &count))
        return not_ended;
    interrupts_off();
    timer_start();
    for (uint64_t told = 0; told < count;) {
        while (ticks == told)
            sleep_until_interrupt();
        print("tick ");
        print_decimal(++told);
        print("\n");
    }
    timer_stop();
    return not_ended;
}

static int fault(struct line const* line)
{
    (void)line;
    if (try_store(nowhere, 1)) {
        print("no fault: somebody mapped it\n");
        return not_ended;
    }
    print_fault();
    print("survived\n");
    return not_ended;
}

static int leave(struct line const* line)
{
    uint64_t result = 0;
    if (!number(line, 1, 10, &result))
        return not_ended;
    return result <= highest_result ? (int)result : highest_result;
}

static int help(struct line const* line);

static struct {
    char const* name;
    command_function function;
    char const* help;
} const commands[] = {
    {"help", help, "help             this list\n"},
    {"peek", peek, "peek ADDR [N]    load N 8-byte words\n"},
    {"poke", poke, "poke ADDR VALUE  store an 8-byte word\n"},
    {"walk", walk, "walk ADDR        every entry its page walk reads\n"},
    {"regs", regs, "regs             control registers and segments\n"},
    {"timer", timer, "timer N          sleep through N ticks\n"},
    {"fault", fault, "fault            make a #PF and survive it\n"},
    {"exit", leave, "exit [N]         end the machine with result N\n"},
};
enum { command_count = sizeof commands / sizeof commands[0] };

static int help(struct line const* line)
{
    (void)line;
    for (unsigned i = 0; i < command_count; i++)
        print(commands[i].help);
    print("ADDR and VALUE are hexadecimal, N is decimal.\n");
    return not_ended;
}

static struct line split(char* text)
{
    struct line line = {.count = 0};
    while (line.count < most_words) {
        while (*text == ' ')
            text++;
        if (!*text)
            break;
        line.words[line.count++] = text;
        while (*text && *text != ' ')
            text++;
        if (!*text)
            break;
        *text++ = '\0';
    }
    return line;
}

/* Names the command in the stream of events, so that its exits are easy to find. */
static void mark(char const* text)
{
    for (; *text; text++)
        out8(RINGSIDE_PORT_TEACH_TEXT, (uint8_t)*text);
    out8(RINGSIDE_PORT_TEACH_COMMAND, RINGSIDE_TEACH_MARKER);
}

static int execute(struct line const* line)
{
    if (line->count == 0)
        return not_ended;
    for (unsigned i = 0; i < command_count; i++) {
        if (same(line->words[0], commands[i].name)) {
            mark(commands[i].name);
            return commands[i].function(line);
        }
    }
    print("unknown: ");
    print(line->words[0]);
    print("; try help\n");
    return not_ended;
}

/* Called by start.S; the result goes to the exit port. */
int monitor(void);
int monitor(void)
{
    traps_start();
    console_start();
    print("Ringside monitor. Type help.\n");
    int result = not_ended;
    while (result == not_ended) {
        char text[line_size];
        print("> ");
        read_line(text, line_size);
        struct line const line = split(text);
        result = execute(&line);
    }
    return result;
}
