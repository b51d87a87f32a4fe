// Registers by every name an x86 program uses for them: rax, eax, ax, al, r8d, cs, cs.base, eflags.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/bits.hpp"
#include "engine/trace/registers.hpp"

namespace ringside::query {

/// Some bits of a register: AH is bits 8 to 15 of RAX.
struct RegisterPart {
    trace::Register whole = trace::Register::rax;
    std::uint8_t first_bit = 0;
    std::uint8_t bit_count = 64;
    bool operator==(RegisterPart const&) const = default;

    std::uint64_t of(std::uint64_t value) const { return bits(value, first_bit, bit_count); }
};

/// RIP is not among them: "rip" in an expression is a linear address (fields.hpp), and "ip" the
/// offset in CS.
std::optional<RegisterPart> register_named(std::string_view name);

/// What a write of `value` to the part makes of a register that holds `before`. Writing EAX clears
/// the upper half of RAX, as the CPU does (SDM Vol. 1, "General-Purpose Registers in 64-Bit Mode").
std::uint64_t written(RegisterPart part, std::uint64_t before, std::uint64_t value);

} // namespace ringside::query
