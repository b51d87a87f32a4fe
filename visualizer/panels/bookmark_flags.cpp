#include "visualizer/panels/bookmark_flags.hpp"

#include <fmt/format.h>

namespace ringside::visualizer {

namespace {

// The row that a place lies in, found by the rows' own numbers: no record is read for it.
MomentIndex row_of(TraceModel const& trace, Place place)
{
    for (Lane const& lane : trace.lanes().all()) {
        if (lane.vcpu != place.vcpu)
            continue;
        std::uint32_t low = 0;
        for (std::uint32_t high = lane.size(); low < high;) {
            std::uint32_t const middle = low + (high - low) / 2;
            if (trace.moments()[lane.rows[middle]].seq <= place.seq)
                low = middle + 1;
            else
                high = middle;
        }
        return low > 0 ? lane.rows[low - 1] : no_moment;
    }
    return no_moment;
}

} // namespace

void draw_bookmark_flags(Frame& frame, std::string_view path, Rect area,
                         std::function<float(MomentIndex)> const& pixel_of)
{
    auto const& bookmarks = frame.session.sidecar.bookmarks;
    float const side = frame.px(12);
    for (std::size_t key = 0; key < bookmarks.size(); ++key) {
        MomentIndex const row =
            bookmarks[key] ? row_of(frame.session.trace(), bookmarks[key]->place) : no_moment;
        if (row == no_moment)
            continue;
        float const x = pixel_of(row);
        if (x < area.x || x > area.right())
            continue;
        Rect const flag{x, area.y, side, side};
        frame.canvas.line({x, area.y}, {x, area.bottom()}, frame.theme.good, frame.px(1.5F));
        frame.canvas.shape(flag, {.fill = frame.theme.good, .border = {}});
        frame.write_middle(flag, Face::letter, ink_on(frame.theme.good), fmt::format("{}", key));
        frame.explain(flag, fmt::format("Bookmark {}", key), bookmarks[key]->label);
        if (frame.clicked(fmt::format("{}/Bookmark {}", path, key), flag))
            frame.run(fmt::format("bookmark.go-{}", key));
    }
}

} // namespace ringside::visualizer
