// The guest's console as a grid of characters, each of which knows the record that wrote it.
//
// Control characters: newline, carriage return, backspace and tab. Not modelled: escape sequences
// (shown as printable text), wide characters, and what was typed (the guest echoes it if it wants).
#pragma once

#include <cstdint>
#include <vector>

#include "visualizer/model/record_store.hpp"

namespace ringside::visualizer {

struct ConsoleCell {
    char byte = ' ';
    RecordIndex writer = no_record; ///< no_record: a cell nobody wrote
};

class ConsoleText {
public:
    void write(RecordIndex index, std::uint8_t byte);
    void typed(RecordIndex index, std::uint8_t byte) { typed_.push_back({index, byte}); }

    std::vector<std::vector<ConsoleCell>> const& lines() const { return lines_; }
    std::size_t characters() const { return characters_; }

    struct Place {
        std::size_t line = 0;
        std::size_t column = 0;
    };
    /// Where the last character written at or before record `now` stands.
    Place place_at(RecordIndex now) const;

    struct Typed {
        RecordIndex record = 0;
        std::uint8_t byte = 0;
    };
    std::vector<Typed> const& input() const { return typed_; }

private:
    struct Written {
        RecordIndex record = 0;
        std::uint32_t line = 0;
        std::uint32_t column = 0;
    };

    void put(RecordIndex index, char byte);

    std::vector<std::vector<ConsoleCell>> lines_{1};
    std::vector<Written> written_;
    std::vector<Typed> typed_;
    std::size_t column_ = 0;
    std::size_t characters_ = 0;
};

} // namespace ringside::visualizer
