#include "visualizer/model/register_choice.hpp"

#include <algorithm>

#include "engine/base/bits.hpp"

namespace ringside::visualizer {

namespace {

bool offers(std::span<RegisterName const* const> candidates, std::string_view name)
{
    return std::any_of(candidates.begin(), candidates.end(),
                       [&](RegisterName const* each) { return each->short_name == name; });
}

} // namespace

RegisterName const& RegisterChoice::choose(trace::DeviceAccess const& access,
                                           std::span<RegisterName const* const> candidates)
{
    std::string_view const wanted = wanted_name(access, candidates);
    RegisterName const* chosen = candidates.front();
    for (RegisterName const* each : candidates)
        if (each->short_name == wanted)
            chosen = each;
    bool const write = access.direction == trace::Direction::write;
    if (write && chosen->short_name == "LCR")
        divisor_latch_[access.device] = bit(access.value, 7);
    if (write && chosen->short_name == "ICW1")
        start_initialization(access);
    return *chosen;
}

std::string_view RegisterChoice::wanted_name(trace::DeviceAccess const& access,
                                             std::span<RegisterName const* const> candidates)
{
    // 16550D datasheet, "Line Control Register"
    if (divisor_latch_[access.device])
        for (std::string_view const latch : {"DLL", "DLM"})
            if (offers(candidates, latch))
                return latch;
    // 8259A datasheet, "Initialization Command Words" and "Operation Command Words"
    if (offers(candidates, "OCW2"))
        return bit(access.value, 4) ? "ICW1" : bit(access.value, 3) ? "OCW3" : "OCW2";
    unsigned& expected = words_to_come_[{access.device, access.offset}];
    if (offers(candidates, "ICW2-4") && expected > 0) {
        --expected;
        return "ICW2-4";
    }
    return {};
}

// ICW3 comes unless the chip is alone (SNGL, bit 1), ICW4 if it is announced (IC4, bit 0).
void RegisterChoice::start_initialization(trace::DeviceAccess const& access)
{
    auto const next = static_cast<std::uint16_t>(access.offset + 1);
    words_to_come_[{access.device, next}] =
        1U + (bit(access.value, 1) ? 0U : 1U) + (bit(access.value, 0) ? 1U : 0U);
}

} // namespace ringside::visualizer
