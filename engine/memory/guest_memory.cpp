// Slots in ascending order, one host mapping behind each backed one. An access is checked as a
// whole before its first byte moves, so that a refused access has changed nothing; then it is cut
// at the borders of slots.
#include "engine/memory/guest_memory.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"

namespace ringside::memory {

// x86 is little-endian, and integers are copied as they lie.
static_assert(std::endian::native == std::endian::little);

namespace {

constexpr std::uint64_t pages_per_word = 64;

/// The last byte of a range: unlike its end, it exists for a range that ends at 2^64.
std::uint64_t last_byte(Gpa start, std::uint64_t size)
{
    return start.value + (size - 1);
}

bool wraps_around(Gpa start, std::uint64_t size)
{
    return size != 0 && last_byte(start, size) < start.value;
}

std::string hex(std::uint64_t value)
{
    std::array<char, 16> digits{};
    auto const result = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return "0x" + std::string(digits.data(), result.ptr);
}

/// "'rom' (0xf0000 to 0xfffff)"
std::string describe(std::string_view label, Gpa start, std::uint64_t size)
{
    return "'" + std::string(label) + "' (" + hex(start.value) + " to " +
           hex(last_byte(start, size)) + ")";
}

/// One part of an access: `size` bytes at `offset` in a slot, `done` bytes into the whole access.
struct Piece {
    std::size_t slot = 0;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::uint64_t done = 0;
};

/// Cuts [gpa, gpa + size) at the borders of slots and hands each piece to `visit`, until it says
/// false. False then, and when a byte lies in no backed slot.
template <typename Visit>
bool in_pieces(GuestMemory const& memory, Gpa gpa, std::uint64_t size, Visit visit)
{
    if (wraps_around(gpa, size))
        return false;
    for (std::uint64_t done = 0; done < size;) {
        Slot const* slot = memory.find(gpa + done);
        if (slot == nullptr || slot->kind == SlotKind::unmapped)
            return false;
        std::uint64_t const offset = gpa.value + done - slot->start.value;
        Piece const piece{.slot = static_cast<std::size_t>(slot - memory.slots().data()),
                          .offset = offset,
                          .size = std::min(size - done, slot->size - offset),
                          .done = done};
        if (!visit(piece))
            return false;
        done += piece.size;
    }
    return true;
}

} // namespace

Result<void> GuestMemory::add_slot(Gpa start, std::uint64_t size, SlotKind kind, std::string label)
{
    return add_slot(start, size, kind, std::move(label), Mapping());
}

Result<void> GuestMemory::add_slot(Gpa start, std::uint64_t size, SlotKind kind, std::string label,
                                   Mapping given)
{
    auto const refuse = [&](std::string const& why) {
        return fail(Blame::usage, "cannot add memory slot " + why);
    };
    if (size == 0)
        return refuse("'" + label + "' at " + hex(start.value) + ": its size is 0");
    if (wraps_around(start, size))
        return refuse("'" + label + "' at " + hex(start.value) + ": " + hex(size) +
                      " bytes reach past the end of the address space");
    std::string const name = describe(label, start, size);
    if (start.value % page_size != 0 || size % page_size != 0)
        return refuse(name + ": start and size must be multiples of the 4096-byte page");

    auto const after = std::find_if(slots_.begin(), slots_.end(), [&](Slot const& slot) {
        return last_byte(slot.start, slot.size) >= start.value;
    });
    if (after != slots_.end() && after->start.value <= last_byte(start, size))
        return refuse(name + ": it overlaps slot " +
                      describe(after->label, after->start, after->size) +
                      "; move or shrink one of them");

    Backing backing;
    if (kind != SlotKind::unmapped) {
        backing.mapping = given.bytes().empty() ? TRY(Mapping::anonymous(size)) : std::move(given);
        ASSERT(backing.mapping.bytes().size() == size);
        backing.dirty.resize(align_up(size / page_size, pages_per_word) / pages_per_word);
    }
    std::span<std::byte> const host = backing.mapping.bytes();
    backing_.insert(backing_.begin() + (after - slots_.begin()), std::move(backing));
    slots_.insert(after, Slot{start, size, kind, std::move(label), host});
    return {};
}

Slot const* GuestMemory::find(Gpa gpa) const
{
    auto const above =
        std::upper_bound(slots_.begin(), slots_.end(), gpa,
                         [](Gpa wanted, Slot const& slot) { return wanted < slot.start; });
    if (above == slots_.begin())
        return nullptr;
    Slot const& slot = *(above - 1);
    return gpa.value - slot.start.value < slot.size ? &slot : nullptr;
}

bool GuestMemory::read(Gpa gpa, std::span<std::byte> bytes) const
{
    if (!in_pieces(*this, gpa, bytes.size(), [](Piece const&) { return true; }))
        return false;
    return in_pieces(*this, gpa, bytes.size(), [&](Piece const& piece) {
        std::memcpy(bytes.data() + piece.done, slots_[piece.slot].host.data() + piece.offset,
                    piece.size);
        return true;
    });
}

bool GuestMemory::write(Gpa gpa, std::span<std::byte const> bytes, Writer writer)
{
    bool const allowed = in_pieces(*this, gpa, bytes.size(), [&](Piece const& piece) {
        return writer == Writer::loader || slots_[piece.slot].kind == SlotKind::ram;
    });
    if (!allowed || bytes.empty())
        return allowed;
    in_pieces(*this, gpa, bytes.size(), [&](Piece const& piece) {
        std::memcpy(slots_[piece.slot].host.data() + piece.offset, bytes.data() + piece.done,
                    piece.size);
        return true;
    });
    mark_dirty(gpa, bytes.size());
    if (watcher_)
        watcher_(gpa, bytes.size());
    return true;
}

std::optional<std::uint64_t> GuestMemory::read_integer(Gpa gpa, unsigned width) const
{
    ASSERT(width == 1 || width == 2 || width == 4 || width == 8);
    std::uint64_t value = 0;
    // The page walk reads its entries here: a whole integer inside one slot is the fast path.
    if (std::span<std::byte> const host = host_bytes(gpa, width); !host.empty()) {
        std::memcpy(&value, host.data(), width);
        return value;
    }
    if (!read(gpa, std::as_writable_bytes(std::span(&value, 1)).first(width)))
        return std::nullopt;
    return value;
}

bool GuestMemory::write_integer(Gpa gpa, std::uint64_t value, unsigned width, Writer writer)
{
    ASSERT(width == 1 || width == 2 || width == 4 || width == 8);
    return write(gpa, std::as_bytes(std::span(&value, 1)).first(width), writer);
}

std::span<std::byte> GuestMemory::host_bytes(Gpa gpa, std::uint64_t size) const
{
    Slot const* slot = find(gpa);
    if (slot == nullptr || slot->host.empty())
        return {};
    std::uint64_t const offset = gpa.value - slot->start.value;
    return size <= slot->size - offset ? slot->host.subspan(offset, size) : std::span<std::byte>();
}

void GuestMemory::mark_dirty(Gpa gpa, std::uint64_t size)
{
    in_pieces(*this, gpa, size, [&](Piece const& piece) {
        std::uint64_t const last = (piece.offset + piece.size - 1) / page_size;
        for (std::uint64_t page = piece.offset / page_size; page <= last; ++page)
            backing_[piece.slot].dirty[page / pages_per_word] |= 1ULL << (page % pages_per_word);
        return true;
    });
}

bool GuestMemory::is_dirty(Gpa gpa) const
{
    Slot const* slot = find(gpa);
    if (slot == nullptr || slot->kind == SlotKind::unmapped)
        return false;
    std::uint64_t const page = (gpa.value - slot->start.value) / page_size;
    auto const index = static_cast<std::size_t>(slot - slots_.data());
    return bit(backing_[index].dirty[page / pages_per_word],
               static_cast<unsigned>(page % pages_per_word));
}

std::vector<Gpa> GuestMemory::dirty_pages() const
{
    std::vector<Gpa> pages;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot)
        for (std::uint64_t word = 0; word < backing_[slot].dirty.size(); ++word)
            for (std::uint64_t left = backing_[slot].dirty[word]; left != 0; left &= left - 1) {
                auto const page =
                    word * pages_per_word + static_cast<std::uint64_t>(std::countr_zero(left));
                pages.push_back(slots_[slot].start + page * page_size);
            }
    return pages;
}

void GuestMemory::clear_dirty()
{
    for (Backing& backing : backing_)
        std::fill(backing.dirty.begin(), backing.dirty.end(), 0);
}

} // namespace ringside::memory
