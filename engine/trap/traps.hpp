// The trap layer: one small function for each exit. It knows devices, not backends; it decides, the
// run loop acts.
#pragma once

#include "engine/backend/exit.hpp"
#include "engine/devices/bus.hpp"
#include "engine/devices/set.hpp"
#include "engine/trap/verdict.hpp"

namespace ringside::trap {

/// Exit codes of the process that the trap layer hands out besides the guest's own 0 to 63.
inline constexpr std::uint8_t code_bad_guest = 65;
inline constexpr std::uint8_t code_our_fault = 70;
inline constexpr std::uint8_t code_limit = 75;

struct Traps {
    devices::Bus& ports;
    devices::Bus& mmio;
    devices::StandardDevices const& devices;

    Verdict operator()(backend::exit::PortIn const& exit) const;
    Verdict operator()(backend::exit::PortOut const& exit) const;
    Verdict operator()(backend::exit::MmioRead const& exit) const;
    Verdict operator()(backend::exit::MmioWrite const& exit) const;
    Verdict operator()(backend::exit::Halt const& exit) const;
    Verdict operator()(backend::exit::InterruptWindow const& exit) const;
    Verdict operator()(backend::exit::BudgetSpent const& exit) const;
    Verdict operator()(backend::exit::Debug const& exit) const;
    Verdict operator()(backend::exit::MsrRead const& exit) const;
    Verdict operator()(backend::exit::MsrWrite const& exit) const;
    Verdict operator()(backend::exit::Hypercall const& exit) const;
    Verdict operator()(backend::exit::TripleFault const& exit) const;
    Verdict operator()(backend::exit::EntryFailed const& exit) const;
    Verdict operator()(backend::exit::Unhandled const& exit) const;
};

} // namespace ringside::trap
