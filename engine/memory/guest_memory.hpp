// Guest-physical memory: slots, and the one checked door to the bytes behind them.
//
//     gpa ──► slot (RAM | read-only | unmapped) ──► host bytes          "the second dimension"
//
// Every access of the engine to guest memory passes read(), write() or host_bytes(). Nothing else
// adds to a guest address. Slots never overlap, never wrap around, and are page-aligned. Not
// modelled: NUMA, hot-unplug, aliasing of one host page at two guest addresses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/mapping.hpp"
#include "engine/base/result.hpp"

namespace ringside::memory {

inline constexpr std::uint64_t page_size = 4096;

enum class SlotKind : std::uint8_t {
    ram,
    read_only, ///< guest reads hit memory, guest writes exit as MMIO
    unmapped,  ///< named on purpose, backed by nothing: every access exits as MMIO
};

struct Slot {
    Gpa start;
    std::uint64_t size = 0;
    SlotKind kind = SlotKind::ram;
    std::string label;
    std::span<std::byte> host; ///< empty when unmapped
};

/// Who is asking. The loader fills read-only slots; the guest (and devices for it) may not.
enum class Writer : std::uint8_t { guest, loader };

class GuestMemory {
public:
    GuestMemory() = default;
    GuestMemory(GuestMemory&&) = default;

    /// Adds a slot. Errors: start or size not page-aligned, size 0, wrap-around, overlap, host out
    /// of memory.
    Result<void> add_slot(Gpa start, std::uint64_t size, SlotKind kind, std::string label);
    /// The same with bytes that are there already; `backing` is empty for an unmapped slot.
    Result<void> add_slot(Gpa start, std::uint64_t size, SlotKind kind, std::string label,
                          Mapping backing);

    std::span<Slot const> slots() const { return slots_; }
    /// The slot that holds `gpa`, or null; valid until the next add_slot().
    Slot const* find(Gpa gpa) const;

    /// Copies out [gpa, gpa + bytes.size()). False, and nothing copied, when any byte is not
    /// backed.
    bool read(Gpa gpa, std::span<std::byte> bytes) const;
    /// Copies in, marks pages dirty and tells the watcher. False, and nothing written, when any
    /// byte is not backed, or is read-only and the writer is the guest.
    bool write(Gpa gpa, std::span<std::byte const> bytes, Writer writer = Writer::guest);

    /// A little-endian integer of 1, 2, 4 or 8 bytes; nothing when not backed.
    std::optional<std::uint64_t> read_integer(Gpa gpa, unsigned width) const;
    bool write_integer(Gpa gpa, std::uint64_t value, unsigned width, Writer writer = Writer::guest);

    /// The host bytes of [gpa, gpa + size), empty when they are not all in one backed slot. For
    /// backends that map memory and for fast reads; writing through it skips dirty marks and the
    /// watcher.
    std::span<std::byte> host_bytes(Gpa gpa, std::uint64_t size) const;

    /// Called after every write through the door, with the range: the Unicorn backend drops its
    /// translations of those bytes. One watcher at most.
    void watch_writes(std::function<void(Gpa, std::uint64_t)> watcher)
    {
        watcher_ = std::move(watcher);
    }

    /// Pages written through the door, or reported by a backend through mark_dirty().
    void mark_dirty(Gpa gpa, std::uint64_t size);
    bool is_dirty(Gpa gpa) const;
    std::vector<Gpa> dirty_pages() const; ///< ascending
    void clear_dirty();

private:
    struct Backing {
        Mapping mapping;
        std::vector<std::uint64_t> dirty; ///< one bit a page
    };
    std::vector<Slot> slots_;      ///< ascending by start
    std::vector<Backing> backing_; ///< same order as slots_
    std::function<void(Gpa, std::uint64_t)> watcher_;
};

} // namespace ringside::memory
