// A shipped guest that is put down at one place and taken up at another.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/machine/machine.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "engine/trace/memory_sink.hpp"
#include "tests/guest/guest_list.hpp"
#include "tests/machine/scripted_machine.hpp"

namespace ringside::tests {

/// A machine with everything around it.
struct Portable {
    Portable(ExpectedGuest const& guest, trace::BackendKind backend, machine::Options options = {});
    /// Goes on from the snapshot, with what is left to be typed.
    Portable(snapshot::Snapshot const& from, trace::BackendKind backend, std::string left_to_type);

    /// To the end of the exit, and on to the end of its instruction; true at the machine's end.
    bool run_to(std::uint64_t exits);
    void run();
    snapshot::Snapshot take();

    TypedText input;
    trace::MemorySink sink;
    std::string console;
    trap::Stop stop;
    machine::Options options;
    machine::GuestImage image;
    std::unique_ptr<machine::Machine> machine;

private:
    machine::Surroundings surroundings();
    void expect(Result<std::unique_ptr<machine::Machine>> created);
};

} // namespace ringside::tests
