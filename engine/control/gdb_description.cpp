// The lists of registers, and the XML made of them. Debugging with GDB, appendix "Target
// Descriptions", sections "Target Description Format" and "i386 Features": gdb insists on the
// names, the order and the groups of its own features; the last group is ours.
#include "engine/control/gdb_registers.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

namespace ringside::control {

namespace {

using Source = GdbRegister::Source;

constexpr std::string_view core = "org.gnu.gdb.i386.core";
constexpr std::string_view sse = "org.gnu.gdb.i386.sse";
constexpr std::string_view segments = "org.gnu.gdb.i386.segments"; // of 64-bit code only
constexpr std::string_view machine = "ringside.x86.machine";

// gdb's order of the general-purpose registers is not the encoding's.
constexpr auto gdb_order = std::to_array<std::pair<std::string_view, x86::Gpr>>({{"ax", x86::rax},
                                                                                 {"bx", x86::rbx},
                                                                                 {"cx", x86::rcx},
                                                                                 {"dx", x86::rdx},
                                                                                 {"si", x86::rsi},
                                                                                 {"di", x86::rdi},
                                                                                 {"bp", x86::rbp},
                                                                                 {"sp", x86::rsp}});
constexpr auto gdb_order_32 =
    std::to_array<std::pair<std::string_view, x86::Gpr>>({{"eax", x86::rax},
                                                          {"ecx", x86::rcx},
                                                          {"edx", x86::rdx},
                                                          {"ebx", x86::rbx},
                                                          {"esp", x86::rsp},
                                                          {"ebp", x86::rbp},
                                                          {"esi", x86::rsi},
                                                          {"edi", x86::rdi}});
constexpr auto segment_order =
    std::to_array<std::pair<std::string_view, x86::SegmentIndex>>({{"cs", x86::cs},
                                                                   {"ss", x86::ss},
                                                                   {"ds", x86::ds},
                                                                   {"es", x86::es},
                                                                   {"fs", x86::fs},
                                                                   {"gs", x86::gs}});
constexpr auto x87_names = std::to_array<std::string_view>(
    {"fctrl", "fstat", "ftag", "fiseg", "fioff", "foseg", "fooff", "fop"});
constexpr auto control_names =
    std::to_array<std::string_view>({"cr0", "cr2", "cr3", "cr4", "cr8", "efer", "k_gs_base"});

class List {
public:
    explicit List(x86::CodeSize size) : is_64_bit_(size == x86::CodeSize::bits64)
    {
        add_general();
        add("eflags", "eflags_bits", core, Source::flags, 0, 4);
        for (auto const& [name, index] : segment_order)
            add(name, "int32", core, Source::selector, index, 4);
        for (std::uint8_t index = 0; index < 8; ++index)
            add(fmt::format("st{}", index), "i387_ext", core, Source::st, index, 10);
        for (std::uint8_t index = 0; index < x87_names.size(); ++index)
            add(x87_names[index], "int", core, Source::x87, index, 4);
        for (std::uint8_t index = 0; index < (is_64_bit_ ? 16 : 8); ++index)
            add(fmt::format("xmm{}", index), "vec128", sse, Source::xmm, index, 16);
        add("mxcsr", "int", sse, Source::mxcsr, 0, 4);
        add_bases();
        for (std::uint8_t index = 0; index < control_names.size(); ++index)
            add(control_names[index], type_of_control(control_names[index]), machine,
                Source::control, index, 8);
    }
    std::vector<GdbRegister> take() { return std::move(list_); }

private:
    void add(std::string_view name, std::string_view type, std::string_view group, Source source,
             std::uint8_t index, std::uint8_t bytes)
    {
        list_.push_back({std::string(name), type, group, source, index, bytes});
    }

    void add_general()
    {
        auto const kind = [](std::uint8_t index, std::string_view plain, std::string_view pointer) {
            return index == x86::rsp || index == x86::rbp ? pointer : plain;
        };
        if (!is_64_bit_) {
            for (auto const& [name, index] : gdb_order_32)
                add(name, kind(index, "int32", "data_ptr"), core, Source::gpr, index, 4);
            add("eip", "code_ptr", core, Source::pc, 0, 4);
            return;
        }
        for (auto const& [name, index] : gdb_order)
            add(fmt::format("r{}", name), kind(index, "int64", "data_ptr"), core, Source::gpr,
                index, 8);
        for (std::uint8_t index = x86::r8; index <= x86::r15; ++index)
            add(fmt::format("r{}", index), "int64", core, Source::gpr, index, 8);
        add("rip", "code_ptr", core, Source::pc, 0, 8);
    }

    /// gdb knows fs_base and gs_base of 64-bit code, and wants them in a group of their own.
    void add_bases()
    {
        if (is_64_bit_) {
            add("fs_base", "int64", segments, Source::segment_base, x86::fs, 8);
            add("gs_base", "int64", segments, Source::segment_base, x86::gs, 8);
        }
        for (auto const& [name, index] : segment_order)
            if (!is_64_bit_ || index < x86::fs)
                add(fmt::format("{}_base", name), "int64", machine, Source::segment_base, index, 8);
    }

