// A machine at rest, whole and free of the backend it ran on: taken between two exits, kept in memory
// or in a file, and the beginning of any number of machines on any backend.
//
//     machine ──take()──► Snapshot ──write()──► file ──read()──► Snapshot ──beginning()──► machine
//
// The file's bytes: format.hpp. Not modelled: the time a guest could see pass on the host meanwhile; the
// time stamp counter under KVM, which is the host's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/machine/guest_image.hpp"
#include "engine/machine/machine.hpp"
#include "engine/machine/options.hpp"
#include "engine/machine/state.hpp"
#include "engine/snapshot/memory_image.hpp"

namespace ringside::snapshot {

struct Snapshot {
    /// How the machine is, not how one run of it goes: memory_bytes, clock, walks.
    machine::Options options;
    machine::GuestImage image; ///< what is told about the guest; no segments
    trace::BackendKind taken_on = trace::BackendKind::unicorn;
    machine::State state;
    std::vector<std::uint8_t> typed; ///< and not yet looked at
    MemoryImage memory;

    /// For Machine::create(). The snapshot must live until that has returned.
    machine::Beginning beginning() const;
};

/// Nothing when the machine stands between two exits of one instruction: go on and ask again.
Result<std::optional<Snapshot>> take(machine::Machine& machine, machine::GuestImage const& image,
                                     machine::Options const& options);

/// Replaces the file as a whole or, when anything goes wrong, not at all.
Result<void> write(Snapshot const& snapshot, std::filesystem::path const& path);

/// Errors (Blame::input) say what is wrong with the file in one line.
Result<Snapshot> read(std::filesystem::path const& path);

// The same in memory.
std::vector<std::byte> to_bytes(Snapshot const& snapshot);
Result<Snapshot> from_bytes(std::span<std::byte const> bytes);

} // namespace ringside::snapshot
