// A backend that plays a list of exits: tests of the trap layer, devices, scheduler and machine
// need neither KVM nor Unicorn, and see exactly the exits they ask for.
//
//     scripted::Script script({exit::PortOut{0x3f8, 1, 'A'}, exit::Halt{}});
//     std::unique_ptr<Backend> backend = scripted::create(script);
//     ... run ...                              script.answers[0].value, script.injected ...
//
// The test owns the script and looks into it at any time. Not modelled: guest code. Registers are
// what the test says; only RIP moves, behind the exiting instruction, when an exit is finished. A
// saved vCPU counts the exits played, so that going back plays them again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/backend/backend.hpp"

namespace ringside::scripted {

struct Script {
    explicit Script(std::vector<backend::Exit> to_play = {}) : exits(std::move(to_play)) {}

    // What the guest will do. enter() plays one exit after the other, and fails when none is left.
    std::vector<backend::Exit> exits;

    // What is known after each exit. Tests may change it between exits, or from before_exit.
    x86::CpuState registers;
    backend::ExitingInstruction instruction; ///< its length is what finish() adds to RIP
    backend::InterruptWindowState window;
    std::vector<Gpa> pages_written; ///< reported by the next collect_dirty_pages(), then cleared
    /// Called at the head of each enter() that has an exit to play, with its position in `exits`.
    std::function<void(Script&, std::size_t position)> before_exit;

    // What was asked of the backend, in order.
    std::vector<backend::Budget> budgets;
    std::vector<backend::Answer> answers; ///< one for each finished exit
    std::vector<std::uint8_t> injected;
    std::size_t played = 0; ///< exits handed out so far
};

/// `script` must outlive the backend. Every vCPU made from it plays from the same list.
/// collect_dirty_pages() marks in `memory`, when there is one.
std::unique_ptr<backend::Backend> create(Script& script, memory::GuestMemory* memory = nullptr);

} // namespace ringside::scripted
