// What lies on top: the help page, the command palette, a message. The hover card: hover_card.cpp.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_stdlib.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/notebook.hpp"
#include "visualizer/panels/imgui_canvas.hpp"
#include "visualizer/panels/panels.hpp"
#include "visualizer/panels/ui_compat.hpp"

namespace ringside::visualizer {

void draw_sheet(Frame& frame, Rect area)
{
    frame.canvas.shape(
        area, {.fill = frame.theme.background, .border = frame.theme.dim, .rounding = frame.px(6)});
}

namespace {

std::string keys_text(Command const& command)
{
    std::string text;
    for (KeyChord const& chord : command.keys)
        text += (text.empty() ? "" : "  ") + text_of(chord);
    return text;
}

struct HelpLine {
    std::string keys;
    std::string title; ///< of a command, or of a group when `keys` is empty
    bool heading = false;
};

std::vector<HelpLine> help_lines(CommandRegistry const& commands)
{
    std::vector<HelpLine> lines;
    std::string group;
    for (Command const& command : commands.all()) {
        if (command.id.starts_with("bookmark.")) // twenty alike: told in two lines below
            continue;
        if (command.group != group) {
            group = command.group;
            lines.push_back({"", group, true});
        }
        std::string const how = command.keys.empty() ? command.id : keys_text(command);
        lines.push_back({how, command.title, false});
    }
    lines.push_back({"Ctrl+0 .. Ctrl+9", "Set a bookmark here, or take it away", false});
    lines.push_back({"0 .. 9", "Go to a bookmark", false});
    lines.push_back({"", "Reading the window", true});
    lines.push_back({"O D E N", "observed, derived, emulated, not visible", false});
    lines.push_back({"I M H C", "port I/O, MMIO, halt, control", false});
    lines.push_back({"Q P X .", "interrupt, page walk, exception, other", false});
    lines.push_back({"P W U A", "present, writable, user, accessed", false});
    lines.push_back({"D S G X", "dirty, page size, global, no-execute", false});
    return lines;
}

} // namespace

void draw_help(Frame& frame, Rect window)
{
    std::vector<HelpLine> const lines = help_lines(frame.commands);
    float const line = frame.px(20);
    float const keys_width = frame.px(136);
    float const column = frame.px(398);
    float const head = frame.px(44);
    auto const columns = std::max(1.0F, std::floor((window.width - frame.px(40)) / column));
    auto const rows = std::ceil(static_cast<float>(lines.size()) / std::min(columns, 3.0F));
    float const width = column * std::min(columns, 3.0F) + frame.px(20);
    float const height = std::min(window.height - frame.px(20), head + rows * line + frame.px(16));
    Rect const sheet{window.x + (window.width - width) / 2, window.y + (window.height - height) / 2,
                     width, height};
    draw_sheet(frame, sheet);
    frame.items.add("Help", sheet);
    frame.write({sheet.x + frame.px(20), sheet.y + frame.px(14)}, Face::heading, frame.theme.text,
                "Keys");
    frame.write_right({sheet.right() - frame.px(20), sheet.y + frame.px(16)}, Face::text,
                      frame.theme.dim, "Esc closes this page");
    for (std::size_t number = 0; number < lines.size(); ++number) {
        HelpLine const& entry = lines[number];
        float const x =
            sheet.x + frame.px(20) + column * std::floor(static_cast<float>(number) / rows);
        float const y = sheet.y + head + line * std::fmod(static_cast<float>(number), rows);
        if (entry.heading) {
            frame.write({x, y}, Face::bold, frame.theme.text, entry.title);
            continue;
        }
        frame.write_cut({x, y}, keys_width - frame.px(8), Face::mono, frame.theme.changed,
                        entry.keys);
        frame.write_cut({x + keys_width, y}, column - keys_width - frame.px(12), Face::text,
                        frame.theme.dim, entry.title);
    }
}

namespace {

void draw_palette_line(Frame& frame, Rect area)
{
    Session& session = frame.session;
    Theme const& theme = frame.theme;
    ImGui::SetCursorScreenPos(ImVec2(area.x, area.y));
    ImGui::PushItemWidth(area.width);
    ImGui::PushStyleColor(ImGuiCol_FrameBg, packed(theme.raised));
    ImGui::PushStyleColor(ImGuiCol_Text, packed(theme.text));
    ImGui::PushStyleColor(ImGuiCol_TextDisabled, packed(theme.dim));
    ImGui::PushStyleVar(ImGuiStyleVar_FrameRounding, frame.px(4));
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(frame.px(8), frame.px(6)));
    if (ImGui::InputTextWithHint("##palette", "a command, or: focus.seq 1234",
                                 &session.view.palette_text))
        session.view.palette_choice = 0;
    if (!ImGui::IsAnyItemActive())
        ui::focus_last_field();
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor(3);
    ImGui::PopItemWidth();
}

void draw_palette_entry(Frame& frame, Rect area, Command const& command, bool chosen)
{
    if (chosen || frame.hovers(area))
        frame.canvas.shape(area, {.fill = chosen ? frame.theme.focus_fill : frame.theme.raised,
                                  .border = {},
                                  .rounding = frame.px(3)});
    float const y = area.y + (area.height - frame.text_height()) / 2;
    float const x = area.x + frame.px(10);
    float const width = frame.write({x, y}, Face::text, frame.theme.text, command.title);
    if (!command.argument.empty())
        frame.write({x + width + frame.px(10), y}, Face::text, frame.theme.faint,
                    command.id + " " + command.argument);
    frame.write_right({area.right() - frame.px(10), y}, Face::mono, frame.theme.dim,
                      keys_text(command));
}

} // namespace

