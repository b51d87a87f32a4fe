// The eight classes everything in a trace falls into. A class is never told by colour alone: it has
// a letter, a name and a sentence, and the theme adds a colour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/trace/names.hpp"

namespace ringside::visualizer {

enum class ExitClass : std::uint8_t {
    port,
    mmio,
    halt,
    control,
    interrupt,
    page,
    exception,
    other,
};

inline constexpr std::size_t class_count = 8;
inline constexpr std::array<ExitClass, class_count> all_classes = {
    ExitClass::port,      ExitClass::mmio, ExitClass::halt,      ExitClass::control,
    ExitClass::interrupt, ExitClass::page, ExitClass::exception, ExitClass::other,
};

struct ClassText {
    char letter = '.';
    std::string_view name;
    std::string_view sentence;
};

ClassText const& text_of(ExitClass exit_class);
inline char letter_of(ExitClass exit_class)
{
    return text_of(exit_class).letter;
}

ExitClass class_of(trace::ExitKind kind);

} // namespace ringside::visualizer
