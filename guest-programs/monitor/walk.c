/* What the CPU does in silence, done by hand: reads the tables below CR3 and says what it finds.
 *
 * Works because the boot tables map all of RAM at its own address, so an entry's physical address
 * can be used as a pointer. SDM Vol. 3A, "4-Level Paging". Not modelled: 5-level paging, protection
 * keys.
 */
#include "guest-programs/monitor/walk.h"

#include <stdbool.h>

#include "guest-programs/lib/x86.h"
#include "guest-programs/monitor/console.h"
#include "guest-programs/monitor/cpu.h"
#include "guest-programs/monitor/traps.h"

enum { index_bits = 9, levels = 4, page_bits = 12 };

static char const* const level_names[levels] = {"PT  ", "PD  ", "PDPT", "PML4"};
static uint64_t const address_mask = 0x000ffffffffff000;

static void print_flags(uint64_t entry)
{
    static struct {
        uint64_t bit;
        char const* name;
    } const flags[] = {
        {PAGE_WRITE, " write"}, {PAGE_USER, " user"},   {PAGE_ACCESSED, " accessed"},
        {PAGE_DIRTY, " dirty"}, {PAGE_LARGE, " large"}, {PAGE_NO_EXECUTE, " no-execute"},
    };
    print("present");
    for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (entry & flags[i].bit)
            print(flags[i].name);
}

/* Prints one level. False where the walk ends without an answer. */
static bool print_step(unsigned level, uint64_t table, unsigned index, uint64_t* entry)
{
    uint64_t const at = table + index * 8;
    print(level_names[level]);
    print(" entry ");
    print_decimal(index);
    print(" at ");
    print_hex(at, 8);
    print(": ");
    if (!try_load(at, entry)) {
        print("not readable from here\n");
        return false;
    }
    print_hex(*entry, 16);
    print("  ");
    if (!(*entry & PAGE_PRESENT)) {
        print("not present: the walk ends here\n");
        return false;
    }
    print_flags(*entry);
    print("\n");
    return true;
}

void print_walk(uint64_t address)
{
    uint64_t table = read_cr3() & address_mask;
    print("CR3 ");
    print_hex(table, 16);
    print("\n");
    for (unsigned level = levels; level-- > 0;) {
        unsigned const shift = page_bits + index_bits * level;
        uint64_t entry;
        if (!print_step(level, table, address >> shift & 511, &entry))
            return;
        bool const large = (level == 1 || level == 2) && (entry & PAGE_LARGE);
        if (level == 0 || large) {
            uint64_t const offset_mask = ((uint64_t)1 << shift) - 1;
            print("physical ");
            print_hex((entry & address_mask & ~offset_mask) | (address & offset_mask), 16);
            print("\n");
            return;
        }
        table = entry & address_mask;
    }
}
