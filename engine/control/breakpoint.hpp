// A place or an event at which the machine is to stop, as a value. Kept in a small set that knows
// nothing of a machine: whoever runs one asks it at each instruction, access or event.
//
// Not modelled: a breakpoint for one vCPU; its condition says "vcpu == 1".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/query/evaluate.hpp"
#include "engine/query/uses.hpp"

namespace ringside::control {

/// In time.
enum class Heading : std::uint8_t { forward, back };
enum class Touch : std::uint8_t { read, write, either };

/// Stops before the instruction at this linear address runs.
struct ExecuteAt {
    Gva address;
    bool operator==(ExecuteAt const&) const = default;
};
/// Stops behind the instruction that touches a byte of the range.
struct Watch {
    Touch touch = Touch::write;
    query::AddressSpace space = query::AddressSpace::guest_virtual;
    std::uint64_t address = 0;
    std::uint64_t size = 1;
    bool operator==(Watch const&) const = default;
};
/// Looks at every exit and event; its condition decides.
struct AnyEvent {
    bool operator==(AnyEvent const&) const = default;
};
using Place = std::variant<ExecuteAt, Watch, AnyEvent>;

enum class Owner : std::uint8_t { person, gdb };
enum class Lifetime : std::uint8_t { permanent, one_shot };

struct Breakpoint {
    unsigned id = 0; ///< given by the set, from 1
    Place place;
    std::string condition_text; ///< as it was typed; empty: none
    query::Condition condition;
    Owner owner = Owner::person;
    Lifetime lifetime = Lifetime::permanent;
    bool enabled = true;
    std::uint64_t hits = 0;
    std::uint64_t ignored = 0; ///< so many hits from now on do not stop
};

/// "3  write of 8 bytes at 0x401000 if eax == 3, 2 hits, the next 5 ignored, disabled"
std::string text_of(Breakpoint const& breakpoint);

class Breakpoints {
public:
    using Ids = std::vector<unsigned>;

    /// The id. Errors (Blame::usage): an event without a condition, a range of no bytes or beyond
    /// the last address, a condition on what only a viewer knows, more than 1000 of them.
    Result<unsigned> add(Breakpoint breakpoint);
    bool remove(unsigned id); ///< false: there is none
    bool remove(Owner owner, Place const& place);
    void remove_all(Owner owner);
    bool enable(unsigned id, bool enabled);
    bool ignore(unsigned id, std::uint64_t hits);
    std::span<Breakpoint const> all() const { return all_; }
    Breakpoint const* find(unsigned id) const;

    // Those that are enabled, reached and true of the subject (query/evaluate.hpp). Asking changes
    // nothing, so it serves on the way back too.
    template <typename Subject>
    Ids at_instruction(Gva address, Subject const& subject) const
    {
        return matching(Reached{ExecuteAt{address}}, subject);
    }
    template <typename Subject>
    Ids at_access(Watch const& access, Subject const& subject) const
    {
        return matching(Reached{access}, subject);
    }
    template <typename Subject>
    Ids at_event(Subject const& subject) const
    {
        return matching(Reached{AnyEvent{}}, subject);
    }

    /// Counts a hit of each, and uses up its ignore count or its only shot. The first that stops,
    /// as it is then; nothing: the machine goes on.
    std::optional<Breakpoint> hit(Ids const& ids);

    /// Somebody waits for an address to be executed, touched, or for an event.
    template <typename P>
    bool any() const
    {
        for (Breakpoint const& breakpoint : all_)
            if (breakpoint.enabled && std::holds_alternative<P>(breakpoint.place))
                return true;
        return false;
    }

private:
    using Reached = Place;
    static bool covers(Place const& place, Reached const& reached);

    template <typename Subject>
    Ids matching(Reached const& reached, Subject const& subject) const
    {
        Ids ids;
        for (Breakpoint const& breakpoint : all_)
            if (breakpoint.enabled && covers(breakpoint.place, reached) &&
                query::matches(breakpoint.condition, subject))
                ids.push_back(breakpoint.id);
        return ids;
    }
    Breakpoint* entry(unsigned id);

    std::vector<Breakpoint> all_; ///< in the order of their ids
    unsigned next_id_ = 1;
};

} // namespace ringside::control
