// How long exits took on the host, as one histogram per kind of exit: enough for "this one cost 12
// us, half of its kind cost less than 9".
//
// Host time is measured on a machine that also does other things; nothing is compared by it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/trace/names.hpp"

namespace ringside::visualizer {

class Costs {
public:
    static constexpr std::size_t buckets = 128; ///< four to each power of two

    void add(trace::ExitKind kind, std::uint64_t nanoseconds);
    bool any() const { return any_; } ///< false: the trace carries no host stamps

    struct Spread {
        std::uint64_t count = 0;
        std::uint64_t low = 0;    ///< one in twenty is cheaper
        std::uint64_t median = 0; ///< half are cheaper
        std::uint64_t high = 0;   ///< one in twenty is dearer
    };
    Spread spread(trace::ExitKind kind) const;
    std::array<std::uint32_t, buckets> const& histogram(trace::ExitKind kind) const;

    static std::size_t bucket_of(std::uint64_t nanoseconds);
    static std::uint64_t floor_of(std::size_t bucket);

private:
    struct OfKind {
        std::uint64_t count = 0;
        std::array<std::uint32_t, buckets> histogram{};
    };
    OfKind const& of(trace::ExitKind kind) const;

    std::array<OfKind, 16> kinds_{};
    bool any_ = false;
};

} // namespace ringside::visualizer
