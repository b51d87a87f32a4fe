// Why the CPU left guest mode, as a value that owns its bytes: it can be stored, compared,
// replayed.
//
// A closed set. The trap layer visits it exhaustively; a new alternative does not compile until
// someone decides what it means. Port accesses arrive one element at a time: where the hardware
// reports a REP INS of eight bytes as one exit, the backend hands out eight PortIn with `element` 0
// to 7 of `elements` 8.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/ids.hpp"

namespace ringside::backend {

namespace exit {

struct PortIn {
    std::uint16_t port = 0;
    std::uint8_t width = 1;     ///< bytes: 1, 2 or 4
    std::uint16_t element = 0;  ///< of a REP INS, else 0
    std::uint16_t elements = 1; ///< of a REP INS, else 1
    bool operator==(PortIn const&) const = default;
};
struct PortOut {
    std::uint16_t port = 0;
    std::uint8_t width = 1;
    std::uint32_t value = 0;
    bool operator==(PortOut const&) const = default;
};
/// A load from a gpa that no RAM backs. At most 8 bytes; wider or page-crossing ones arrive in
/// pieces.
struct MmioRead {
    Gpa gpa;
    std::uint8_t width = 1;
    bool operator==(MmioRead const&) const = default;
};
struct MmioWrite {
    Gpa gpa;
    std::uint8_t width = 1;
    std::uint64_t value = 0;
    bool operator==(MmioWrite const&) const = default;
};
struct Halt {
    bool operator==(Halt const&) const = default;
};
/// The guest can take an interrupt now; we had asked to be told.
struct InterruptWindow {
    bool operator==(InterruptWindow const&) const = default;
};
/// The slice is over, or somebody kicked the vCPU. The guest did nothing that needs us.
struct BudgetSpent {
    bool operator==(BudgetSpent const&) const = default;
};
/// One instruction was stepped, or a hardware breakpoint was hit; `dr6` says which.
struct Debug {
    std::uint64_t dr6 = 0;
    bool operator==(Debug const&) const = default;
};
/// An MSR that the machine does not model (see x86/msr.hpp).
struct MsrRead {
    std::uint32_t index = 0;
    bool operator==(MsrRead const&) const = default;
};
struct MsrWrite {
    std::uint32_t index = 0;
    std::uint64_t value = 0;
    bool operator==(MsrWrite const&) const = default;
};
struct Hypercall {
    std::uint64_t number = 0;
    std::array<std::uint64_t, 4> arguments{};
    bool operator==(Hypercall const&) const = default;
};
struct TripleFault {
    bool operator==(TripleFault const&) const = default;
};
/// The hardware refused the guest's state before it ran an instruction.
struct EntryFailed {
    std::uint64_t reason = 0;
    std::string what;
    bool operator==(EntryFailed const&) const = default;
};
/// The backend met something it has no name for. Reported whole, never swallowed.
struct Unhandled {
    std::uint32_t reason = 0;
    std::string what;                ///< a sentence: which reason, at which instruction
    std::vector<std::uint8_t> bytes; ///< the raw report
    bool operator==(Unhandled const&) const = default;
};

} // namespace exit

using Exit = std::variant<exit::PortIn, exit::PortOut, exit::MmioRead, exit::MmioWrite, exit::Halt,
                          exit::InterruptWindow, exit::BudgetSpent, exit::Debug, exit::MsrRead,
                          exit::MsrWrite, exit::Hypercall, exit::TripleFault, exit::EntryFailed,
                          exit::Unhandled>;

} // namespace ringside::backend
