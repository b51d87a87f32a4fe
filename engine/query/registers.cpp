#include "engine/query/registers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "engine/query/text.hpp"

namespace ringside::query {

namespace {

using trace::Register;

struct PartName {
    std::string_view name;
    RegisterPart part;
};

constexpr auto other_names = std::to_array<PartName>({
    {"eax", {Register::rax, 0, 32}},
    {"ecx", {Register::rcx, 0, 32}},
    {"edx", {Register::rdx, 0, 32}},
    {"ebx", {Register::rbx, 0, 32}},
    {"esp", {Register::rsp, 0, 32}},
    {"ebp", {Register::rbp, 0, 32}},
    {"esi", {Register::rsi, 0, 32}},
    {"edi", {Register::rdi, 0, 32}},
    {"ax", {Register::rax, 0, 16}},
    {"cx", {Register::rcx, 0, 16}},
    {"dx", {Register::rdx, 0, 16}},
    {"bx", {Register::rbx, 0, 16}},
    {"sp", {Register::rsp, 0, 16}},
    {"bp", {Register::rbp, 0, 16}},
    {"si", {Register::rsi, 0, 16}},
    {"di", {Register::rdi, 0, 16}},
    {"al", {Register::rax, 0, 8}},
    {"cl", {Register::rcx, 0, 8}},
    {"dl", {Register::rdx, 0, 8}},
    {"bl", {Register::rbx, 0, 8}},
    {"spl", {Register::rsp, 0, 8}},
    {"bpl", {Register::rbp, 0, 8}},
    {"sil", {Register::rsi, 0, 8}},
    {"dil", {Register::rdi, 0, 8}},
    {"ah", {Register::rax, 8, 8}},
    {"ch", {Register::rcx, 8, 8}},
    {"dh", {Register::rdx, 8, 8}},
    {"bh", {Register::rbx, 8, 8}},
    {"ip", {Register::rip, 0, 64}},
    {"eflags", {Register::rflags, 0, 32}},
    {"flags", {Register::rflags, 0, 16}},
    {"es", {Register::es_selector, 0, 16}},
    {"cs", {Register::cs_selector, 0, 16}},
    {"ss", {Register::ss_selector, 0, 16}},
    {"ds", {Register::ds_selector, 0, 16}},
    {"fs", {Register::fs_selector, 0, 16}},
    {"gs", {Register::gs_selector, 0, 16}},
    {"tr", {Register::tr_selector, 0, 16}},
    {"ldtr", {Register::ldtr_selector, 0, 16}},
});

std::optional<Register> whole_named(std::string_view name)
{
    for (std::size_t index = 0; index < trace::register_count; ++index)
        if (same_name(name, trace::name_of(static_cast<Register>(index))))
            return static_cast<Register>(index);
    return std::nullopt;
}

/// R8D, R8W and R8B: 32, 16 and 8 bits of R8. SDM Vol. 1, "General-Purpose Registers in 64-Bit
/// Mode".
std::optional<RegisterPart> part_of_numbered(std::string_view name)
{
    if (name.size() < 3)
        return std::nullopt;
    std::optional<Register> const whole = whole_named(name.substr(0, name.size() - 1));
    if (!whole || *whole < Register::r8 || *whole > Register::r15)
        return std::nullopt;
    constexpr std::string_view letters = "dwb";
    std::size_t const letter =
        letters.find(static_cast<char>(name.back() | 0x20)); // 0x20: a small letter
    if (letter == std::string_view::npos)
        return std::nullopt;
    return RegisterPart{*whole, 0, static_cast<std::uint8_t>(32U >> letter)};
}

} // namespace

std::optional<RegisterPart> register_named(std::string_view name)
{
    for (PartName const& known : other_names)
        if (same_name(name, known.name))
            return known.part;
    if (std::optional<Register> const whole = whole_named(name))
        return RegisterPart{*whole};
    return part_of_numbered(name);
}

std::uint64_t written(RegisterPart part, std::uint64_t before, std::uint64_t value)
{
    bool const clears_upper_half = part.bit_count == 32 && part.whole <= Register::r15;
    if (clears_upper_half || part.bit_count == 64)
        return truncate(value, part.bit_count / 8);
    std::uint64_t const mask = bits(~0ULL, 0, part.bit_count) << part.first_bit;
    return (before & ~mask) | ((value << part.first_bit) & mask);
}

} // namespace ringside::query
