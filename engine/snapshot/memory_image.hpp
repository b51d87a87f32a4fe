// The memory of a machine as a file that has no name: written once, sealed, and then mapped by as many
// machines as want to begin with it. A machine gets a page of its own only when it writes to it.
//
//     one sealed memfd ──► RAM of machine 1 (copy on write)
//                      ──► RAM of machine 2 ...
//
// Blank pages take no memory. Not modelled: huge pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::snapshot {

class MemoryImage {
public:
    /// A blank one, for these slots; to be filled and then sealed.
    static Result<MemoryImage> create(std::span<memory::Slot const> slots);
    static Result<MemoryImage> copy_of(memory::GuestMemory const& memory);

    /// The page at this address, to be written before seal(); empty where the machine has none.
    std::span<std::byte> page(Gpa gpa);
    /// From now on nobody can change it.
    Result<void> seal();

    /// Adds the slots, their bytes copy on write. Only when sealed.
    Result<void> map_into(memory::GuestMemory& memory) const;

    /// Calls `visit(gpa, bytes)` for each page that is not blank, ascending.
    template <typename Visit>
    void for_each_page(Visit visit) const
    {
        for (Part const& part : parts_)
            for (std::uint64_t at = 0; at < part.stored; at += memory::page_size) {
                std::span<std::byte const> const bytes =
                    view_.bytes().subspan(part.offset + at, memory::page_size);
                if (!is_blank(bytes))
                    visit(part.start + at, bytes);
            }
    }

private:
    struct Part {
        Gpa start;
        std::uint64_t size = 0;
        std::uint64_t stored = 0; ///< the size, or 0 of an unmapped slot
        memory::SlotKind kind = memory::SlotKind::ram;
        std::string label;
        std::uint64_t offset = 0; ///< in the file
    };
    Result<void> copy_part(std::span<std::byte const> host, std::uint64_t offset);
    static bool is_blank(std::span<std::byte const> page);

    Fd file_;
    Mapping view_; ///< all of the file; read-only once it is sealed
    std::vector<Part> parts_;
};

} // namespace ringside::snapshot
