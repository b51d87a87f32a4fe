// Are two streams the same? The one place where KVM's and Unicorn's streams are made comparable.
//
// Left out before comparing, each for a named reason (known_differences()): what only a software
// VMM can see, which backend it was, sequence numbers, the rip of an exiting instruction where a
// host cannot tell it, and register bits the SDM leaves undefined. Everything else must be equal,
// in order, with its virtual time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/events.hpp"

namespace ringside::stream {

struct KnownDifference {
    std::string_view name;
    std::string_view what;
    std::string_view why;
};

/// The list the book prints. Nothing else is ever tolerated.
std::span<KnownDifference const> known_differences();

struct ParityOptions {
    bool compare_time = true; ///< off for clock `host`
};

struct Divergence {
    std::size_t left = 0;  ///< index into the left records of the first one that differs
    std::size_t right = 0; ///< the same on the right; past the end when that stream is shorter
    std::string what;      ///< one line
};

/// Nothing when the streams are equal.
std::optional<Divergence> first_divergence(std::span<trace::Record const> left,
                                           std::span<trace::Record const> right,
                                           ParityOptions options = {});

/// For guests that are preempted inside straight code, where KVM cannot say where: what must agree
/// all the same. Each line names a property and both values. Empty when all agree.
std::vector<std::string> different_properties(std::span<trace::Record const> left,
                                              std::span<trace::Record const> right);

} // namespace ringside::stream
