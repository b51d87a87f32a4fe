// The events and the console output of the turn at hand, kept back until the turn is over and it is
// known whether they are news: a machine that has gone back tells nothing twice.
//
//     tracer ──► HeldStory ──┬─ release ──► the stream        the turn is a new one
//                            └─ replay ───► who asked for it  it has been told before
//
// While it is open, everything goes straight through: a machine without a history holds nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "engine/trace/tracer.hpp"

namespace ringside::machine {

class HeldStory final : public trace::Sink {
public:
    /// `out` and `again` may be null.
    HeldStory(trace::Sink* out, trace::Sink* again, std::function<void(std::uint8_t)> console)
        : out_(out), again_(again), console_(std::move(console))
    {
    }
    void hold() { open_ = false; }

    void append(trace::RawRecord const& record) override;
    void print(std::uint8_t byte);

    /// News: to the stream, where the sequence numbers of what is held are larger by `shift`.
    void release(std::uint64_t shift = 0);
    /// Told before: only to whoever wants to hear it again.
    void replay();
    void forget();
    std::size_t count() const { return records_.size(); }
    std::uint64_t passed() const { return passed_; } ///< events that the stream has heard
    /// One event ahead of what is held.
    void pass(trace::RawRecord const& record);

private:
    struct Held {
        trace::RawRecord record; ///< its bytes are elsewhere
        std::size_t offset = 0;
    };
    trace::RawRecord record_at(Held const& held) const;

    trace::Sink* out_;
    trace::Sink* again_;
    std::function<void(std::uint8_t)> console_;
    bool open_ = true;
    std::uint64_t passed_ = 0;
    std::vector<Held> records_;
    std::vector<std::byte> bytes_;
    std::string text_;
};

} // namespace ringside::machine