void draw_palette(Frame& frame, Rect window)
{
    Session& session = frame.session;
    static constexpr std::size_t most = 12;
    auto const found = frame.commands.matching(session.view.palette_text, session);
    std::size_t const shown = std::min(found.size(), most);
    session.view.palette_choice =
        found.empty() ? 0 : std::min(session.view.palette_choice, found.size() - 1);
    std::size_t const first =
        session.view.palette_choice >= most ? session.view.palette_choice - most + 1 : 0;

    float const line = frame.px(26);
    float const width = std::min(frame.px(600), window.width - frame.px(40));
    float const height = frame.px(56) + line * static_cast<float>(std::max<std::size_t>(1, shown));
    Rect const sheet{window.x + (window.width - width) / 2, window.y + frame.px(90), width, height};
    draw_sheet(frame, sheet);
    frame.items.add("Palette", sheet);
    Rect const inside = sheet.inset(frame.px(10));
    draw_palette_line(frame, {inside.x, inside.y, inside.width, frame.px(28)});
    for (std::size_t number = 0; number < shown && first + number < found.size(); ++number) {
        Rect const area{inside.x, inside.y + frame.px(36) + line * static_cast<float>(number),
                        inside.width, line};
        Command const& command = *found[first + number];
        draw_palette_entry(frame, area, command, first + number == session.view.palette_choice);
        if (frame.clicked("Palette/" + command.id, area)) {
            session.view.palette_choice = first + number;
            run_palette_choice(frame.commands, session);
            return;
        }
    }
    if (found.empty())
        frame.write({inside.x + frame.px(10), inside.y + frame.px(40)}, Face::text, frame.theme.dim,
                    "No command has these words.");
}

void run_palette_choice(CommandRegistry const& commands, Session& session)
{
    auto const found = commands.matching(session.view.palette_text, session);
    std::string const typed = session.view.palette_text;
    if (found.empty())
        return;
    Command const& command = *found[std::min(session.view.palette_choice, found.size() - 1)];
    if (!command.argument.empty() && !typed.starts_with(command.id + " ")) {
        session.view.palette_text = command.id + " "; // go on with the argument
        return;
    }
    session.view.overlay = Overlay::none;
    std::string const problem =
        commands.run(session, command.argument.empty() ? command.id : typed);
    if (!problem.empty())
        session.notes.push_back(problem);
}

namespace {

struct ListTexts {
    std::string_view title;
    std::string_view hint;
    std::string_view empty;
};

ListTexts texts_of(Overlay list)
{
    if (list == Overlay::recent)
        return {"Recent traces", "drop a .ring file onto the window to open it",
                "No trace has been opened yet. Record one: ringside run GUEST --trace x.ring"};
    return {"Bookmarks and notes", "Ctrl+digit sets a bookmark, Ctrl+N writes a note",
            "Nothing yet. Ctrl+1 sets bookmark 1 at the row in focus, Ctrl+N writes a note on it."};
}

} // namespace

