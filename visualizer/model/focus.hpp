// The one Focus: the moment every panel speaks of. Panels own no state of their own; selecting
// anything anywhere means moving this. And the way back: where the Focus has been.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "visualizer/model/record_store.hpp"

namespace ringside::visualizer {

struct Focus {
    RecordIndex record = no_record; ///< the record everything is shown "as of"
    std::uint64_t seq = 0;          ///< its number on its vCPU, for people and links
    std::uint8_t vcpu = 0;
    std::uint16_t step = 0;               ///< sub-step of the moment, from 1; 0: the whole moment
    std::optional<std::uint64_t> address; ///< of interest besides: a page walk's, a symbol's
    bool operator==(Focus const&) const = default;
};

/// Where the Focus has been. Small steps in a row count as one stop, jumps count each.
class FocusHistory {
public:
    enum class Move : std::uint8_t { step, jump };

    void left(Focus const& from, Move move);
    std::optional<Focus> back(Focus const& now);
    std::optional<Focus> forward(Focus const& now);
    bool can_go_back() const { return !past_.empty(); }
    bool can_go_forward() const { return !future_.empty(); }

private:
    static constexpr std::size_t longest = 200;

    std::vector<Focus> past_;
    std::vector<Focus> future_;
    Move last_move_ = Move::jump;
};

} // namespace ringside::visualizer
