#include "visualizer/model/focus.hpp"

namespace ringside::visualizer {

namespace {

std::optional<Focus> swap_ends(std::vector<Focus>& from, std::vector<Focus>& to, Focus const& now)
{
    if (from.empty())
        return std::nullopt;
    Focus const next = from.back();
    from.pop_back();
    to.push_back(now);
    return next;
}

} // namespace

void FocusHistory::left(Focus const& from, Move move)
{
    bool const joins_last_step = move == Move::step && last_move_ == Move::step && !past_.empty();
    last_move_ = move;
    if (from.record == no_record || joins_last_step)
        return;
    past_.push_back(from);
    future_.clear();
    if (past_.size() > longest)
        past_.erase(past_.begin());
}

std::optional<Focus> FocusHistory::back(Focus const& now)
{
    last_move_ = Move::jump;
    return swap_ends(past_, future_, now);
}

std::optional<Focus> FocusHistory::forward(Focus const& now)
{
    last_move_ = Move::jump;
    return swap_ends(future_, past_, now);
}

} // namespace ringside::visualizer
