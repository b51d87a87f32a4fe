#include "engine/control/gdb_registers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"

namespace ringside::control {

namespace {

using Source = GdbRegister::Source;

std::vector<std::uint8_t> little_endian(std::uint64_t value, std::size_t bytes)
{
    std::vector<std::uint8_t> result(bytes);
    for (std::size_t index = 0; index < std::min<std::size_t>(bytes, 8); ++index)
        result[index] = static_cast<std::uint8_t>(value >> (8 * index));
    return result;
}

std::uint64_t number(std::span<std::uint8_t const> bytes)
{
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < std::min<std::size_t>(bytes.size(), 8); ++index)
        value |= std::uint64_t{bytes[index]} << (8 * index);
    return value;
}

template <typename Cpu> // const or not
auto& control_register(Cpu& cpu, unsigned index)
{
    switch (index) {
    case 0:
        return cpu.cr0;
    case 1:
        return cpu.cr2;
    case 2:
        return cpu.cr3;
    case 3:
        return cpu.cr4;
    case 4:
        return cpu.cr8;
    case 5:
        return cpu.efer;
    default:
        return cpu.kernel_gs_base;
    }
}

// gdb's tag word has two bits for each physical register: 3 is empty. SDM Vol. 1, "x87 FPU Tag
// Word".
std::uint64_t tags(x86::FpuState const& fpu)
{
    std::uint64_t word = 0;
    for (unsigned index = 0; index < 8; ++index)
        if (!bit(fpu.in_use, index))
            word |= 3ULL << (2 * index);
    return word;
}

std::uint8_t in_use(std::uint64_t tag_word)
{
    unsigned set = 0;
    for (unsigned index = 0; index < 8; ++index)
        if (bits(tag_word, 2 * index, 2) != 3)
            set |= 1U << index;
    return static_cast<std::uint8_t>(set);
}

std::uint64_t x87_word(x86::FpuState const& fpu, unsigned index)
{
    switch (index) {
    case 0:
        return fpu.control;
    case 1:
        return fpu.status;
    case 2:
        return tags(fpu);
    default:
        return 0;
    }
}

std::uint64_t numeric_value(GdbRegister const& which, VcpuRegisters const& from)
{
    switch (which.source) {
    case Source::gpr:
        return from.cpu.gpr[which.index];
    case Source::pc:
        return from.cpu.linear_rip();
    case Source::flags:
        return from.cpu.rflags;
    case Source::selector:
        return from.cpu.segments[which.index].selector;
    case Source::segment_base:
        return from.cpu.segments[which.index].base;
    case Source::x87:
        return x87_word(from.fpu, which.index);
    case Source::mxcsr:
        return from.fpu.mxcsr;
    case Source::control:
        return control_register(from.cpu, which.index);
    case Source::st:
    case Source::xmm:
        break;
    }
    ASSERT(which.source != Source::st && which.source != Source::xmm); // they are bytes
    return 0;
}

void write_x87(x86::FpuState& fpu, unsigned index, std::uint64_t value)
{
    auto const word = static_cast<std::uint16_t>(value);
    if (index == 0)
        fpu.control = word;
    else if (index == 1)
        fpu.status = word;
    else if (index == 2)
        fpu.in_use = in_use(value);
}

// In real mode a selector is all there is to a segment (SDM Vol. 3B, "Address Translation in
// Real-Address Mode"); elsewhere its hidden part comes out of a descriptor, which a
// debugger does not load.
bool write_selector(x86::CpuState& cpu, unsigned index, std::uint64_t value)
{
    x86::Segment& segment = cpu.segments[index];
    if (segment.selector == value)
        return true;
    if (cpu.protected_mode() || value > 0xffff)
        return false;
    segment.selector = static_cast<std::uint16_t>(value);
    segment.base = value * 16;
    return true;
}

void write_pc(x86::CpuState& cpu, std::uint64_t linear)
{
    bool const is_64_bit = cpu.code_size() == x86::CodeSize::bits64;
    cpu.rip = is_64_bit ? linear : truncate(linear - cpu.segments[x86::cs].base, 4);
}

bool write_number(GdbRegister const& which, std::uint64_t value, VcpuRegisters& to)
{
    constexpr std::uint64_t always_one = 2; // SDM Vol. 1, "EFLAGS Register": bit 1
    switch (which.source) {
    case Source::gpr:
        to.cpu.gpr[which.index] = value;
        return true;
    case Source::pc:
        write_pc(to.cpu, value);
        return true;
    case Source::flags:
        to.cpu.rflags = truncate(value, 4) | always_one;
        return true;
    case Source::selector:
        return write_selector(to.cpu, which.index, value);
    case Source::segment_base:
        to.cpu.segments[which.index].base = value;
        return true;
    case Source::x87:
        write_x87(to.fpu, which.index, value);
        return true;
    case Source::mxcsr:
        to.fpu.mxcsr = static_cast<std::uint32_t>(value);
        return true;
    case Source::control:
        control_register(to.cpu, which.index) = value;
        return true;
    case Source::st:
    case Source::xmm:
        return false;
    }
    return false;
}

} // namespace

std::vector<std::uint8_t> read_register(GdbRegister const& which, VcpuRegisters const& from)
{
    if (which.source == Source::st)
        return {from.fpu.st[which.index].begin(), from.fpu.st[which.index].end()};
    if (which.source == Source::xmm)
        return {from.fpu.xmm[which.index].begin(), from.fpu.xmm[which.index].end()};
    return little_endian(numeric_value(which, from), which.bytes);
}

bool write_register(GdbRegister const& which, std::span<std::uint8_t const> bytes,
                    VcpuRegisters& to)
{
    if (bytes.size() != which.bytes)
        return false;
    if (which.source == Source::st)
        std::copy(bytes.begin(), bytes.end(), to.fpu.st[which.index].begin());
    else if (which.source == Source::xmm)
        std::copy(bytes.begin(), bytes.end(), to.fpu.xmm[which.index].begin());
    else if (truncate(numeric_value(which, to), which.bytes) !=
             number(bytes)) // EAX keeps RAX whole
        return write_number(which, number(bytes), to);
    return true;
}

} // namespace ringside::control
