#include "visualizer/model/guide.hpp"

#include "visualizer/model/session.hpp"

namespace ringside::visualizer {

void Guide::start(std::vector<GuideStep> steps, Session const& session)
{
    steps_ = std::move(steps);
    place_ = 0;
    score_ = {};
    begin_step(session);
}

// Steps that make no sense on this trace are passed over without a word.
void Guide::begin_step(Session const& session)
{
    question_.reset();
    answered_.reset();
    for (; place_ < steps_.size(); ++place_) {
        GuideStep const& step = steps_[place_];
        if (step.applies && !step.applies(session))
            continue;
        if (!step.question)
            break;
        question_ = step.question(session);
        if (question_)
            break;
    }
    begun_ = {session.focus(), session.moment(), session.view.panel, session.filter_text(), false};
}

void Guide::update(Session const& session)
{
    if (session.view.overlay != Overlay::none)
        begun_.seen_overlay = true;
    GuideStep const* now = step();
    if (now == nullptr || !now->done || !now->done(session, begun_))
        return;
    ++place_;
    begin_step(session);
}

void Guide::skip(Session const& session)
{
    if (step() == nullptr)
        return;
    ++place_;
    begin_step(session);
}

bool Guide::answer(std::size_t choice)
{
    if (!question_ || answered_ || choice >= question_->choices.size())
        return false;
    answered_ = choice;
    ++score_.asked;
    score_.right += choice == question_->right ? 1 : 0;
    return true;
}

} // namespace ringside::visualizer
