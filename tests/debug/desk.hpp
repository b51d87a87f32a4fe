// A shipped guest under a debugger.
#pragma once

#include <memory>
#include <string>

#include "engine/debug/debugger.hpp"
#include "tests/guest/guest_list.hpp"
#include "tests/machine/scripted_machine.hpp"

namespace ringside::tests {

struct Desk {
    Desk(std::string const& guest, trace::BackendKind backend);

    debug::Halt run();
    debug::Halt back();
    debug::Halt step();
    debug::Halt step_back();

    /// "rip == 0x7c00" or alike, about the machine as it stands.
    bool holds(std::string const& expression);
    control::Breakpoint breakpoint(control::Place place, std::string const& condition = {}) const;
    unsigned stop_at(std::string const& symbol);
    unsigned watch(std::string const& symbol, std::uint64_t size,
                   control::Touch touch = control::Touch::write);
    unsigned stop_when(std::string const& condition);
    std::uint64_t address(std::string const& symbol) const;

    machine::GuestImage image;
    debug::Ear ear{nullptr};
    TypedText input;
    std::string console;
    std::unique_ptr<machine::Machine> machine;
    std::unique_ptr<debug::Debugger> debugger;
};

} // namespace ringside::tests
