// The shipped guests as the tests know them: tests/guest/guests.json, and one run of one of them.
#pragma once

#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/machine/machine.hpp"
#include "engine/trace/memory_sink.hpp"

namespace ringside::tests {

struct ExpectedGuest {
    std::string name;
    std::string console; ///< byte for byte
    std::string input;   ///< typed on the serial line
    int result = 0;
    bool preempted = false;
};

std::vector<ExpectedGuest> expected_guests();

machine::GuestImage shipped_image(std::string const& name);

/// Empty when the backend can run this guest on this host; else the reason, for the skip's text.
std::string reason_to_skip(trace::BackendKind backend, backend::Abilities needed);

struct GuestRun {
    trap::Stop stop;
    std::string console;
    std::vector<trace::Record> records;
};

/// Runs a guest to its end, at most two minutes. Fails the test when the host refuses.
GuestRun run_guest(ExpectedGuest const& guest, trace::BackendKind backend,
                   machine::Options options = {});

machine::BackendFactory backend_factory(trace::BackendKind backend);

} // namespace ringside::tests
