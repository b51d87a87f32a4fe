// Everything about the window that is not the trace: what is open, where lists are scrolled, how it
// looks. Panels read and change it; none of them keeps a copy.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/layout.hpp"
#include "visualizer/model/memory_view.hpp"
#include "visualizer/model/moments.hpp"
#include "visualizer/model/timeline.hpp"

namespace ringside::visualizer {

enum class ThemeName : std::uint8_t { dark, light, high_contrast };
std::string_view name_of(ThemeName theme);
std::optional<ThemeName> theme_named(std::string_view name);

enum class Overlay : std::uint8_t { none, help, palette, explanation, notebook, recent };

/// The hover card of a term. It stays where it first appeared, so that the mouse can reach its
/// link.
struct ShownCard {
    std::string term;   ///< of the glossary; empty: no such card
    std::string remark; ///< what is special here: "set by this row"
    Rect source;        ///< what it explains
    float x = 0;
    float y = 0;
    Rect area; ///< where it was drawn; empty before that
};

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
    ShownCard card;
    std::string explained;      ///< the term of Overlay::explanation
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

    std::map<std::string, std::string> saved_layouts; ///< those a person changed, as text
    std::vector<std::string> recent;                  ///< files, the latest first
    bool toured = false;                              ///< the tour is done or not wanted
    std::size_t list_choice = 0;                      ///< in the notebook, in the recent files
    std::string open_request;                         ///< a file the app should open

    /// As this person left it, else as it is shipped; nothing for an unknown name.
    std::optional<Layout> layout_called(std::string_view name) const;

    std::optional<std::size_t> dragged_splitter;
    std::string to_clipboard; ///< the app puts it there
    bool quit = false;

    float& scroll_of(PanelId which) { return scroll[static_cast<std::size_t>(which)]; }
};

} // namespace ringside::visualizer
