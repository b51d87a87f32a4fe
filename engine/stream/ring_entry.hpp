// What stands before the bytes of every event in the ring.
//
// `id` and `vcpu` are not neighbours, on purpose. They come from a trace::RawRecord that was written
// a moment ago. Where they are neighbours in both, compilers copy them as one word, and a word
// loaded from two bytes that are still on their way to memory stalls the CPU: measured, 21 ns for a
// record instead of 6.
#pragma once

#include <cstdint>

#include "engine/trace/names.hpp"

namespace ringside::stream {

struct RingEntry {
    std::uint16_t size = 0;   ///< of entry and bytes together, a multiple of sizeof(RingEntry)
    std::uint16_t length = 0; ///< bytes of the event
    std::uint8_t id = 0;      ///< 0: padding up to the end of the memory
    trace::Category category = trace::Category::exit;
    std::uint8_t vcpu = 0;
    std::uint64_t seq = 0;
    std::uint64_t time = 0;
    std::uint64_t stamp = 0; ///< host clock ticks, 0 where not taken
};
static_assert(sizeof(RingEntry) == 32);

} // namespace ringside::stream
