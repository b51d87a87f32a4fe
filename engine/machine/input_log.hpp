// Which of the machine's looks for a typed byte found one. Whether a byte is there depends on the person
// and the host; told from this log, a stretch of the past meets the same bytes at the same places.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>

namespace ringside::machine {

class InputLog {
public:
    std::uint64_t asked() const { return asked_; }
    void set_asked(std::uint64_t asked) { asked_ = asked; }

    /// The next look is one of the past.
    bool knows_next() const { return !found_.empty() && asked_ <= found_.back().look; }
    /// What that look found.
    std::optional<std::uint8_t> next_known()
    {
        auto const place = std::lower_bound(
            found_.begin(), found_.end(), asked_,
            [](Found const& entry, std::uint64_t look) { return entry.look < look; });
        bool const found = place->look == asked_++;
        return found ? std::optional(place->byte) : std::nullopt;
    }
    /// A look of the present.
    enum class Keep : bool { no, yes };
    void look(std::optional<std::uint8_t> byte, Keep keep)
    {
        if (byte && keep == Keep::yes)
            found_.push_back({asked_, *byte});
        ++asked_;
    }
    /// The bytes of looks that will not come about after all, in order; they are forgotten here.
    std::deque<std::uint8_t> take_ahead()
    {
        std::deque<std::uint8_t> bytes;
        while (!found_.empty() && found_.back().look >= asked_) {
            bytes.push_front(found_.back().byte);
            found_.pop_back();
        }
        return bytes;
    }

private:
    struct Found {
        std::uint64_t look;
        std::uint8_t byte;
    };
    std::deque<Found> found_; ///< ascending
    std::uint64_t asked_ = 0;
};

} // namespace ringside::machine
