// A tiny assembler for random programs: a handful of x86 instruction forms, the same in 16-, 32- and 64-bit
// code (SDM Vol. 2, "Instruction Format"). Memory operands are absolute.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/machine/guest_image.hpp"

namespace ringside::tests {

using machine::StartMode;

class Emitter {
public:
    explicit Emitter(StartMode mode) : mode_(mode) {}

    std::vector<std::uint8_t> const& bytes() const { return bytes_; }
    std::size_t size() const { return bytes_.size(); }
    bool long_mode() const { return mode_ == StartMode::long64; }
    bool real_mode() const { return mode_ == StartMode::real; }
    /// The registers a program may use: all but the stack pointer.
    unsigned register_count() const { return long_mode() ? 16 : 8; }

    void byte(unsigned value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
    void little_endian(std::uint64_t value, unsigned width)
    {
        for (unsigned index = 0; index < width; ++index)
            byte(static_cast<unsigned>(value >> (8 * index)) & 0xffU);
    }

    /// `opcode` with a register and a register or absolute memory operand. Widths: 1, 2, 4, 8 bytes;
    /// byte-wide forms use the opcode as given, wider ones opcode | 1.
    void reg_reg(unsigned width, unsigned opcode, unsigned reg, unsigned rm)
    {
        prefixes(width, reg, rm);
        operation(width, opcode);
        byte(0xc0U | (reg & 7U) << 3U | (rm & 7U));
    }
    void reg_memory(unsigned width, unsigned opcode, unsigned reg, std::uint32_t address)
    {
        prefixes(width, reg, 0);
        operation(width, opcode);
        memory_operand(reg, address);
    }
    /// Two-byte opcodes (0F xx), used as given.
    void long_reg_reg(unsigned width, unsigned opcode, unsigned reg, unsigned rm)
    {
        prefixes(width, reg, rm);
        byte(0x0f);
        byte(opcode);
        byte(0xc0U | (reg & 7U) << 3U | (rm & 7U));
    }
    void long_reg_memory(unsigned width, unsigned opcode, unsigned reg, std::uint32_t address)
    {
        prefixes(width, reg, 0);
        byte(0x0f);
        byte(opcode);
        memory_operand(reg, address);
    }
    void move_immediate(unsigned width, unsigned reg, std::uint64_t value)
    {
        prefixes(width, 0, reg);
        byte((width == 1 ? 0xb0U : 0xb8U) | (reg & 7U));
        little_endian(value, width);
    }
    void out_immediate(unsigned width, unsigned port)
    {
        if (width != 1)
            prefixes(width, 0, 0);
        byte(width == 1 ? 0xe6 : 0xe7);
        byte(port);
    }

private:
    void prefixes(unsigned width, unsigned reg, unsigned rm)
    {
        bool const wide_by_default = !real_mode();
        if ((width == 2 && wide_by_default) || (width == 4 && !wide_by_default))
            byte(0x66);
        // A REX that changes nothing is left out, as every compiler does. Byte registers 4 to 7 mean SPL to
        // DIL with one, and AH to BH without.
        unsigned const rex = (width == 8 ? 8U : 0U) | (reg >> 3U) << 2U | rm >> 3U;
        if (long_mode() && rex != 0)
            byte(0x40U | rex);
    }
    void operation(unsigned width, unsigned opcode) { byte(width == 1 ? opcode : opcode | 1U); }
    void memory_operand(unsigned reg, std::uint32_t address)
    {
        unsigned const field = (reg & 7U) << 3U;
        if (real_mode()) {
            byte(field | 6U);
            little_endian(address, 2);
        } else if (long_mode()) {
            byte(field | 4U);
            byte(0x25);
            little_endian(address, 4);
        } else {
            byte(field | 5U);
            little_endian(address, 4);
        }
    }

    StartMode mode_;
    std::vector<std::uint8_t> bytes_;
};

} // namespace ringside::tests
