#include "visualizer/model/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ringside::visualizer {

namespace {

// A person does not notice less; what is left is answered while the window goes on.
constexpr RowScan::Budget keystroke_budget{120};

} // namespace

std::string_view name_of(Connection connection)
{
    static constexpr std::array<std::string_view, 3> names = {"REPLAY", "LIVE", "PAUSED"};
    return names[static_cast<std::size_t>(connection)];
}

void Session::append(std::span<trace::Record const> records)
{
    trace_.append(records);
    rows_came();
}

void Session::append_block(std::shared_ptr<RecordBlock const> block, std::uint32_t number)
{
    trace_.append_block(std::move(block), number);
    rows_came();
}

void Session::rows_came()
{
    if (filtered())
        continue_filter(keystroke_budget);
    if (row_count() == 0)
        return;
    if (follow_)
        place(trace_.moments()[row(row_count() - 1)].first, row(row_count() - 1), 0);
    else if (moment_ == no_moment)
        focus_moment(row(0), FocusHistory::Move::step);
}

// ---------------------------------------------------------------- the Focus

void Session::place(RecordIndex record, MomentIndex moment, std::uint16_t step)
{
    RecordHead const head = trace_.records().head(record);
    focus_ = {record, head.seq, head.vcpu, step, std::nullopt};
    moment_ = moment;
}

RecordIndex Session::as_of() const
{
    if (moment_ == no_moment)
        return 0;
    return focus_.step == 0 ? trace_.moments()[moment_].last : focus_.record;
}

void Session::focus_moment(MomentIndex moment, FocusHistory::Move move)
{
    if (moment >= trace_.moments().size())
        return;
    if (moment != moment_)
        history_.left(focus_, move);
    follow_ = false;
    place(trace_.moments()[moment].first, moment, 0);
}

void Session::focus_record(RecordIndex record)
{
    MomentIndex const moment = trace_.moment_of(record);
    if (moment == no_moment)
        return;
    focus_moment(moment, FocusHistory::Move::jump);
    std::vector<Step> const& steps = inspection().steps;
    auto const step = std::find_if(steps.begin(), steps.end(),
                                   [&](Step const& each) { return each.record == record; });
    bool const whole = record == trace_.moments()[moment].first || step == steps.end();
    if (!whole)
        focus_step(static_cast<std::size_t>(step - steps.begin()) + 1);
}

bool Session::focus_seq(std::uint64_t seq, std::uint8_t vcpu)
{
    RecordIndex const record = trace_.records().find(vcpu, seq);
    if (record == no_record || trace_.moments().empty())
        return false;
    focus_record(record);
    return true;
}

void Session::focus_step(std::size_t step)
{
    if (moment_ == no_moment || step > inspection().steps.size())
        return;
    follow_ = false;
    RecordIndex const record =
        step == 0 ? trace_.moments()[moment_].first : inspection().steps[step - 1].record;
    place(record, moment_, static_cast<std::uint16_t>(step));
}

void Session::go(std::optional<Focus> const& to)
{
    if (!to)
        return;
    follow_ = false;
    place(to->record, trace_.moment_of(to->record), to->step);
}

void Session::back()
{
    go(history_.back(focus_));
}

void Session::forward()
{
    go(history_.forward(focus_));
}

void Session::set_follow(bool follow)
{
    if (follow && row_count() > 0)
        focus_moment(row(row_count() - 1), FocusHistory::Move::jump);
    follow_ = follow;
}

// ---------------------------------------------------------------- the filter

void Session::set_filter(std::string text)
{
    filter_text_ = std::move(text);
    ParsedFilter parsed = parse_filter(filter_text_);
    filter_problem_ = parsed.problem;
    if (!filter_problem_.empty())
        return; // the last good filter stays while a person types
    scan_.restart(std::move(parsed.filter));
    view.list_shown = no_moment;
    continue_filter(keystroke_budget);
}

bool Session::continue_filter(RowScan::Budget budget)
{
    return scan_.work(trace_, budget);
}

float Session::filter_progress() const
{
    MomentIndex const all = trace_.moments().size();
    return all == 0 ? 1.0F : static_cast<float>(scan_.scanned()) / static_cast<float>(all);
}

std::uint32_t Session::row_count() const
{
    return filtered() ? static_cast<std::uint32_t>(scan_.rows().size()) : trace_.moments().size();
}

MomentIndex Session::row(std::uint32_t position) const
{
    return filtered() ? scan_.rows()[position] : position;
}

std::uint32_t Session::position_of(MomentIndex moment) const
{
    if (!filtered())
        return std::min(moment, trace_.moments().size());
    auto const place = std::lower_bound(scan_.rows().begin(), scan_.rows().end(), moment);
    return static_cast<std::uint32_t>(place - scan_.rows().begin());
}

bool Session::passes(MomentIndex moment) const
{
    return !filtered() || std::binary_search(scan_.rows().begin(), scan_.rows().end(), moment);
}

void Session::move_rows(std::int64_t by)
{
    if (row_count() == 0)
        return;
    std::int64_t from = moment_ == no_moment ? 0 : std::int64_t{position_of(moment_)};
    // Between two rows that pass, the first step down lands on the next one.
    if (by > 0 && moment_ != no_moment && !passes(moment_))
        from -= 1;
    std::int64_t const last = std::int64_t{row_count()} - 1;
    auto const target = static_cast<std::uint32_t>(std::clamp(from + by, std::int64_t{0}, last));
    focus_moment(row(target), FocusHistory::Move::step);
}

// ---------------------------------------------------------------- for the panels

Inspection const& Session::inspection() const
{
    if (moment_ == no_moment) {
        inspection_ = {};
        inspected_ = no_moment;
        return inspection_;
    }
    RecordIndex const last = trace_.moments()[moment_].last;
    if (inspected_ != moment_ || inspected_until_ != last) {
        inspection_ = inspect(trace_, moment_);
        inspected_ = moment_;
        inspected_until_ = last;
    }
    return inspection_;
}

RegisterState Session::registers_at(RecordIndex index) const
{
    return trace_.records().empty() ? RegisterState{} : trace_.registers_at(focus_.vcpu, index);
}

RegisterState Session::registers_before() const
{
    if (moment_ == no_moment)
        return {};
    MomentIndex const before = trace_.moments().before(moment_);
    return before == no_moment ? RegisterState{} : registers_at(trace_.moments()[before].last);
}

void Session::send(trace::Command::Kind kind, std::vector<std::uint8_t> bytes)
{
    outbox.push_back({kind, std::move(bytes)});
}

} // namespace ringside::visualizer
