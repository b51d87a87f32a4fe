// A bounded ring of bytes between one writing and one reading thread. The writer stores an entry
// and publishes it with one release store: no lock, no system call, no read-modify-write.
//
//     ... free | entry entry entry entry | free ...
//              ^ tail (reader)           ^ head (writer)        both only ever grow
//
// Not modelled: more than one writer or reader. What to do when the ring is full is the writer's
// business (intake.hpp).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/base/mapping.hpp"
#include "engine/stream/ring_entry.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::stream {

class Ring {
public:
    /// The size of `memory` must be a power of two.
    explicit Ring(Mapping memory) : memory_(std::move(memory)), bytes_(memory_.bytes())
    {
        ASSERT(bytes_.size() >= 4096 && (bytes_.size() & (bytes_.size() - 1)) == 0);
    }

    std::size_t capacity() const { return bytes_.size(); }

    /// Has the kernel supply the pages now, so that the writer does not fault on its first lap.
    void populate();

    /// Bytes written and bytes read since the beginning. Either thread may ask; only its own is
    /// exact.
    std::uint64_t written() const { return head_.load(std::memory_order_relaxed); }
    std::uint64_t read() const { return tail_.load(std::memory_order_relaxed); }

    /// Writer: stores the record unless that would leave fewer than `keep_free` bytes.
    bool try_write(trace::RawRecord const& record, std::uint64_t seq, std::uint64_t stamp,
                   std::size_t keep_free)
    {
        std::uint64_t const head = head_.load(std::memory_order_relaxed);
        std::size_t const length = record.bytes.size();
        std::size_t const size =
            static_cast<std::size_t>(align_up(sizeof(RingEntry) + length, sizeof(RingEntry)));
        std::size_t const to_end = capacity() - offset(head);
        std::size_t const padding = size <= to_end ? 0 : to_end;
        if (!has_room(head, size + padding + keep_free))
            return false;

        if (padding != 0)
            new (at(head)) RingEntry{static_cast<std::uint16_t>(padding), 0, 0, {}, 0, 0, 0, 0};
        std::byte* place = at(head + padding);
        new (place) RingEntry{static_cast<std::uint16_t>(size),
                              static_cast<std::uint16_t>(length),
                              record.id,
                              record.category,
                              record.vcpu,
                              seq,
                              record.time,
                              stamp};
        std::memcpy(place + sizeof(RingEntry), record.bytes.data(), length);
        head_.store(head + padding + size, std::memory_order_release);
        return true;
    }

    /// Reader: hands every entry that is there to `action(entry, bytes)`; the bytes are valid
    /// during the call. Returns how many there were.
    template <typename Action>
    std::size_t read_all(Action&& action)
    {
        std::uint64_t const head = head_.load(std::memory_order_acquire);
        std::uint64_t tail = tail_.load(std::memory_order_relaxed);
        std::size_t count = 0;
        while (tail != head) {
            RingEntry entry;
            std::memcpy(&entry, at(tail), sizeof(entry));
            if (entry.id != 0) {
                action(entry, std::span(at(tail) + sizeof(entry), entry.length));
                ++count;
            }
            tail += entry.size;
            tail_.store(tail, std::memory_order_release);
        }
        return count;
    }

private:
    std::size_t offset(std::uint64_t position) const
    {
        return static_cast<std::size_t>(position & (bytes_.size() - 1));
    }

    std::byte* at(std::uint64_t position) const { return bytes_.data() + offset(position); }

    bool has_room(std::uint64_t head, std::size_t needed)
    {
        if (head + needed - known_tail_ <= capacity())
            return true;
        known_tail_ = tail_.load(std::memory_order_acquire);
        return head + needed - known_tail_ <= capacity();
    }

    Mapping memory_;
    std::span<std::byte> bytes_;
    // Each thread's position on a cache line of its own (64 bytes on every x86).
    alignas(64) std::atomic<std::uint64_t> head_{0};
    std::uint64_t known_tail_ = 0; ///< the writer's: how far the reader was when last asked
    alignas(64) std::atomic<std::uint64_t> tail_{0};
};

} // namespace ringside::stream
