// What a person adds to a trace: bookmarks and notes. They live beside it, in FILE.notes.json, so
// that the recording itself is never touched; a link is "trace.ring#seq=1234".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace ringside::visualizer {

/// A record, by the number that stays the same however the trace is read.
struct Place {
    std::uint64_t seq = 0;
    std::uint8_t vcpu = 0;
    bool operator==(Place const&) const = default;
};

struct Bookmark {
    Place place;
    std::string label; ///< what was there when it was set
    bool operator==(Bookmark const&) const = default;
};

struct Note {
    Place place;
    std::string text;
    bool operator==(Note const&) const = default;
};

struct Sidecar {
    static constexpr std::size_t bookmark_count = 10;
    static constexpr std::size_t most_notes = 1000;

    std::array<std::optional<Bookmark>, bookmark_count> bookmarks;
    std::vector<Note> notes; ///< in the order of their places
    bool operator==(Sidecar const&) const = default;

    void add(Note note);
    void remove_note(Place place);
    Note const* note_at(Place place) const;
};

std::string to_json(Sidecar const& sidecar);
/// Refuses what is not a sidecar, in one line.
Result<Sidecar> sidecar_from_json(std::string_view text);

} // namespace ringside::visualizer
