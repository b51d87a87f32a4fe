// A copy of the machine's RAM as it was at the last moment the history knows: what the pages that the
// guest has written since looked like before.
//
// Costs as much memory as the guest has ever touched, once. Not modelled: read-only slots, which no
// guest writes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::machine {

class Mirror {
public:
    /// Of the memory as it is now; slots must not change afterwards.
    static Result<Mirror> of(memory::GuestMemory const& memory);

    /// The page at this address as it was; empty outside RAM.
    std::span<std::byte> page(Gpa gpa);

private:
    struct Part {
        Gpa start;
        Mapping copy;
    };
    std::vector<Part> parts_;
};

} // namespace ringside::machine
