#include "visualizer/model/costs.hpp"

#include <algorithm>
#include <bit>

namespace ringside::visualizer {

namespace {

std::size_t slot_of(trace::ExitKind kind)
{
    return std::min<std::size_t>(static_cast<std::size_t>(kind), 15);
}

} // namespace

// A bucket is an exponent and the two bits below the leading one.
std::size_t Costs::bucket_of(std::uint64_t nanoseconds)
{
    if (nanoseconds < 4)
        return nanoseconds;
    auto const exponent = static_cast<std::size_t>(std::bit_width(nanoseconds)) - 1;
    std::size_t const fraction = (nanoseconds >> (exponent - 2)) & 3;
    return std::min(exponent * 4 - 4 + fraction, buckets - 1);
}

std::uint64_t Costs::floor_of(std::size_t bucket)
{
    if (bucket < 4)
        return bucket;
    std::size_t const exponent = bucket / 4 + 1;
    return (std::uint64_t{4} + bucket % 4) << (exponent - 2);
}

void Costs::add(trace::ExitKind kind, std::uint64_t nanoseconds)
{
    OfKind& own = kinds_[slot_of(kind)];
    any_ = true;
    ++own.count;
    ++own.histogram[bucket_of(nanoseconds)];
}

Costs::OfKind const& Costs::of(trace::ExitKind kind) const
{
    return kinds_[slot_of(kind)];
}

std::array<std::uint32_t, Costs::buckets> const& Costs::histogram(trace::ExitKind kind) const
{
    return of(kind).histogram;
}

Costs::Spread Costs::spread(trace::ExitKind kind) const
{
    OfKind const& own = of(kind);
    Spread spread{own.count, 0, 0, 0};
    std::uint64_t cheaper = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        std::uint64_t const before = cheaper;
        cheaper += own.histogram[bucket];
        auto const passes = [&](std::uint64_t share) {
            return before * 100 <= own.count * share && cheaper * 100 > own.count * share;
        };
        if (passes(5))
            spread.low = floor_of(bucket);
        if (passes(50))
            spread.median = floor_of(bucket);
        if (passes(95))
            spread.high = floor_of(bucket);
    }
    return spread;
}

} // namespace ringside::visualizer