void draw_list(Frame& frame, Rect window)
{
    Session& session = frame.session;
    Theme const& theme = frame.theme;
    ListTexts const texts = texts_of(session.view.overlay);
    std::vector<ListLine> const lines = open_list(session);
    session.view.list_choice =
        lines.empty() ? 0 : std::min(session.view.list_choice, lines.size() - 1);
    static constexpr std::size_t most = 16;
    std::size_t const first =
        session.view.list_choice >= most ? session.view.list_choice - most + 1 : 0;
    std::size_t const shown = std::min(most, lines.size());

    float const line = frame.px(26);
    float const width = std::min(frame.px(640), window.width - frame.px(40));
    float const height = frame.px(56) + line * static_cast<float>(std::max<std::size_t>(2, shown));
    Rect const sheet{window.x + (window.width - width) / 2, window.y + frame.px(90), width, height};
    draw_sheet(frame, sheet);
    frame.items.add("List", sheet);
    float const x = sheet.x + frame.px(16);
    frame.write({x, sheet.y + frame.px(12)}, Face::heading, theme.text, texts.title);
    frame.write_right({sheet.right() - frame.px(16), sheet.y + frame.px(14)}, Face::detail,
                      theme.dim, texts.hint);
    if (lines.empty())
        frame.write_wrapped({x, sheet.y + frame.px(48)}, width - frame.px(32), Face::text,
                            theme.dim, texts.empty);
    for (std::size_t number = first; number < first + shown; ++number) {
        ListLine const& entry = lines[number];
        Rect const area{sheet.x + frame.px(8),
                        sheet.y + frame.px(44) + line * static_cast<float>(number - first),
                        width - frame.px(16), line};
        bool const chosen = number == session.view.list_choice;
        if (chosen || frame.hovers(area))
            frame.canvas.shape(area, {.fill = chosen ? theme.focus_fill : theme.raised,
                                      .border = {},
                                      .rounding = frame.px(3)});
        float const y = area.y + (area.height - frame.text_height()) / 2;
        float const key = entry.key.empty() ? 0 : frame.px(76);
        frame.write({x, y}, Face::mono, theme.changed, entry.key);
        frame.write_cut({x + key, y}, area.right() - x - key - frame.px(8), Face::text, theme.text,
                        entry.text);
        if (frame.clicked(fmt::format("List/{}", number), area)) {
            session.view.list_choice = number;
            run_list_choice(frame.commands, session);
            return;
        }
    }
}

void run_list_choice(CommandRegistry const& commands, Session& session)
{
    std::vector<ListLine> const lines = open_list(session);
    if (lines.empty())
        return;
    std::string const command = lines[std::min(session.view.list_choice, lines.size() - 1)].command;
    session.view.overlay = Overlay::none;
    if (std::string const problem = commands.run(session, command); !problem.empty())
        session.notes.push_back(problem);
}

void draw_message(Frame& frame, Rect window)
{
    float const width = std::min(frame.px(640), window.width - frame.px(60));
    auto const lines = frame.wrapped(Face::heading, frame.session.failure, width - frame.px(48));
    float const height = frame.px(90) + frame.px(22) * static_cast<float>(lines.size());
    Rect const sheet{window.x + (window.width - width) / 2, window.y + window.height * 0.3F, width,
                     height};
    draw_sheet(frame, sheet);
    frame.items.add("Message", sheet);
    float const x = sheet.x + frame.px(24);
    frame.write({x, sheet.y + frame.px(20)}, Face::bold, frame.theme.bad, "Nothing to show");
    frame.write_wrapped({x, sheet.y + frame.px(44)}, width - frame.px(48), Face::heading,
                        frame.theme.text, frame.session.failure);
    frame.write({x, sheet.bottom() - frame.px(28)}, Face::text, frame.theme.dim,
                "Ctrl+Q closes the window.");
}

} // namespace ringside::visualizer
