#include "visualizer/model/row_scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <thread>

namespace ringside::visualizer {

namespace {

// Rows between two looks at the clock: a few milliseconds' worth even where text is searched.
constexpr MomentIndex slice = 32 * 1024;

// What makes two rows of the same words: all that row_text looks at.
struct Look {
    std::uint64_t address = 0;
    std::uint64_t value = 0;
    std::uint64_t rip = 0;
    RegisterName const* reg = nullptr;
    std::uint64_t rest = 0;
    bool operator==(Look const&) const = default;
};

Look look_of(Moment const& row)
{
    std::array<std::uint8_t, 8> const rest = {row.event,
                                              static_cast<std::uint8_t>(row.kind),
                                              static_cast<std::uint8_t>(row.verdict),
                                              row.device,
                                              row.width,
                                              row.unclaimed,
                                              row.open,
                                              0};
    return {row.address, row.value, row.rip, row.reg, std::bit_cast<std::uint64_t>(rest)};
}

// Other rows carry text that only their record has.
bool is_told_by_its_fields(Moment const& row)
{
    return !row.told &&
           (row.is_exit() || row.event == trace::LineChanged::id ||
            row.event == trace::InterruptPending::id || row.event == trace::InterruptInjected::id);
}

// A guest does the same few things again and again: remembers the latest answers.
class Matcher {
public:
    Matcher(Filter const& filter, TraceModel const& model, bool repeats)
        : filter_(filter), model_(model), repeats_(repeats), known_(repeats ? room : 0)
    {
    }

    bool matches(Moment const& row)
    {
        if (!repeats_ || !is_told_by_its_fields(row))
            return filter_.matches(model_, row);
        Look const look = look_of(row);
        Answer& answer = known_[place_of(look)];
        if (!answer.valid || !(answer.look == look))
            answer = {look, true, filter_.matches(model_, row)};
        return answer.passes;
    }

private:
    struct Answer {
        Look look;
        bool valid = false;
        bool passes = false;
    };
    static constexpr std::size_t room = 4096;

    static std::size_t place_of(Look const& look)
    {
        std::uint64_t hash = look.address * 0x9e37'79b9'7f4a'7c15U;
        hash = (hash ^ look.value) * 0xff51'afd7'ed55'8ccdU;
        hash = (hash ^ look.rip ^ look.rest) * 0xc4ce'b9fe'1a85'ec53U;
        return (hash >> 40) % room;
    }

    Filter const& filter_;
    TraceModel const& model_;
    bool repeats_;
    std::vector<Answer> known_;
};

bool asks_for_words(FilterNode const& node)
{
    if (node.kind == FilterNode::Kind::search)
        return true;
    if (node.kind == FilterNode::Kind::compare)
        return node.field >= FilterField::kind;
    return std::any_of(node.children.begin(), node.children.end(), asks_for_words);
}

// Of two rows that look alike, only these fields differ.
bool asks_for_the_row_itself(FilterNode const& node)
{
    if (node.kind == FilterNode::Kind::compare)
        return node.field == FilterField::seq || node.field == FilterField::time ||
               node.field == FilterField::cost || node.field == FilterField::vcpu;
    return std::any_of(node.children.begin(), node.children.end(), asks_for_the_row_itself);
}

} // namespace

void RowScan::restart(Filter filter)
{
    filter_ = std::move(filter);
    repeats_ = asks_for_words(filter_.root()) && !asks_for_the_row_itself(filter_.root());
    scanned_ = 0;
    rows_.clear();
}

bool RowScan::work(TraceModel const& model, Budget budget)
{
    using Clock = std::chrono::steady_clock;
    MomentIndex const end = model.moments().size();
    if (matches_everything())
        scanned_ = end;
    if (scanned_ == end)
        return true;
    auto const enough = Clock::now() + budget;
    std::size_t const cores = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
    std::vector<Matcher> matchers(cores, Matcher(filter_, model, repeats_));
    std::vector<std::vector<MomentIndex>> found(cores);
    do { // at least once: on a busy machine the budget may be spent before the first look
        MomentIndex const begin = scanned_;
        auto const ask = [&](std::size_t core) {
            found[core].clear();
            auto const from = std::min<std::uint64_t>(end, begin + core * slice);
            auto const to = std::min<std::uint64_t>(end, from + slice);
            for (auto row = static_cast<MomentIndex>(from); row < to; ++row)
                if (matchers[core].matches(model.moments()[row]))
                    found[core].push_back(row);
        };
        {
            std::vector<std::jthread> helpers;
            for (std::size_t core = 1; core < cores && begin + core * slice < end; ++core)
                helpers.emplace_back(ask, core);
            ask(0);
        }
        scanned_ = static_cast<MomentIndex>(std::min<std::uint64_t>(end, begin + cores * slice));
        for (std::vector<MomentIndex>& rows : found) {
            rows_.insert(rows_.end(), rows.begin(), rows.end());
            rows.clear();
        }
    } while (scanned_ < end && Clock::now() < enough);
    return scanned_ == end;
}

} // namespace ringside::visualizer
