#include "visualizer/model/cpu_view.hpp"

#include <array>
#include <cstddef>
#include <span>

#include <fmt/format.h>

#include "engine/base/bits.hpp"

namespace ringside::visualizer {

namespace {

using trace::Register;

struct BitName {
    std::string_view name;
    unsigned position;
    std::string_view meaning;
};

// SDM Vol. 1, "EFLAGS Register".
constexpr auto flag_names = std::to_array<BitName>({
    {"c", 0, "CF, carry: the last sum left its register"},
    {"p", 2, "PF, parity: the low byte has an even number of ones"},
    {"a", 4, "AF, adjust: carry out of the low four bits"},
    {"z", 6, "ZF, zero: the last result was 0"},
    {"s", 7, "SF, sign: the last result's top bit"},
    {"t", 8, "TF, trap: #DB after each instruction"},
    {"i", 9, "IF, interrupts: the CPU takes maskable interrupts"},
    {"d", 10, "DF, direction: string instructions go down"},
    {"o", 11, "OF, overflow: the last signed sum did not fit"},
});

// SDM Vol. 3A, "Control Registers".
constexpr auto cr0_names = std::to_array<BitName>({
    {"PE", 0, "protected mode"},
    {"MP", 1, "WAIT may raise #NM"},
    {"EM", 2, "no FPU: its instructions raise #NM"},
    {"TS", 3, "task switched: the next FPU instruction raises #NM"},
    {"NE", 5, "FPU errors raise #MF"},
    {"WP", 16, "the supervisor, too, obeys read-only pages"},
    {"AM", 18, "alignment checks may be on"},
    {"NW", 29, "caches do not write through"},
    {"CD", 30, "caches are off"},
    {"PG", 31, "paging is on"},
});
constexpr auto cr4_names = std::to_array<BitName>({
    {"PSE", 4, "4 MiB pages in 32-bit paging"},
    {"PAE", 5, "8-byte table entries: PAE or 4-level paging"},
    {"PGE", 7, "global pages"},
    {"OSFXSR", 9, "SSE instructions work"},
    {"SMEP", 20, "the supervisor may not execute user pages"},
    {"SMAP", 21, "the supervisor may not touch user pages"},
});
// SDM Vol. 3A, "IA32_EFER".
constexpr auto efer_names = std::to_array<BitName>({
    {"SCE", 0, "SYSCALL works"},
    {"LME", 8, "long mode comes with paging"},
    {"LMA", 10, "long mode is active"},
    {"NXE", 11, "the no-execute bit counts"},
});

std::vector<NamedBit> named_bits(std::span<BitName const> names, Register which,
                                 RegisterState const& before, RegisterState const& now)
{
    std::vector<NamedBit> result;
    std::uint64_t const difference = before.knows(which) ? before[which] ^ now[which] : 0;
    for (BitName const& name : names)
        result.push_back({name.name, name.position, bit(now[which], name.position),
                          bit(difference, name.position), name.meaning});
    return result;
}

constexpr auto first_of_segments = static_cast<std::size_t>(Register::es_selector);
constexpr std::size_t parts_of_a_segment = 4; // selector, base, limit, attributes

// SDM Vol. 3C, "Guest Register State", Table "Format of Access Rights": type in bits 3:0, S in bit
// 4, DPL in 6:5, P in 7, L in 13, D/B in 14, unusable in 16.
std::string attribute_text(std::uint64_t rights)
{
    if (bit(rights, 16) || !bit(rights, 7))
        return "unusable";
    unsigned const ring = static_cast<unsigned>(bits(rights, 5, 2));
    if (!bit(rights, 4)) {
        std::uint64_t const type = bits(rights, 0, 4);
        std::string_view const what = type == 2                   ? "LDT"
                                      : (type == 11 || type == 3) ? "TSS busy"
                                                                  : "system";
        return fmt::format("{}", what);
    }
    bool const code = bit(rights, 3);
    std::string_view const size = bit(rights, 13)   ? "64-bit"
                                  : bit(rights, 14) ? "32-bit"
                                                    : "16-bit";
    std::string_view const right = bit(rights, 1) ? (code ? "RX" : "RW") : (code ? "X" : "R");
    return fmt::format("{} {} {} ring {}", code ? "code" : "data", right, size, ring);
}

} // namespace

std::vector<RegisterChange> changes(RegisterState const& before, RegisterState const& now)
{
    std::vector<RegisterChange> result;
    for (std::size_t number = 0; number < trace::register_count; ++number) {
        auto const which = static_cast<Register>(number);
        if (!now.knows(which) || (before.knows(which) && before[which] == now[which]))
            continue;
        result.push_back({which, before[which], now[which], before.knows(which)});
    }
    return result;
}

std::vector<NamedBit> flag_bits(RegisterState const& before, RegisterState const& now)
{
    return named_bits(flag_names, Register::rflags, before, now);
}

std::vector<NamedBit> cr0_bits(RegisterState const& before, RegisterState const& now)
{
    return named_bits(cr0_names, Register::cr0, before, now);
}

std::vector<NamedBit> cr4_bits(RegisterState const& before, RegisterState const& now)
{
    return named_bits(cr4_names, Register::cr4, before, now);
}

std::vector<NamedBit> efer_bits(RegisterState const& before, RegisterState const& now)
{
    return named_bits(efer_names, Register::efer, before, now);
}

std::vector<SegmentRow> segments(RegisterState const& before, RegisterState const& now)
{
    static constexpr std::array<std::string_view, 8> names = {"ES", "CS", "SS", "DS",
                                                              "FS", "GS", "TR", "LDTR"};
    std::vector<SegmentRow> rows;
    for (std::size_t number = 0; number < names.size(); ++number) {
        std::size_t const first = first_of_segments + number * parts_of_a_segment;
        SegmentRow row;
        row.name = names[number];
        row.selector = static_cast<std::uint16_t>(now.values[first]);
        row.base = now.values[first + 1];
        row.limit = now.values[first + 2];
        row.attributes = attribute_text(now.values[first + 3]);
        for (std::size_t part = 0; part < parts_of_a_segment; ++part)
            row.changed |= before.knows(static_cast<Register>(first + part)) &&
                           before.values[first + part] != now.values[first + part];
        rows.push_back(row);
    }
    return rows;
}

// SDM Vol. 3A, "Modes of Operation": PE makes it protected, LMA long, CS.L chooses within long.
trace::CpuMode mode_of(RegisterState const& state)
{
    if (!bit(state[Register::cr0], 0))
        return trace::CpuMode::real;
    bool const long_code = bit(state[Register::cs_attributes], 13);
    if (bit(state[Register::efer], 10))
        return long_code ? trace::CpuMode::long64 : trace::CpuMode::compatibility;
    return bit(state[Register::cs_attributes], 14) ? trace::CpuMode::protected32
                                                   : trace::CpuMode::protected16;
}

trace::PagingMode paging_of(RegisterState const& state)
{
    if (!bit(state[Register::cr0], 31))
        return trace::PagingMode::none;
    if (bit(state[Register::efer], 10))
        return trace::PagingMode::level4;
    return bit(state[Register::cr4], 5) ? trace::PagingMode::pae : trace::PagingMode::bits32;
}

unsigned ring_of(RegisterState const& state)
{
    if (!bit(state[Register::cr0], 0))
        return 0;
    return static_cast<unsigned>(bits(state[Register::ss_attributes], 5, 2));
}

} // namespace ringside::visualizer
