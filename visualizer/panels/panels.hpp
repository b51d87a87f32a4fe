// Every panel is one function: it draws the Focus into its area and turns clicks into commands.
#pragma once

#include "visualizer/panels/frame.hpp"

namespace ringside::visualizer {

// In the layout's leaves.
void draw_exit_list(Frame& frame, Rect area);
void draw_inspector(Frame& frame, Rect area);
void draw_cpu(Frame& frame, Rect area);
void draw_walk(Frame& frame, Rect area);
void draw_console(Frame& frame, Rect area);
void draw_code(Frame& frame, Rect area);
void draw_memory(Frame& frame, Rect area);
void draw_interrupts(Frame& frame, Rect area);
void draw_devices(Frame& frame, Rect area);
void draw_scheduler(Frame& frame, Rect area);
void draw_layers(Frame& frame, Rect area);
void draw_tour(Frame& frame, Rect area);

// A part of the inspector, for rows that are a station of an interrupt; returns its height.
float draw_interrupt_path(Frame& frame, Rect area);

// Parts of the CPU and the page-walk panel; they return their height.
float draw_mode_strip(Frame& frame, Rect area, trace::CpuMode now);
float draw_page_table(Frame& frame, Rect area, struct Ladder const& ladder,
                      trace::PageWalk const& walk, RecordIndex now);

// Above and below them. The filter box and the palette's line edit text with ImGui.
void draw_toolbar(Frame& frame, Rect area);
void draw_strip(Frame& frame, Rect area);
void draw_timeline(Frame& frame, Rect area);
float timeline_height(Session const& session, float scale); ///< by its lanes
void draw_status_bar(Frame& frame, Rect area);

// On top of everything.
void draw_help(Frame& frame, Rect window);
void draw_palette(Frame& frame, Rect window);
void draw_list(Frame& frame, Rect window);    ///< the notebook, or the recent traces
void draw_message(Frame& frame, Rect window); ///< why nothing can be shown
void draw_hover_card(Frame& frame, Rect window);
void draw_explanation(Frame& frame, Rect window); ///< one term of the glossary, in the middle
void draw_sheet(Frame& frame, Rect area);         ///< what they all lie on

/// Enter in the palette: runs the chosen command, or asks for its argument.
void run_palette_choice(CommandRegistry const& commands, Session& session);

/// The same in a list.
void run_list_choice(CommandRegistry const& commands, Session& session);

/// Height of a panel's title strip.
inline float title_height(Frame const& frame)
{
    return frame.px(24);
}
/// Draws a panel's title strip with a remark behind it; returns what is left for the panel.
Rect draw_title(Frame& frame, PanelId panel, Rect area, std::string_view remark);

} // namespace ringside::visualizer
