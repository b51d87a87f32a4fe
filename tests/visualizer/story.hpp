// A made-up run of a made-up guest, told event by event as the engine would: real mode, long mode
// with a translation that is not the identity, a serial console, timer interrupts, MMIO, a page
// fault. It needs no backend, and every number in it is known to the tests.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/trace/events.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::visualizer::story {

struct Options {
    trace::BackendKind backend = trace::BackendKind::kvm;
    unsigned rounds = 24;   ///< timer ticks
    bool lose_some = false; ///< in records() only: a gap in the middle
    bool ends = true;       ///< writes the exit port at last
};

/// Tells the story to `sink`, as fast as it can.
void tell(trace::Sink& sink, Options const& options = {});

/// The same as records, with made-up host stamps.
std::vector<trace::Record> records(Options const& options = {});

inline constexpr std::string_view greeting = "Hello from long mode\r\n";
inline constexpr std::uint64_t high_half = 0xffff'8000'0000'0000;
inline constexpr std::uint64_t print_symbol = high_half + 0x12040;

} // namespace ringside::visualizer::story
