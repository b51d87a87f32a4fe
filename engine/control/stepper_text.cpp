#include "engine/control/stepper_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "engine/base/bits.hpp"
#include "engine/x86/decode.hpp"

namespace ringside::control {

namespace {

using trace::Register;

struct BitName {
    unsigned bit;
    std::string_view name;
};
// SDM Vol. 1, "EFLAGS Register"; SDM Vol. 3A, "Control Registers", "IA32_EFER".
constexpr auto rflags_bits = std::to_array<BitName>({{0, "CF"},
                                                     {2, "PF"},
                                                     {4, "AF"},
                                                     {6, "ZF"},
                                                     {7, "SF"},
                                                     {8, "TF"},
                                                     {9, "IF"},
                                                     {10, "DF"},
                                                     {11, "OF"},
                                                     {14, "NT"},
                                                     {16, "RF"},
                                                     {17, "VM"},
                                                     {18, "AC"},
                                                     {21, "ID"}});
constexpr auto cr0_bits = std::to_array<BitName>({{0, "PE"},
                                                  {1, "MP"},
                                                  {2, "EM"},
                                                  {3, "TS"},
                                                  {4, "ET"},
                                                  {5, "NE"},
                                                  {16, "WP"},
                                                  {18, "AM"},
                                                  {29, "NW"},
                                                  {30, "CD"},
                                                  {31, "PG"}});
constexpr auto cr4_bits = std::to_array<BitName>({{4, "PSE"},
                                                  {5, "PAE"},
                                                  {7, "PGE"},
                                                  {9, "OSFXSR"},
                                                  {10, "OSXMMEXCPT"},
                                                  {20, "SMEP"},
                                                  {21, "SMAP"}});
constexpr auto efer_bits =
    std::to_array<BitName>({{0, "SCE"}, {8, "LME"}, {10, "LMA"}, {11, "NXE"}});

std::span<BitName const> bits_of(Register name)
{
    switch (name) {
    case Register::rflags:
        return rflags_bits;
    case Register::cr0:
        return cr0_bits;
    case Register::cr4:
        return cr4_bits;
    case Register::efer:
        return efer_bits;
    default:
        return {};
    }
}

constexpr std::size_t bytes_to_a_line = 16;

std::string memory_line(std::uint64_t address, std::span<std::uint8_t const> bytes)
{
    std::string letters;
    for (std::uint8_t const byte : bytes)
        letters += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '.';
    return fmt::format("{:#x}  {:02x}  {}\n", address, fmt::join(bytes, " "), letters);
}

} // namespace

std::string value_text(Register name, std::uint64_t value)
{
    std::string text = fmt::format("{:#x}", value);
    std::string names;
    for (BitName const& each : bits_of(name))
        if (bit(value, each.bit))
            names += fmt::format(" {}", each.name);
    return names.empty() ? text : text + ":" + names;
}

std::string changed_registers_text(trace::RegisterFile const& before,
                                   trace::RegisterFile const& now)
{
    std::string text;
    for (std::size_t index = 0; index < trace::register_count; ++index) {
        auto const name = static_cast<Register>(index);
        if (before[index] != now[index])
            text += fmt::format("{} is {}, was {}\n", trace::name_of(name),
                                value_text(name, now[index]), value_text(name, before[index]));
    }
    return text.empty() ? "no register has changed\n" : text;
}

std::string all_registers_text(trace::RegisterFile const& now)
{
    std::string text;
    for (std::size_t index = 0; index < trace::register_count; ++index) {
        auto const name = static_cast<Register>(index);
        // General registers four to a line, and a segment's four parts together.
        bool const in_fours = name <= Register::r15 ||
                              (name >= Register::es_selector && name <= Register::ldtr_attributes);
        bool const ends_line = !in_fours || index % 4 == 3;
        text += fmt::format("{} {}{}", trace::name_of(name), value_text(name, now[index]),
                            ends_line ? "\n" : "  ");
    }
    return text;
}

std::string memory_text(std::uint64_t address, std::span<std::uint8_t const> bytes,
                        std::uint64_t asked)
{
    std::string text;
    for (std::size_t start = 0; start < bytes.size(); start += bytes_to_a_line) {
        std::size_t const count = std::min(bytes_to_a_line, bytes.size() - start);
        text += memory_line(address + start, bytes.subspan(start, count));
    }
    if (bytes.size() < asked)
        text += fmt::format("{:#x}  nothing is mapped here\n", address + bytes.size());
    return text;
}

InstructionText instruction_text(std::uint64_t linear, std::span<std::uint8_t const> bytes,
                                 trace::CodeSize size)
{
    std::optional<x86::Decoded> const decoded = x86::decode(bytes, size);
    if (!decoded)
        return {fmt::format("{:#x}  {:02x}  (bad)", linear,
                            fmt::join(bytes.first(std::min<std::size_t>(1, bytes.size())), " ")),
                1};
    return {fmt::format("{:#x}  {:02x}  {}", linear, fmt::join(bytes.first(decoded->length()), " "),
                        x86::to_text(*decoded, linear)),
            decoded->length()};
}

std::string disassembly_text(std::uint64_t linear, std::span<std::uint8_t const> bytes,
                             trace::CodeSize size, std::uint64_t count)
{
    std::string text;
    for (; count != 0 && !bytes.empty(); --count) {
        InstructionText const one = instruction_text(linear, bytes, size);
        text += one.text + "\n";
        linear += one.length;
        bytes = bytes.subspan(std::min<std::size_t>(one.length, bytes.size()));
    }
    if (count != 0)
        text += fmt::format("{:#x}  nothing is mapped here\n", linear);
    return text;
}

std::string breakpoints_text(std::span<Breakpoint const> breakpoints)
{
    std::string text;
    for (Breakpoint const& each : breakpoints)
        text += text_of(each) + "\n";
    return text.empty() ? "there are no breakpoints\n" : text;
}

} // namespace ringside::control
