// One page table as a field of cells: a part of the page-walk panel.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"
#include "visualizer/model/table_view.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

std::string text_of(TableCell const& cell)
{
    if (!cell.known)
        return "No walk has read this entry up to here: the trace does not know it.";
    if (!cell.present)
        return fmt::format("{}: not present.", hex(cell.entry));
    return fmt::format("{}: present{}{}. A click leads to the walk that read it.", hex(cell.entry),
                       cell.large ? ", maps a large page" : "",
                       cell.no_execute ? ", not executable" : "");
}

void draw_cell(Frame& frame, Rect area, TableCell const& cell, std::size_t index, bool focused)
{
    Theme const& theme = frame.theme;
    Color const fill = !cell.known || !cell.present ? Color{}
                       : cell.large                 ? theme.of(ExitClass::page)
                       : cell.no_execute            ? theme.of(ExitClass::control)
                                                    : theme.of(ExitClass::mmio);
    Rect const dot{area.x + area.width / 2 - 1, area.y + area.height / 2 - 1, 2, 2};
    if (!cell.known)
        frame.canvas.shape(dot, {.fill = theme.line, .border = {}});
    else
        frame.canvas.shape(area.inset(frame.px(0.5F)),
                           {.fill = fill, .border = cell.present ? Color{} : theme.bad});
    if (focused)
        frame.canvas.shape(
            {area.x - frame.px(1), area.y - frame.px(1), area.width + frame.px(2),
             area.height + frame.px(2)},
            {.fill = {}, .border = theme.focus, .rounding = 0, .thickness = frame.px(2)});
    if (!frame.hovers(area))
        return;
    frame.explain(area, fmt::format("entry {} ({})", index, hex(index)), text_of(cell));
    if (frame.mouse.clicked && cell.known)
        frame.session.focus_record(cell.teller);
}

} // namespace

// The table of the rung a person chose, else of the one that decided.
float draw_page_table(Frame& frame, Rect area, Ladder const& ladder, trace::PageWalk const& walk,
                      RecordIndex now)
{
    if (ladder.rungs.empty())
        return 0;
    std::size_t const rung = std::min(frame.session.view.walk_rung, ladder.rungs.size() - 1);
    TablePicture const picture =
        table_picture(frame.session.trace(), walk, ladder.rungs[rung], now);
    std::size_t const rows = (picture.cells.size() + picture.columns - 1) / picture.columns;
    float const side =
        std::clamp(area.width / static_cast<float>(picture.columns), frame.px(5), frame.px(12));
    auto const known = std::count_if(picture.cells.begin(), picture.cells.end(),
                                     [](TableCell const& cell) { return cell.known; });
    frame.write_cut({area.x, area.y}, area.width, Face::small, frame.theme.dim,
                    fmt::format("the {} at {}: {} of {} entries are known; click a rung for "
                                "another table",
                                picture.name, hex(picture.gpa), known, picture.cells.size()));
    float const top = area.y + frame.px(18);
    Rect const field{area.x, top, side * static_cast<float>(picture.columns),
                     side * static_cast<float>(rows)};
    frame.canvas.shape(field, {.fill = {}, .border = frame.theme.line});
    frame.items.add("Walk/Table", field);
    for (std::size_t index = 0; index < picture.cells.size(); ++index) {
        auto const column = static_cast<float>(index % picture.columns);
        auto const row = static_cast<float>(index / picture.columns);
        draw_cell(frame, {field.x + column * side, field.y + row * side, side, side},
                  picture.cells[index], index, index == picture.focus);
    }
    return frame.px(18) + field.height + frame.px(8);
}

} // namespace ringside::visualizer
