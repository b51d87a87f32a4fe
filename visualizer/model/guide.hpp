// A guided walk: steps that are done when the person has really done them, and questions to be
// answered before the answer is shown. The tour of the first five minutes is one such walk; a lab
// can bring its own steps.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/focus.hpp"
#include "visualizer/model/layout.hpp"
#include "visualizer/model/moments.hpp"

namespace ringside::visualizer {

class Session;

/// What things were like when a step began, for "has it changed since?".
struct Situation {
    Focus focus;
    MomentIndex moment = no_moment;
    PanelId panel = PanelId::exits;
    std::string filter;
    bool seen_overlay = false; ///< something lay on top since
};

/// Predict, then see: a question about this trace, with the right answer among the choices.
struct Question {
    std::string ask;
    std::vector<std::string> choices;
    std::size_t right = 0;
    std::string because; ///< said afterwards
};

struct GuideStep {
    std::string_view id;
    /// What to do and why. "{kind.next}" stands for that command's keys.
    std::string_view text;
    std::string_view highlight; ///< the item to frame: "Inspector", "Toolbar/Filter"; may be empty
    std::function<bool(Session const&)> applies; ///< empty: always
    std::function<bool(Session const&, Situation const&)> done;
    std::function<std::optional<Question>(Session const&)> question; ///< instead of done
};

class Guide {
public:
    struct Score {
        unsigned right = 0;
        unsigned asked = 0;
        bool operator==(Score const&) const = default;
    };

    void start(std::vector<GuideStep> steps, Session const& session);
    void stop() { steps_.clear(); }
    bool active() const { return !steps_.empty(); }
    bool finished() const { return active() && place_ >= steps_.size(); }

    std::size_t place() const { return place_; } ///< from 0
    std::size_t size() const { return steps_.size(); }
    GuideStep const* step() const { return finished() || !active() ? nullptr : &steps_[place_]; }
    std::optional<Question> const& question() const { return question_; }
    /// What was said to the last question, once it is answered.
    std::optional<std::size_t> answered() const { return answered_; }
    Score score() const { return score_; }

    /// Goes on when the step is done. Called once for every frame, and by tests.
    void update(Session const& session);
    /// The person gives up on this step, or goes on after an answer.
    void skip(Session const& session);
    /// Counts it, and shows what is right. False: nothing was asked, or it has been answered.
    bool answer(std::size_t choice);

private:
    void begin_step(Session const& session);

    std::vector<GuideStep> steps_;
    std::size_t place_ = 0;
    Situation begun_;
    std::optional<Question> question_;
    std::optional<std::size_t> answered_;
    Score score_;
};

} // namespace ringside::visualizer
