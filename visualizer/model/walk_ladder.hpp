// One page walk as the page-walk panel draws it: the address cut into its indices, one rung for
// each table entry with its bits as letters, what the entries allow together so far, the rung that
// breaks it, and where the result lies in the machine's memory slots.
//
// Not modelled: what hardware adds below. With EPT or NPT every guest-physical address is
// translated once more, out of sight of user space; our second dimension is the slot table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/events.hpp"
#include "visualizer/model/catalogue.hpp"

namespace ringside::visualizer {

/// A field of the address, from the top.
struct AddressField {
    std::string_view name; ///< "PML4", "offset"
    unsigned low = 0;      ///< its lowest bit
    unsigned count = 0;    ///< bits
    std::uint64_t value = 0;
};

/// One bit of an entry, as a letter: upper case when set.
struct EntryBit {
    char letter = ' ';
    bool set = false;
    std::string_view name;
    bool changed = false; ///< since the entry was read before
};

struct Permissions {
    bool read = false;
    bool write = false;
    bool user = false;
    bool execute = false;
    bool operator==(Permissions const&) const = default;
};

struct Rung {
    std::string_view table; ///< "PML4E"
    std::uint64_t index = 0;
    std::uint64_t entry_gpa = 0;
    std::uint64_t entry = 0;
    std::uint64_t target = 0;            ///< physical address the entry holds
    std::optional<std::uint64_t> before; ///< what it held when it was read before, where it differs
    std::vector<EntryBit> bits;
    Permissions allowed; ///< by this entry and all above it
    bool breaks = false; ///< the walk ends here, refused
    bool leaf = false;   ///< the entry maps a page
};

struct Ladder {
    std::vector<AddressField> fields;
    bool sign_extended = false; ///< the top field repeats bit 47
    std::vector<Rung> rungs;
    bool ok = false;
    bool has_gpa = false;
    std::string page_size;            ///< "4 KiB page"
    std::string verdict;              ///< one line: where it arrived, or which rule refused it
    std::vector<EntryBit> error_bits; ///< of the #PF's error code
    std::string slot;                 ///< "RAM + 0x5123", or what lies there instead
    std::string origin;               ///< who made the walk, as a sentence
    std::string_view evidence;        ///< "O", "D" or "E"
    bool operator_is_user = false;
};

Ladder ladder(trace::PageWalk const& walk, Catalogue const& catalogue);

} // namespace ringside::visualizer
