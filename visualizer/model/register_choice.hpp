// Which of several registers behind one port an access reached. Old devices pack more registers
// into their ports than fit: the choice depends on what was written before, or on the value.
//
//     16550  offsets 0 and 1 are the divisor latch while LCR's top bit (DLAB) is set
//     8259A  at offset 0 bits 4 and 3 of the value tell ICW1, OCW2 and OCW3 apart; the two or three
//            writes to offset 1 after an ICW1 are ICW2 to ICW4, later ones go to the mask
//
// Everything else has one register for each offset and direction.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "engine/trace/events.hpp"

namespace ringside::visualizer {

struct RegisterName {
    std::string short_name; ///< "LSR"
    std::string long_name;  ///< "Line Status Register"
};

class RegisterChoice {
public:
    /// The one of `candidates` (not empty: those that share offset and direction) that this access
    /// reaches. Accesses must be told in order.
    RegisterName const& choose(trace::DeviceAccess const& access,
                               std::span<RegisterName const* const> candidates);

private:
    using Port = std::pair<std::uint8_t, std::uint16_t>; ///< device and offset

    std::string_view wanted_name(trace::DeviceAccess const& access,
                                 std::span<RegisterName const* const> candidates);
    void start_initialization(trace::DeviceAccess const& access);

    std::map<std::uint8_t, bool> divisor_latch_;
    std::map<Port, unsigned> words_to_come_; ///< ICW2 to ICW4 still expected
};

} // namespace ringside::visualizer
