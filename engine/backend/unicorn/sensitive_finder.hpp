// Finding the sensitive instructions, one look before each instruction the library runs.
//
// x86 has sensitive instructions that do not trap when a deprivileged guest runs them (Robin and
// Irvine, 2000): POPF just drops the interrupt flag. So trapping is not enough, and we must look.
// The answer is cached by address and checked against the first eight bytes of code each time:
// whoever patched them, through whatever alias, the change is seen.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "engine/backend/unicorn/attention.hpp"
#include "engine/backend/unicorn/code_pages.hpp"
#include "engine/backend/unicorn/shadow_translation.hpp"

namespace ringside::unicorn {

class SensitiveFinder {
public:
    SensitiveFinder(CodePages& code, ShadowTranslation& translation)
        : code_(code), translation_(translation), slots_(slot_count)
    {
    }

    void set_code_size(x86::CodeSize size) { code_size_ = size; }

    /// What the instruction at this linear address asks for.
    Attention look_at(std::uint64_t linear)
    {
        std::uint8_t const* const code = code_.bytes(linear);
        if (code == nullptr) [[unlikely]]
            return look_closer(linear);
        std::uint64_t first_bytes = 0;
        std::memcpy(&first_bytes, code, sizeof first_bytes);
        Slot& slot = slots_[(linear ^ linear >> 12) % slot_count];
        if (slot.first_bytes == first_bytes && slot.code_size == code_size_) [[likely]]
            return slot.attention;
        return slot.attention = classify(slot, first_bytes, code);
    }

    /// Instruction bytes from `linear` on, across a page border, as far as they can be fetched.
    std::size_t fetch(std::uint64_t linear, std::span<std::uint8_t, 15> bytes);

    struct Instruction {
        x86::Decoded decoded;
        std::array<std::uint8_t, 15> bytes{};
    };
    /// The whole instruction, for those that are emulated or examined; kept for the next time.
    /// Null when it is undefined or not all of it can be fetched. Valid until the next call.
    Instruction const* decode(std::uint64_t linear);

private:
    static constexpr std::size_t slot_count = 1U << 14, decoded_count = 1U << 8;
    static constexpr auto no_code_size = static_cast<x86::CodeSize>(0xff);
    struct Slot {
        std::uint64_t first_bytes = 0;
        x86::CodeSize code_size = no_code_size;
        Attention attention = 0;
    };
    struct DecodedSlot {
        std::uint64_t linear = 0;
        x86::CodeSize code_size = no_code_size;
        Instruction instruction;
    };
    Attention look_closer(std::uint64_t linear);
    Attention classify(Slot& slot, std::uint64_t first_bytes, std::uint8_t const* code);
    std::uint8_t const* page_at(std::uint64_t linear);

    CodePages& code_;
    ShadowTranslation& translation_;
    x86::CodeSize code_size_ = x86::CodeSize::bits16;
    std::vector<Slot> slots_;
    std::vector<DecodedSlot> decoded_ = std::vector<DecodedSlot>(decoded_count);
};

} // namespace ringside::unicorn