    static std::string_view type_of_control(std::string_view name)
    {
        if (name == "cr0")
            return "cr0_bits";
        if (name == "cr4")
            return "cr4_bits";
        return name == "efer" ? "efer_bits" : "int64";
    }

    bool is_64_bit_;
    std::vector<GdbRegister> list_;
};

struct Flag {
    std::string_view name;
    unsigned bit;
};
// SDM Vol. 1, "EFLAGS Register"; SDM Vol. 3A, "Control Registers" and "IA32_EFER".
constexpr auto eflags_flags = std::to_array<Flag>({{"CF", 0},
                                                   {"", 1},
                                                   {"PF", 2},
                                                   {"AF", 4},
                                                   {"ZF", 6},
                                                   {"SF", 7},
                                                   {"TF", 8},
                                                   {"IF", 9},
                                                   {"DF", 10},
                                                   {"OF", 11},
                                                   {"NT", 14},
                                                   {"RF", 16},
                                                   {"VM", 17},
                                                   {"AC", 18},
                                                   {"VIF", 19},
                                                   {"VIP", 20},
                                                   {"ID", 21}});
constexpr auto cr0_flags = std::to_array<Flag>({{"PE", 0},
                                                {"MP", 1},
                                                {"EM", 2},
                                                {"TS", 3},
                                                {"ET", 4},
                                                {"NE", 5},
                                                {"WP", 16},
                                                {"AM", 18},
                                                {"NW", 29},
                                                {"CD", 30},
                                                {"PG", 31}});
constexpr auto cr4_flags = std::to_array<Flag>({{"VME", 0},
                                                {"PVI", 1},
                                                {"TSD", 2},
                                                {"DE", 3},
                                                {"PSE", 4},
                                                {"PAE", 5},
                                                {"MCE", 6},
                                                {"PGE", 7},
                                                {"PCE", 8},
                                                {"OSFXSR", 9},
                                                {"OSXMMEXCPT", 10},
                                                {"UMIP", 11},
                                                {"FSGSBASE", 16},
                                                {"PCIDE", 17},
                                                {"OSXSAVE", 18},
                                                {"SMEP", 20},
                                                {"SMAP", 21}});
constexpr auto efer_flags = std::to_array<Flag>({{"SCE", 0}, {"LME", 8}, {"LMA", 10}, {"NXE", 11}});

std::string flags_type(std::string_view name, unsigned bytes, std::span<Flag const> flags)
{
    std::string text = fmt::format(R"(<flags id="{}" size="{}">)", name, bytes);
    for (Flag const& flag : flags)
        text += fmt::format(R"(<field name="{0}" start="{1}" end="{1}"/>)", flag.name, flag.bit);
    return text + "</flags>";
}

std::string types_of(std::string_view group)
{
    if (group == core)
        return flags_type("eflags_bits", 4, eflags_flags);
    if (group == sse)
        return R"(<vector id="v16" type="uint8" count="16"/><vector id="v4" type="ieee_single")"
               R"( count="4"/><vector id="v2" type="ieee_double" count="2"/><union id="vec128">)"
               R"(<field name="v4_float" type="v4"/><field name="v2_double" type="v2"/>)"
               R"(<field name="v16_int8" type="v16"/><field name="uint128" type="uint128"/>)"
               "</union>";
    if (group == machine)
        return flags_type("cr0_bits", 8, cr0_flags) + flags_type("cr4_bits", 8, cr4_flags) +
               flags_type("efer_bits", 8, efer_flags);
    return {};
}

std::string_view architecture(x86::CodeSize size)
{
    switch (size) {
    case x86::CodeSize::bits16:
        return "i8086";
    case x86::CodeSize::bits32:
        return "i386";
    case x86::CodeSize::bits64:
        break;
    }
    return "i386:x86-64";
}

// No OS ABI: with its host's, gdb looks for Linux's signal frames in the guest's stack.
std::string describe(x86::CodeSize size)
{
    std::string text =
        fmt::format(R"(<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd">)"
                    R"(<target><architecture>{}</architecture><osabi>none</osabi>)",
                    architecture(size));
    std::string_view group;
    for (GdbRegister const& each : gdb_registers(size)) {
        if (each.group != group) {
            text += group.empty() ? "" : "</feature>";
            group = each.group;
            text += fmt::format(R"(<feature name="{}">)", group) + types_of(group);
        }
        text += fmt::format(R"(<reg name="{}" bitsize="{}" type="{}"/>)", each.name, each.bytes * 8,
                            each.type);
    }
    return text + "</feature></target>";
}

template <typename Thing, typename Make>
Thing const& one_for_each_size(x86::CodeSize size, Make make)
{
    static std::array<Thing, 3> const things = {
        make(x86::CodeSize::bits16), make(x86::CodeSize::bits32), make(x86::CodeSize::bits64)};
    return things[static_cast<std::size_t>(size)];
}

} // namespace

std::span<GdbRegister const> gdb_registers(x86::CodeSize size)
{
    return one_for_each_size<std::vector<GdbRegister>>(
        size, [](x86::CodeSize each) { return List(each).take(); });
}

std::string const& gdb_description(x86::CodeSize size)
{
    return one_for_each_size<std::string>(size, describe);
}

} // namespace ringside::control
