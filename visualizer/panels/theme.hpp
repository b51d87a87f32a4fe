// Colours by meaning. The classes take the eight colours of Okabe and Ito, which people with any
// colour vision can tell apart; each class also has its letter.
#pragma once

#include <array>

#include "visualizer/model/exit_class.hpp"
#include "visualizer/model/view_state.hpp"
#include "visualizer/panels/canvas.hpp"

namespace ringside::visualizer {

struct Theme {
    Color background; ///< of everything; the window is cleared to it
    Color raised;     ///< cards, headers, buttons
    Color hovered;
    Color line; ///< hairlines and gaps
    Color text;
    Color dim;   ///< second-rate text
    Color faint; ///< leading zeros, unset bits
    Color focus; ///< the one accent for "this is the Focus"
    Color focus_fill;
    Color changed; ///< the one accent for "changed since the row before"
    Color good;
    Color bad;
    std::array<Color, class_count> classes;

    Color const& of(ExitClass exit_class) const
    {
        return classes[static_cast<std::size_t>(exit_class)];
    }
};

Theme const& theme_of(ThemeName name);

/// Black or white, whichever reads better on `background`.
Color ink_on(Color background);

} // namespace ringside::visualizer
