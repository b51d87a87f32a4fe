// What it takes to go back: a record for each exit of what it changed, in a bounded ring of memory.
//
//   moment   m0 ── record ── m1 ── record ── m2 ── record ── m3      each a finished instruction
//                                            ▲ here                 ▲ newest
//
// A record is the difference of two neighbouring moments: of the packed State, and of each page that
// was written in between. Being symmetric, it leads back and forward. Where the machine runs through
// a stretch it has been through before, every moment it comes by is compared with the one on record,
// byte by byte: going forward again is checked to be the same, not assumed
// (book/decisions/008-going-back.md).
// Not modelled: compression of old records; what falls out of the ring cannot be gone back to.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "engine/machine/mirror.hpp"
#include "engine/machine/state.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::machine {

/// Behind so many exits, and so many single-stepped instructions further.
struct Position {
    std::uint64_t exits = 0;
    std::uint64_t steps = 0;
    auto operator<=>(Position const&) const = default;
};

/// How the machine came to a moment.
enum class Way : std::uint8_t {
    ran,       ///< to the end of an exit
    preempted, ///< the same, and the exit was the end of the slice
    edited,    ///< somebody wrote a register or memory while it stood still
};

class History {
public:
    /// Begins with the machine as it is. `most_bytes` bounds the records, not the mirror of RAM.
    static Result<History> begin(memory::GuestMemory& memory, Position position, State const& state,
                                 std::uint64_t sequence, std::size_t most_bytes);

    Position oldest() const { return moments_.front().position; }
    Position newest() const { return moments_.back().position; }
    Position here() const { return moments_[here_].position; }
    bool at_newest() const { return here_ + 1 == moments_.size(); }
    std::uint64_t sequence() const { return moments_[here_].sequence; } ///< of the next event
    void renumber(std::uint64_t sequence) { moments_[here_].sequence = sequence; }
    std::size_t bytes() const { return bytes_; }

    enum class Noted : std::uint8_t {
        added,    ///< a new newest moment
        repeated, ///< the next moment on record, reached again and found equal
        differs,  ///< it should have been that, and is not: what was ahead is forgotten
    };
    /// The machine has come from here() to a new moment. The pages written on the way are those
    /// marked dirty, whose marks are cleared.
    Noted note(Position position, State const& state, std::uint64_t sequence, Way way);

    /// Moves to the last moment not behind `position`, or to the next one. Memory follows with
    /// put_memory().
    Result<State> move_to(Position position);
    Result<State> move_to_next();
    /// Makes the pages marked dirty, and those that moving changed, what they were here().
    void put_memory();

    /// What is ahead will not come about.
    void forget_ahead();

    /// How the machine came from here to the next moment on record; nothing at the newest. Only the
    /// record can find the end of a slice again on a backend that does not count instructions.
    std::optional<Way> next_way() const
    {
        return at_newest() ? std::nullopt : std::optional(moments_[here_ + 1].way);
    }
    Position next() const { return moments_[here_ + 1].position; } ///< where next_way() leads
    /// The state at that next moment, and its pages into memory. here() stays.
    Result<State> fetch_next();

private:
    struct Moment {
        Position position;
        std::uint64_t sequence = 0;
        Way way = Way::ran;
        std::vector<std::byte> difference; ///< from the moment before: state, then pages
    };
    History(memory::GuestMemory& memory, Mirror mirror, std::size_t most_bytes)
        : memory_(&memory), mirror_(std::move(mirror)), most_bytes_(most_bytes)
    {
    }
    std::vector<std::byte> difference_to(std::span<std::byte const> packed);
    template <typename Visit>
    void apply(std::vector<std::byte> const& difference, std::span<std::byte> packed, Visit page);
    void pass(Moment const& moment);
    void add(Moment moment);
    static std::size_t cost(Moment const& moment);

    memory::GuestMemory* memory_;
    Mirror mirror_; ///< RAM here
    std::size_t most_bytes_;
    std::vector<std::byte> packed_; ///< the State here
    std::deque<Moment> moments_;
    std::size_t here_ = 0;
    std::size_t bytes_ = 0;
    std::set<Gpa> moved_; ///< pages where memory is not yet what the mirror says
};

} // namespace ringside::machine
