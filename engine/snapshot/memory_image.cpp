#include "engine/snapshot/memory_image.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ringside::snapshot {

Result<MemoryImage> MemoryImage::create(std::span<memory::Slot const> slots)
{
    MemoryImage image;
    std::uint64_t size = 0;
    for (memory::Slot const& slot : slots) {
        std::uint64_t const stored = slot.kind == memory::SlotKind::unmapped ? 0 : slot.size;
        image.parts_.push_back({slot.start, slot.size, stored, slot.kind, slot.label, size});
        size += stored;
    }
    image.file_ = Fd(::memfd_create("ringside-memory", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!image.file_ || ::ftruncate(image.file_.get(), static_cast<off_t>(size)) != 0)
        return fail(host_error("make a file in memory of " + std::to_string(size) + " bytes", errno,
                               "ask for less memory"));
    image.view_ = TRY(Mapping::of_descriptor(image.file_.get(), size));
    return image;
}

Result<MemoryImage> MemoryImage::copy_of(memory::GuestMemory const& memory)
{
    MemoryImage image = TRY(create(memory.slots()));
    for (std::size_t index = 0; index < image.parts_.size(); ++index)
        TRY(image.copy_part(memory.slots()[index].host, image.parts_[index].offset));
    TRY(image.seal());
    return image;
}

// pwrite() instead of stores through a mapping: those would have the kernel clear each page first, one
// fault at a time.
Result<void> MemoryImage::copy_part(std::span<std::byte const> host, std::uint64_t offset)
{
    auto const blank_at = [&](std::size_t at) {
        return is_blank(host.subspan(at, memory::page_size));
    };
    for (std::size_t at = 0; at < host.size();) {
        std::size_t end = at;
        while (end < host.size() && !blank_at(end))
            end += memory::page_size;
        while (at < end) {
            ssize_t const count =
                ::pwrite(file_.get(), &host[at], end - at, static_cast<off_t>(offset + at));
            if (count <= 0)
                return fail(host_error("copy a machine's memory", count < 0 ? errno : ENOSPC));
            at += static_cast<std::size_t>(count);
        }
        at += memory::page_size; // the blank one
    }
    return {};
}

std::span<std::byte> MemoryImage::page(Gpa gpa)
{
    for (Part const& part : parts_)
        if (gpa >= part.start && gpa.value - part.start.value < part.stored)
            return view_.bytes().subspan(part.offset + (gpa.value - part.start.value),
                                         memory::page_size);
    return {};
}

// fcntl(2), "File Sealing": a seal against writing needs that nobody has the file mapped writable.
Result<void> MemoryImage::seal()
{
    std::size_t const size = view_.bytes().size();
    {
        Mapping const writable = std::move(view_);
    }
    constexpr int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (::fcntl(file_.get(), F_ADD_SEALS, seals) != 0)
        return fail(host_error("seal a machine's memory", errno));
    view_ = TRY(Mapping::read_only(file_.get(), size));
    return {};
}

Result<void> MemoryImage::map_into(memory::GuestMemory& memory) const
{
    for (Part const& part : parts_) {
        Mapping mapping;
        if (part.stored != 0)
            mapping = TRY(Mapping::copy_on_write(file_.get(), part.stored, part.offset));
        TRY(memory.add_slot(part.start, part.size, part.kind, part.label, std::move(mapping)));
    }
    return {};
}

bool MemoryImage::is_blank(std::span<std::byte const> page)
{
    return page.front() == std::byte{0} &&
           std::memcmp(page.data(), page.data() + 1, page.size() - 1) == 0;
}

} // namespace ringside::snapshot
