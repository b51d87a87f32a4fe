// What an expression asks, answered by a machine that stands still: its registers and its memory, and the
// exit or event that was told last, if one was.
//
// Memory is read through the guest's own page tables, with the supervisor's rights, and looking at
// it changes nothing: no accessed bit, no device.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/machine/machine.hpp"
#include "engine/query/evaluate.hpp"
#include "engine/query/happening.hpp"

namespace ringside::debug {

class MachineSubject {
public:
    /// `happening` may be null. Both must outlive this, and the machine must not move meanwhile.
    MachineSubject(machine::Machine& machine, query::Happening const* happening);

    std::optional<std::uint64_t> number(query::Field field) const;
    std::string_view words(query::Field field) const;
    bool mentions(std::string_view word) const
    {
        return happening_ != nullptr && happening_->mentions(word);
    }
    std::optional<std::uint64_t> register_value(trace::Register name) const;
    std::optional<std::uint64_t> memory(query::AddressSpace space, std::uint64_t address,
                                        unsigned width) const;

private:
    machine::Machine& machine_;
    query::Happening const* happening_;
    x86::CpuState const& registers_;
};

/// Bytes at a guest-virtual address, as many as can be read, from the first on.
std::size_t read_virtual(memory::GuestMemory const& memory, x86::CpuState const& registers,
                         Gva address, std::span<std::byte> out);

inline constexpr std::uint64_t longest_instruction = 15;

/// So many bytes of a machine's memory, or as many as there are.
std::vector<std::uint8_t> bytes_at(machine::Machine& machine, query::AddressSpace space,
                                   std::uint64_t address, std::uint64_t size);

/// Where a guest-virtual address lies now; nothing when no page table says so.
std::optional<Gpa> physical(memory::GuestMemory const& memory, x86::CpuState const& registers,
                            Gva address);

} // namespace ringside::debug
