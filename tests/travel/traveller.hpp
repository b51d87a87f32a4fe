// A shipped guest that runs under a history, and what the tests of going back compare.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/machine/machine.hpp"
#include "engine/trace/memory_sink.hpp"
#include "tests/guest/guest_list.hpp"
#include "tests/machine/scripted_machine.hpp"

namespace ringside::tests {

/// In the manner of FNV-1a, over the packed state and all of memory.
std::uint64_t state_hash(machine::State const& state, memory::GuestMemory const& memory);

using Hashes = std::map<std::uint64_t, std::uint64_t>; ///< by the number of exits

struct Traveller {
    Traveller(ExpectedGuest const& guest, trace::BackendKind backend, machine::Options options);
    /// A history of 64 MiB, and 2 MiB of RAM where that is enough: hashing takes its time.
    static machine::Options standard_options(std::string const& guest);

    machine::Machine* operator->() { return machine.get(); }
    /// One turn; true at the machine's end.
    bool turn(machine::Pace pace = machine::Pace::exit);
    /// On to the end. Notes the hash behind each exit that ends an instruction, or behind some of
    /// them: the history itself compares every one with its record.
    void run_on(Hashes& hashes, std::uint64_t every = 1);
    void go_to(std::uint64_t exits, std::uint64_t steps = 0);
    std::uint64_t hash();

    /// What the stream heard behind that moment, an exit that ended an instruction.
    std::vector<trace::Record> told_behind(std::uint64_t exits) const;

    TypedText input;
    trace::MemorySink told;   ///< what the stream heard
    trace::MemorySink retold; ///< what it had heard before
    std::string console;
    std::map<std::uint64_t, std::size_t> told_by; ///< how many events, by each number of exits
    trap::Stop stop;
    std::unique_ptr<machine::Machine> machine;
};

/// True, and one line for the list of skips, when this host's backend cannot run the guest.
bool skip_guest(std::string const& test, ExpectedGuest const& guest, trace::BackendKind backend);

} // namespace ringside::tests
