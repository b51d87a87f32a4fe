#include "visualizer/model/timeline.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

// ---------------------------------------------------------------- the axis

double TimelineAxis::length() const
{
    switch (kind_) {
    case StripAxis::time:
        return static_cast<double>(std::max<std::uint64_t>(model_.end_time(), 1));
    case StripAxis::host:
        return static_cast<double>(std::max<std::uint64_t>(model_.moments().latest_host(), 1));
    case StripAxis::order:
        break;
    }
    return std::max(1.0, static_cast<double>(model_.moments().size()));
}

double TimelineAxis::place_of(MomentIndex row) const
{
    if (kind_ == StripAxis::order || row >= model_.moments().size())
        return std::min(static_cast<double>(row), length());
    Moment const& moment = model_.moments()[row];
    return static_cast<double>(kind_ == StripAxis::time ? moment.time : moment.host);
}

MomentIndex TimelineAxis::first_at(double place) const
{
    MomentIndex const size = model_.moments().size();
    if (kind_ == StripAxis::order)
        return static_cast<MomentIndex>(
            std::clamp(std::ceil(place), 0.0, static_cast<double>(size)));
    MomentIndex low = 0;
    for (MomentIndex high = size; low < high;) {
        MomentIndex const middle = low + (high - low) / 2;
        if (place_of(middle) < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// ---------------------------------------------------------------- the view

namespace {

// Six rows of an ordinal axis, or the time that so many take on average.
double narrowest(TimelineAxis const& axis, double length)
{
    return axis.kind() == StripAxis::order ? std::min(6.0, length) : std::min(100.0, length);
}

void place(TimelineView& view, TimelineAxis const& axis, double begin, double span)
{
    double const length = axis.length();
    double const wide = std::clamp(span, narrowest(axis, length), length);
    view.begin = std::clamp(begin, 0.0, length - wide);
    view.end = view.begin + wide;
}

} // namespace

void show_row(TimelineView& view, TimelineAxis const& axis, MomentIndex row, double wanted)
{
    bool const chosen = view.end > view.begin;
    double const span = chosen ? view.span() : wanted;
    double const at = axis.place_of(row);
    bool const in_view = chosen && view.end <= axis.length() && at >= view.begin + span * 0.05 &&
                         at <= view.end - span * 0.05;
    view.shown = row;
    if (!in_view)
        place(view, axis, at - span / 2, span);
}

void zoom(TimelineView& view, TimelineAxis const& axis, double factor, double anchor)
{
    double const share = view.span() > 0 ? (anchor - view.begin) / view.span() : 0.5;
    double const length = axis.length();
    double const span = std::clamp(view.span() * factor, narrowest(axis, length), length);
    place(view, axis, anchor - share * span, span);
}

void pan(TimelineView& view, TimelineAxis const& axis, double share)
{
    place(view, axis, view.begin + share * view.span(), view.span());
}

void change_axis(TimelineView& view, TimelineAxis const& from, TimelineAxis const& to)
{
    double const begin = to.place_of(from.first_at(view.begin));
    double const end = to.place_of(from.first_at(view.end));
    place(view, to, begin, end - begin);
}

// ---------------------------------------------------------------- what can be told apart

namespace {

class Sorter {
public:
    Sorter(TraceModel const& model, Lane const& lane, TimelineAxis const& axis,
           TimelineView const& view, TimelineScale const& scale)
        : model_(model), lane_(lane), axis_(axis), view_(view), scale_(scale)
    {
        begin_ = lane.position_of(axis.first_at(view.begin));
        end_ = lane.position_of(axis.first_at(view.end));
        if (begin_ > 0) // the one before may reach into the view
            --begin_;
    }

    std::vector<TimelineItem> items()
    {
        bool const dense =
            static_cast<float>(end_ - begin_) * scale_.least > std::max(1.0F, scale_.width);
        if (dense)
            columns();
        else
            rows();
        return std::move(items_);
    }

private:
    float pixel(double place) const
    {
        return static_cast<float>((place - view_.begin) / view_.span()) * scale_.width;
    }
    MomentIndex row(std::uint32_t position) const { return lane_.rows[position]; }
    ExitClass class_at(std::uint32_t position) const
    {
        return model_.moments()[row(position)].exit_class;
    }

    void columns()
    {
        auto const count = static_cast<unsigned>(std::max(1.0F, scale_.width / scale_.column));
        std::uint32_t from = lane_.position_of(axis_.first_at(view_.begin));
        for (unsigned column = 0; column < count; ++column) {
            double const end = view_.begin + view_.span() * (column + 1) / count;
            std::uint32_t const to = lane_.position_of(axis_.first_at(end));
            if (to > from)
                items_.push_back({static_cast<float>(column) * scale_.column, scale_.column,
                                  Detail::density, row(from), to - from,
                                  lane_.density.between(from, to)});
            from = std::max(from, to);
        }
    }

    // How wide the row itself is: its share of the order, or what it cost on the host. In virtual
    // time an exit takes none.
    float own_width(std::uint32_t position, float room) const
    {
        if (axis_.kind() == StripAxis::order)
            return room;
        Moment const& moment = model_.moments()[row(position)];
        double const cost = axis_.kind() == StripAxis::host ? moment.cost : 0;
        float const wide = static_cast<float>(cost / view_.span()) * scale_.width;
        float const plain = std::min(room - 1, scale_.letter * 1.6F);
        return std::clamp(std::max(wide, plain), scale_.least, std::max(scale_.least, room));
    }

    void rows()
    {
        for (std::uint32_t position = begin_; position < end_;) {
            float const x = pixel(axis_.place_of(row(position)));
            std::uint32_t const next = end_of_fold(position, x);
            float const room =
                (next < lane_.size() ? pixel(axis_.place_of(row(next))) : end_of_last(next)) - x;
            TimelineItem item{x,
                              room,
                              Detail::folded,
                              row(position),
                              next - position,
                              lane_.density.between(position, next)};
            if (item.count == 1) {
                item.width = own_width(position, room);
                item.detail = item.width >= scale_.text ? Detail::sub_steps : Detail::block;
            } else if (axis_.kind() != StripAxis::order) {
                item.width = std::clamp(room - 1, scale_.least, scale_.letter * 1.6F);
            }
            if (item.x + item.width >= 0 && item.x < scale_.width)
                items_.push_back(item);
            position = next;
        }
    }

    float end_of_last(std::uint32_t position) const
    {
        return axis_.kind() == StripAxis::order ? pixel(row(position - 1) + 1.0)
                                                : pixel(axis_.length()) + scale_.letter;
    }

    // Neighbours too narrow for a letter are one block: on the ordinal axis those of one class, on
    // an axis of time those that would cover each other.
    std::uint32_t end_of_fold(std::uint32_t position, float x) const
    {
        std::uint32_t next = position + 1;
        if (axis_.kind() == StripAxis::order) {
            float const each = static_cast<float>(scale_.width / view_.span());
            while (each < scale_.letter && next < end_ && class_at(next) == class_at(position))
                ++next;
            return next;
        }
        while (next < end_ && pixel(axis_.place_of(row(next))) < x + scale_.least)
            ++next;
        return next;
    }

    TraceModel const& model_;
    Lane const& lane_;
    TimelineAxis const& axis_;
    TimelineView const& view_;
    TimelineScale const& scale_;
    std::uint32_t begin_ = 0;
    std::uint32_t end_ = 0;
    std::vector<TimelineItem> items_;
};

} // namespace

std::vector<TimelineItem> timeline_items(TraceModel const& model, Lane const& lane,
                                         TimelineAxis const& axis, TimelineView const& view,
                                         TimelineScale const& scale)
{
    if (lane.size() == 0 || view.span() <= 0 || scale.width <= 0)
        return {};
    return Sorter(model, lane, axis, view, scale).items();
}

std::string distance_text(TraceModel const& model, MomentIndex from, MomentIndex to)
{
    Moment const& first = model.moments()[std::min(from, to)];
    Moment const& last = model.moments()[std::max(from, to)];
    std::uint32_t const rows = std::max(from, to) - std::min(from, to);
    std::string text = fmt::format("{} row{}, {} of virtual time", grouped(rows),
                                   rows == 1 ? "" : "s", duration(last.time - first.time));
    if (first.host != 0)
        text += fmt::format(", {} of the host", duration(last.host - first.host));
    return text;
}

double ruler_step(double span, double marks_wanted)
{
    double const raw = std::max(1.0, span / std::max(1.0, marks_wanted));
    double const power = std::pow(10.0, std::floor(std::log10(raw)));
    for (double const factor : {1.0, 2.0, 5.0})
        if (factor * power >= raw)
            return factor * power;
    return 10 * power;
}

} // namespace ringside::visualizer
