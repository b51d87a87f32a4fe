// The timeline's view and what it can tell apart, without pixels of a window.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/timeline.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

TraceModel const& long_story()
{
    static TraceModel const model = [] {
        TraceModel made;
        made.append(story::records({.rounds = 3000}));
        return made;
    }();
    return model;
}

TimelineScale const screen{1000};

std::uint32_t rows_in(std::vector<TimelineItem> const& items)
{
    std::uint32_t count = 0;
    for (TimelineItem const& item : items)
        count += item.count;
    return count;
}

} // namespace

TEST_CASE("a row's place leads back to the row on every axis")
{
    TraceModel const& model = long_story();
    for (StripAxis const kind : {StripAxis::order, StripAxis::time, StripAxis::host}) {
        TimelineAxis const axis(model, kind);
        for (MomentIndex row = 0; row < model.moments().size(); row += 97) {
            MomentIndex const found = axis.first_at(axis.place_of(row));
            REQUIRE(found <= row);
            REQUIRE(axis.place_of(found) == axis.place_of(row));
        }
        CHECK(axis.first_at(axis.length() * 2) == model.moments().size());
    }
}

TEST_CASE("every row in view is in exactly one item, however far one zooms out")
{
    TraceModel const& model = long_story();
    Lane const& lane = model.lanes().all().front();
    TimelineAxis const axis(model, StripAxis::order);
    for (double const span : {6.0, 40.0, 150.0, 333.0, 5000.0, axis.length()}) {
        TimelineView const view{0, span, no_moment};
        auto const items = timeline_items(model, lane, axis, view, screen);
        CHECK(rows_in(items) == static_cast<std::uint32_t>(span));
        for (TimelineItem const& item : items)
            REQUIRE(item.width > 0);
    }
}

TEST_CASE("the closer one looks, the more is told apart")
{
    TraceModel const& model = long_story();
    Lane const& lane = model.lanes().all().front();
    TimelineAxis const axis(model, StripAxis::order);
    auto const detail_at = [&](double span) {
        return timeline_items(model, lane, axis, {100, 100 + span, no_moment}, screen).at(1).detail;
    };
    CHECK(detail_at(8) == Detail::sub_steps);
    CHECK(detail_at(60) == Detail::block);
    CHECK(detail_at(20'000) == Detail::density);
    auto const folded = timeline_items(model, lane, axis, {0, 300, no_moment}, screen);
    CHECK(std::any_of(folded.begin(), folded.end(), [](TimelineItem const& item) {
        return item.detail == Detail::folded && item.count > 1;
    }));
}

TEST_CASE("a folded block holds rows of one class only, on the ordinal axis")
{
    TraceModel const& model = long_story();
    TimelineAxis const axis(model, StripAxis::order);
    for (TimelineItem const& item :
         timeline_items(model, model.lanes().all().front(), axis, {0, 300, no_moment}, screen)) {
        ExitClass const expected = model.moments()[item.first].exit_class;
        CHECK(item.classes[static_cast<std::size_t>(expected)] == item.count);
    }
}

TEST_CASE("on an axis of time no block covers the next by more than its least width")
{
    TraceModel const& model = long_story();
    TimelineAxis const axis(model, StripAxis::time);
    TimelineView view{0, axis.length() / 100, no_moment};
    auto const items = timeline_items(model, model.lanes().all().front(), axis, view, screen);
    REQUIRE(items.size() > 3);
    for (std::size_t next = 1; next < items.size(); ++next)
        REQUIRE(items[next].x >= items[next - 1].x + screen.least - 0.01F);
}

TEST_CASE("zooming keeps what is under the mouse where it is")
{
    TimelineAxis const axis(long_story(), StripAxis::order);
    TimelineView view{1000, 2000, no_moment};
    zoom(view, axis, 0.5, 1250);
    CHECK(view.begin == Approx(1125));
    CHECK(view.end == Approx(1625));
    zoom(view, axis, 2, 1250);
    CHECK(view.begin == Approx(1000));
}

TEST_CASE("neither zooming nor panning leaves the trace")
{
    TimelineAxis const axis(long_story(), StripAxis::order);
    TimelineView view{0, 100, no_moment};
    pan(view, axis, -3);
    CHECK(view.begin == 0);
    CHECK(view.span() == 100);
    pan(view, axis, 1e9);
    CHECK(view.end == axis.length());
    zoom(view, axis, 1e9, 50);
    CHECK(view.begin == 0);
    CHECK(view.end == axis.length());
    zoom(view, axis, 1e-9, 50);
    CHECK(view.span() == Approx(6));
}

TEST_CASE("the view moves by itself only when the row is out of it")
{
    TimelineAxis const axis(long_story(), StripAxis::order);
    TimelineView view;
    show_row(view, axis, 500, 60);
    CHECK(view.begin == Approx(470));
    show_row(view, axis, 505, 60);
    CHECK(view.begin == Approx(470));
    show_row(view, axis, 900, 60);
    CHECK(view.begin == Approx(870));
    CHECK(view.shown == 900);
}

TEST_CASE("another axis shows the same rows")
{
    TraceModel const& model = long_story();
    TimelineAxis const order(model, StripAxis::order);
    TimelineAxis const time(model, StripAxis::time);
    TimelineView view{600, 700, no_moment};
    change_axis(view, order, time);
    CHECK(time.first_at(view.begin) <= 600);
    CHECK(time.first_at(view.end) <= 700);
    CHECK(time.first_at(view.end) > 690);
}

TEST_CASE("marks of the ruler stand 1, 2 or 5 times a power of ten apart")
{
    CHECK(ruler_step(100, 10) == 10);
    CHECK(ruler_step(101, 10) == 20);
    CHECK(ruler_step(3000, 10) == 500);
    CHECK(ruler_step(6000, 10) == 1000);
    CHECK(ruler_step(3, 10) == 1);
}

TEST_CASE("a distance is told in rows and in both times, whichever end comes first")
{
    TraceModel const& model = long_story();
    std::string const text = distance_text(model, 10, 30);
    CHECK(text.starts_with("20 rows, "));
    CHECK(text.find("of virtual time") != std::string::npos);
    CHECK(text.find("of the host") != std::string::npos);
    CHECK(distance_text(model, 30, 10) == text);
    CHECK(distance_text(model, 10, 11).starts_with("1 row, "));
}
