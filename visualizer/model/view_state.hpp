// Everything about the window that is not the trace: what is open, where lists are scrolled, how it
// looks. Panels read and change it; none of them keeps a copy.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "visualizer/model/layout.hpp"
#include "visualizer/model/memory_view.hpp"
#include "visualizer/model/moments.hpp"
#include "visualizer/model/timeline.hpp"

namespace ringside::visualizer {

enum class ThemeName : std::uint8_t { dark, light, high_contrast };
std::string_view name_of(ThemeName theme);
std::optional<ThemeName> theme_named(std::string_view name);

enum class Overlay : std::uint8_t { none, help, palette };

struct ViewState {
    ThemeName theme = ThemeName::dark;
    float scale = 1.0F; ///< besides the monitor's own
    Layout layout = *Layout::named("exit");
    PanelId panel = PanelId::exits;          ///< the one with the focus ring
    StripAxis strip_axis = StripAxis::order; ///< of the timeline and the strip above it
    TimelineView timeline;
    std::optional<double> timeline_grip;      ///< place on the axis that the mouse holds
    bool timeline_dragged = false;            ///< it moved since it took hold: no click
    std::optional<MomentIndex> measured_from; ///< the distance from this row to the Focus is shown

    Overlay overlay = Overlay::none;
    std::string palette_text;
    std::size_t palette_choice = 0;
    bool edit_filter = false;   ///< the filter box should take the keyboard
    bool keys_to_guest = false; ///< what is typed goes to the guest's console

    std::uint32_t list_top = 0;                    ///< first row shown
    std::uint32_t list_rows = 20;                  ///< rows that fit, for Page Up and Page Down
    MomentIndex list_shown = no_moment;            ///< the row the list last scrolled to by itself
    std::array<float, all_panels.size()> scroll{}; ///< of the panels that scroll by pixels
    RecordIndex console_shown = no_record;
    MomentIndex code_shown = no_moment; ///< the row the code last scrolled to by itself
    MemoryPlace memory_at{MemorySpace::physical, 0};
    bool memory_sought = false;        ///< memory_at was chosen, and is not in sight yet
    std::size_t walk_rung = 3;         ///< whose table is drawn
    std::optional<RecordIndex> pinned; ///< what registers are compared with; none: the row before

    std::optional<std::size_t> dragged_splitter;
    std::string to_clipboard; ///< the app puts it there
    bool quit = false;

    float& scroll_of(PanelId which) { return scroll[static_cast<std::size_t>(which)]; }
};

} // namespace ringside::visualizer
