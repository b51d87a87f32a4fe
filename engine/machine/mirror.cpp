#include "engine/machine/mirror.hpp"

#include <algorithm>
#include <cstring>

namespace ringside::machine {

namespace {

/// A copy of a page of zeros would only cost memory: a new mapping holds nothing else.
bool is_blank(std::span<std::byte const> page)
{
    return page.front() == std::byte{0} &&
           std::memcmp(page.data(), page.data() + 1, page.size() - 1) == 0;
}

} // namespace

Result<Mirror> Mirror::of(memory::GuestMemory const& memory)
{
    Mirror mirror;
    for (memory::Slot const& slot : memory.slots()) {
        if (slot.kind != memory::SlotKind::ram)
            continue;
        Part part{slot.start, TRY(Mapping::anonymous(slot.size))};
        for (std::size_t at = 0; at < slot.size; at += memory::page_size) {
            std::span<std::byte const> const page = slot.host.subspan(at, memory::page_size);
            if (!is_blank(page))
                std::copy(page.begin(), page.end(),
                          part.copy.bytes().begin() + static_cast<std::ptrdiff_t>(at));
        }
        mirror.parts_.push_back(std::move(part));
    }
    return mirror;
}

std::span<std::byte> Mirror::page(Gpa gpa)
{
    for (Part& part : parts_) {
        std::uint64_t const offset = gpa.value - part.start.value;
        if (offset < part.copy.bytes().size())
            return part.copy.bytes().subspan(offset, memory::page_size);
    }
    return {};
}

} // namespace ringside::machine
