// The toolbar: whose trace this is, the buttons for what is done most, and the filter box.
#include <array>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include "visualizer/model/format.hpp"
#include "visualizer/panels/imgui_canvas.hpp"
#include "visualizer/panels/panels.hpp"
#include "visualizer/panels/ui_compat.hpp"

namespace ringside::visualizer {

namespace {

struct Button {
    std::string_view label;
    std::string_view command;
    std::string_view hint;
};

constexpr std::array<Button, 6> moves = {{
    {"|\xe2\x97\x80", "exit.first", "First row (Home)"},
    {"\xe2\x97\x80", "exit.previous", "Previous row (Up, k)"},
    {"\xe2\x96\xb6", "exit.next", "Next row (Down, j)"},
    {"\xe2\x96\xb6|", "exit.last", "Last row (End)"},
    {"\xe2\x97\x80 kind", "kind.previous", "Previous of the same kind (N)"},
    {"kind \xe2\x96\xb6", "kind.next", "Next of the same kind (n)"},
}};

float draw_button(Frame& frame, float x, Rect area, Button const& button, bool lit)
{
    Command const* command = frame.commands.find(button.command);
    bool const enabled = !command->enabled || command->enabled(frame.session);
    float const height = frame.px(24);
    float const width = frame.canvas.measure(Face::text, button.label).width + frame.px(16);
    Rect const place{x, area.y + (area.height - height) / 2, width, height};
    if (frame.button(fmt::format("Toolbar/{}", button.command), place, button.label, enabled, lit))
        frame.run(button.command);
    frame.explain(place, command->title, button.hint);
    return place.right() + frame.px(4);
}

float draw_buttons(Frame& frame, float x, Rect area)
{
    Session const& session = frame.session;
    for (std::size_t number = 0; number < moves.size(); ++number) {
        x = draw_button(frame, x, area, moves[number], false);
        if (number == 3)
            x += frame.px(6);
    }
    x += frame.px(6);
    if (session.connection == Connection::replay)
        return x;
    bool const running = session.connection == Connection::live;
    x = draw_button(frame, x, area,
                    {running ? "Pause" : "Resume", "machine.pause", "Pause or resume (Space)"},
                    !running);
    x = draw_button(frame, x, area,
                    {"Step", "machine.step", "Run to the end of the next exit (F10)"}, false);
    return draw_button(frame, x, area, {"Follow", "machine.follow", "Stay at the newest row (l)"},
                       session.follow());
}

// ImGui edits the text; what it means is the session's business.
void draw_filter(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Theme const& theme = frame.theme;
    frame.items.add("Toolbar/Filter", area);
    ImGui::SetCursorScreenPos(ImVec2(area.x, area.y));
    ImGui::PushItemWidth(area.width);
    ImGui::PushStyleColor(ImGuiCol_FrameBg, packed(theme.raised));
    ImGui::PushStyleColor(ImGuiCol_Text, packed(theme.text));
    ImGui::PushStyleColor(ImGuiCol_TextDisabled, packed(theme.dim));
    ImGui::PushStyleColor(ImGuiCol_TextSelectedBg, packed(theme.focus_fill));
    ImGui::PushStyleColor(ImGuiCol_Border,
                          packed(session.filter_problem().empty()
                                     ? (session.filtered() ? theme.focus : theme.line)
                                     : theme.bad));
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, 1);
    ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, frame.px(4));
    float const text = frame.canvas.measure(Face::text, "X").height;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(frame.px(8), (area.height - text) / 2));
    std::string edited = session.filter_text();
    if (ImGui::InputTextWithHint("##filter", "/ filter: port == 0x3f8, halt, \"page fault\"",
                                 &edited))
        session.set_filter(edited);
    if (ImGui::IsItemActive())
        session.view.edit_filter = false; // it has the keyboard now
    else if (session.view.edit_filter)
        ui::focus_last_field();
    ImGui::PopStyleVar(3);
    ImGui::PopStyleColor(5);
    ImGui::PopItemWidth();
    if (!session.filter_problem().empty())
        frame.explain(area, "The filter makes no sense yet", session.filter_problem());
}

} // namespace

void draw_toolbar(Frame& frame, Rect area)
{
    Session const& session = frame.session;
    Catalogue const& catalogue = session.trace().catalogue();
    float const middle = area.y + area.height / 2;
    float x = area.x + frame.px(12);
    float const bold = frame.canvas.measure(Face::bold, "X").height;
    x += frame.write({x, middle - bold / 2}, Face::bold, frame.theme.text, "Ringside");
    x += frame.px(10);
    std::string const guest = catalogue.machine()
                                  ? fmt::format("{} on {}", printable(catalogue.guest()),
                                                trace::name_of(catalogue.machine()->backend))
                                  : std::string();
    x += frame.write({x, middle - bold / 2}, Face::text, frame.theme.dim, guest) + frame.px(18);
    x = draw_buttons(frame, x, area);

    float const height = frame.px(24);
    float const top = area.y + (area.height - height) / 2;
    float const help = frame.px(56);
    Rect const help_area{area.right() - frame.px(10) - help, top, help, height};
    if (frame.button("Toolbar/help.toggle", help_area, "? Help", true, false))
        frame.run("help.toggle");
    float const tour = frame.px(52);
    Rect const tour_area{help_area.x - frame.px(6) - tour, top, tour, height};
    if (frame.button("Toolbar/tour.start", tour_area, "Tour", session.moment() != no_moment,
                     !session.view.toured))
        frame.run("tour.start");
    frame.explain(tour_area, "Take the tour", "Five minutes, done by doing (T).");
    float const right = tour_area.x - frame.px(8);
    float const left = std::max(x + frame.px(8), right - frame.px(380));
    if (right - left > frame.px(80))
        draw_filter(frame, {left, top, right - left, height});
}

} // namespace ringside::visualizer
