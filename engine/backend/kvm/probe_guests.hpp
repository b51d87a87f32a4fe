// The guests that find out what a KVM can do: a few instructions each, and the world they share.
//
// A probe's guest reports by writing bytes to one port; an exception or interrupt that it did not
// expect writes its vector to another. What it must report, or how it must step, is listed here;
// who runs it and judges is probe.cpp.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::kvm {

inline constexpr std::uint16_t report_port = 0xe0;
inline constexpr std::uint16_t surprise_port = 0xe2;
inline constexpr std::uint8_t expected_interrupt = 0x40; ///< has a gate for every privilege

struct ProbeGuest {
    struct Code {
        Gpa at;
        std::vector<std::uint8_t> bytes;
    };
    /// Takes the place of the handler that reports a surprise. Below 64 KiB.
    struct Handler {
        std::uint8_t vector = 0;
        Gpa at;
    };
    enum class Judge : std::uint8_t {
        reports, ///< it must write `reports` to the report port, and nothing else may happen
        steps,   ///< single-stepped, RIP must be `steps` one after the other
        slices,  ///< it must be stopped by its budget, then take an interrupt and report
    };

    backend::Ability ability;
    Judge judge = Judge::reports;
    x86::CpuState start;
    std::vector<Code> code;
    std::vector<Handler> handlers;
    std::vector<std::uint8_t> reports;
    std::vector<std::uint64_t> steps;
};

/// All of them. An ability with two guests is there when both do what they should.
std::vector<ProbeGuest> probe_guests();

/// Executes one CPUID with the registers it is started with, and exits.
ProbeGuest cpuid_guest();

/// The memory they run in, and how it must look before each of them starts.
Result<memory::GuestMemory> probe_memory();
void lay_out(memory::GuestMemory& memory, ProbeGuest const& guest);

} // namespace ringside::kvm
