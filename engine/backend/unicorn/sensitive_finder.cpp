#include "engine/backend/unicorn/sensitive_finder.hpp"

#include <algorithm>
#include <optional>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/bits.hpp"

namespace ringside::unicorn {

Attention SensitiveFinder::classify(Slot& slot, std::uint64_t first_bytes, std::uint8_t const* code)
{
    std::optional<x86::Decoded> const decoded =
        x86::decode(std::span(code, CodePages::longest_instruction), code_size_);
    slot.first_bytes = first_bytes;
    slot.code_size = code_size_;
    return decoded ? attention_of(*decoded) : attention::always;
}

/// Near the end of a page, or on one the library has not asked us about lately.
Attention SensitiveFinder::look_closer(std::uint64_t linear)
{
    std::array<std::uint8_t, 15> bytes{};
    std::size_t const fetched = fetch(linear, bytes);
    std::optional<x86::Decoded> const decoded =
        x86::decode(std::span(bytes).first(fetched), code_size_);
    return decoded ? attention_of(*decoded) : attention::always;
}

std::size_t SensitiveFinder::fetch(std::uint64_t linear, std::span<std::uint8_t, 15> bytes)
{
    std::size_t fetched = 0;
    while (fetched < bytes.size()) {
        std::uint64_t const offset = (linear + fetched) % layout::page_size;
        std::uint8_t const* const page = page_at(linear + fetched);
        if (page == nullptr)
            break;
        std::size_t const part = std::min(bytes.size() - fetched, layout::page_size - offset);
        std::copy_n(page + offset, part, bytes.begin() + static_cast<std::ptrdiff_t>(fetched));
        fetched += part;
    }
    return fetched;
}

/// The host page that instructions at `linear` are fetched from, or null.
std::uint8_t const* SensitiveFinder::page_at(std::uint64_t linear)
{
    std::uint64_t const start = align_down(linear, layout::page_size);
    if (std::uint8_t const* const known = code_.bytes(start))
        return known;
    if (code_.barrier_at(linear))
        return nullptr;
    x86::Walk const walk = translation_.peek(start, x86::Access::fetch);
    std::byte const* const host = walk.ok() ? translation_.host_page(walk.gpa) : nullptr;
    if (host == nullptr)
        return nullptr;
    code_.remember(start, host);
    return code_.bytes(start);
}

SensitiveFinder::Instruction const* SensitiveFinder::decode(std::uint64_t linear)
{
    std::array<std::uint8_t, 15> bytes{};
    std::size_t const fetched = fetch(linear, bytes);
    DecodedSlot& slot = decoded_[(linear ^ linear >> 8) % decoded_count];
    if (slot.linear == linear && slot.code_size == code_size_) {
        std::uint8_t const length = slot.instruction.decoded.length();
        if (length <= fetched &&
            std::equal(bytes.begin(), bytes.begin() + length, slot.instruction.bytes.begin()))
            return &slot.instruction;
    }
    std::optional<x86::Decoded> const decoded =
        x86::decode(std::span(bytes).first(fetched), code_size_);
    if (!decoded)
        return nullptr;
    slot.linear = linear;
    slot.code_size = code_size_;
    slot.instruction.decoded = *decoded;
    slot.instruction.bytes = {};
    std::copy_n(bytes.begin(), decoded->length(), slot.instruction.bytes.begin());
    return &slot.instruction;
}

} // namespace ringside::unicorn
