// A CPU on a bench: one mode, one privilege, a megabyte of RAM with descriptor tables, a TSS and
// stacks at known places. Tests hand it one instruction or one interrupt and look at what changed.
//
//   1000 GDT   2000 IDT   3000 TSS   4000 LDT   6000 IST1   7000 RSP0/ESP0
//   8000 stack pointer   9000 scratch for operands   20000 page tables (identity, 4 KiB pages)
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <variant>
#include <vector>

#include "engine/base/bits.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/delivery.hpp"
#include "engine/x86/segments.hpp"
#include "engine/x86/sensitive.hpp"
#include "tests/catch.hpp"

namespace ringside::x86 {

// Found by Catch through the namespace of Fault.
inline std::ostream& operator<<(std::ostream& stream, Fault const& fault)
{
    stream << "vector " << unsigned{fault.vector};
    if (fault.error_code)
        stream << " error 0x" << std::hex << *fault.error_code << std::dec;
    return stream << " cr2 0x" << std::hex << fault.cr2 << std::dec;
}

} // namespace ringside::x86

namespace ringside::x86::test {

inline constexpr std::uint64_t gdt_at = 0x1000, idt_at = 0x2000, tss_at = 0x3000, ldt_at = 0x4000,
                               ist1 = 0x6000, rsp0 = 0x7000, stack_top = 0x8000, scratch = 0x9000,
                               handler = 0xa000, tables_at = 0x20000;

// Linux' layout, and some odd segments behind it.
inline constexpr std::uint16_t kernel_code32 = 0x08, kernel_code64 = 0x10, kernel_data = 0x18,
                               user_code32 = 0x23, user_data = 0x2b, user_code64 = 0x33,
                               kernel_code16 = 0x38, task = 0x40, local_table = 0x50,
                               conforming_code = 0x60, absent_data = 0x68, read_only_data = 0x70,
                               execute_only = 0x78, absent_code = 0x80, kernel_data16 = 0x88,
                               expand_down = 0x90, busy_task = 0x98, based_data = 0xa8,
                               user_data_in_ldt = 0x07, outside_gdt = 0x200;

Fault fault(std::uint8_t vector, std::optional<std::uint16_t> error_code = std::nullopt);
Fault page_fault(std::uint16_t error_code, std::uint64_t cr2);

using Bytes = std::vector<std::uint8_t>;

struct Bench {
    memory::GuestMemory memory;
    CpuState state;

    explicit Bench(CpuMode mode, unsigned cpl = 0);

    void put(std::uint64_t address, std::uint64_t value, unsigned width = 8);
    std::uint64_t get(std::uint64_t address, unsigned width = 8) const;
    /// Consecutive values of one width, as a frame lies in memory: the lowest address first.
    void put_frame(std::uint64_t address, std::vector<std::uint64_t> const& frame, unsigned width);
    std::vector<std::uint64_t> values(std::uint64_t address, unsigned width, unsigned count) const;

    std::uint64_t descriptor(std::uint16_t selector) const;
    void descriptor(std::uint16_t selector, std::uint64_t value);
    bool accessed(std::uint16_t selector) const { return bit(descriptor(selector), 40); }

    /// A gate for `vector` in the IDT, in the format of the mode: type as in segments.hpp.
    void gate(std::uint8_t vector, std::uint16_t selector, unsigned type, unsigned dpl = 0,
              unsigned stack = 0);
    /// Takes a page away, or gives it other rights (the low bits of its page-table entry).
    void page(std::uint64_t linear, std::uint64_t rights);

    Decoded decoded(Bytes const& bytes) const;
    /// Executes; whatever comes of it.
    Effect run(Bytes const& bytes);
    /// Executes an instruction that must be done at once.
    effect::Done done(Bytes const& bytes);
    /// Executes an instruction that must fault, and leave everything as it was.
    Fault fault_of(Bytes const& bytes);
    /// Executes an instruction that must leave with this effect.
    template <typename Wanted>
    Wanted leaves(Bytes const& bytes);
    /// Completes the effect of `bytes`.
    Outcome<void> complete(Bytes const& bytes, Effect const& effect,
                           std::vector<std::uint64_t> const& values = {});

    Delivery deliver(Source source, Fault const& what, std::uint8_t instruction_length = 0);
    /// What must be the one attempt, and succeed.
    Attempt delivered(Source source, Fault const& what, std::uint8_t instruction_length = 0);
};

template <typename Wanted>
Wanted Bench::leaves(Bytes const& bytes)
{
    Effect const effect = run(bytes);
    INFO("effect " << effect.index());
    if (Fault const* raised = std::get_if<Fault>(&effect))
        INFO("raised " << *raised);
    REQUIRE(std::holds_alternative<Wanted>(effect));
    return std::get<Wanted>(effect);
}

} // namespace ringside::x86::test
