// What the device tests plug in where the machine would be: a sink that keeps events, an observer
// that keeps notes, a line that keeps its edges.
#pragma once

#include "engine/devices/device.hpp"
#include "engine/trace/tracer.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace ringside::devices {

/// Keeps every record and gives back those of one kind.
class KeptEvents final : public trace::Sink {
public:
    void append(trace::RawRecord const& record) override
    {
        kept_.push_back({record.id, {record.bytes.begin(), record.bytes.end()}});
    }

    template <typename E>
    std::vector<E> of() const
    {
        std::vector<E> events;
        for (Kept const& kept : kept_) {
            if (kept.id != E::id)
                continue;
            E event;
            std::memcpy(static_cast<void*>(&event), kept.bytes.data(), kept.bytes.size());
            events.push_back(event);
        }
        return events;
    }
    /// The kinds of the events so far, in order.
    std::vector<unsigned> ids() const
    {
        std::vector<unsigned> ids;
        for (Kept const& kept : kept_)
            ids.push_back(kept.id);
        return ids;
    }
    void clear() { kept_.clear(); }

private:
    struct Kept {
        std::uint8_t id;
        std::vector<std::byte> bytes;
    };
    std::vector<Kept> kept_;
};

struct KeptNotes final : Observer {
    std::vector<std::pair<std::string, std::uint64_t>> notes;

    void noticed(std::string_view what, std::uint64_t value) override
    {
        notes.emplace_back(what, value);
    }
    bool has(std::string_view what) const
    {
        return std::any_of(notes.begin(), notes.end(),
                           [what](auto const& note) { return note.first == what; });
    }
    std::uint64_t value_of(std::string_view what) const
    {
        for (auto const& [text, value] : notes)
            if (text == what)
                return value;
        return ~0ULL;
    }
};

/// The far end of an interrupt line.
struct KeptLine {
    bool level = false;
    unsigned rises = 0;

    InterruptLine input()
    {
        return [this](bool now) {
            rises += now && !level ? 1 : 0;
            level = now;
        };
    }
};

} // namespace ringside::devices
