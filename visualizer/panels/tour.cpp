// The panel of the guided walk: where one is, what to do now, and the question with its answers.
#include <algorithm>

#include <fmt/format.h>

#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

std::string keys_of(CommandRegistry const& commands, std::string_view id)
{
    Command const* command = commands.find(id);
    if (command == nullptr || command->keys.empty())
        return std::string(id);
    std::string text;
    for (KeyChord const& chord : command->keys)
        text += (text.empty() ? "" : " or ") + text_of(chord);
    return text;
}

// "{kind.next}" becomes "n".
std::string with_keys(CommandRegistry const& commands, std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        std::size_t const open = text.find('{');
        std::size_t const close = text.find('}', std::min(open, text.size()));
        if (close == std::string_view::npos)
            return result.append(text);
        result.append(text.substr(0, open));
        result += keys_of(commands, text.substr(open + 1, close - open - 1));
        text.remove_prefix(close + 1);
    }
    return result;
}

struct Pen {
    Frame& frame;
    Rect area;
    float y = 0;
    void text(Face face, Color color, std::string_view words)
    {
        y += frame.write_wrapped({area.x, y}, area.width, face, color, words) + frame.px(8);
    }
};

void draw_progress(Pen& pen, Guide const& guide)
{
    Frame& frame = pen.frame;
    float const gap = frame.px(3);
    auto const count = static_cast<float>(guide.size());
    float const width = (pen.area.width - gap * (count - 1)) / count;
    for (std::size_t step = 0; step < guide.size(); ++step) {
        Rect const piece{pen.area.x + static_cast<float>(step) * (width + gap), pen.y, width,
                         frame.px(4)};
        Color const color = step < guide.place()    ? frame.theme.good
                            : step == guide.place() ? frame.theme.focus
                                                    : frame.theme.line;
        frame.canvas.shape(piece, {.fill = color, .border = {}, .rounding = frame.px(2)});
    }
    pen.y += frame.px(14);
}

void draw_choices(Pen& pen, Guide const& guide)
{
    Frame& frame = pen.frame;
    Question const& question = *guide.question();
    auto const answered = guide.answered();
    for (std::size_t number = 0; number < question.choices.size(); ++number) {
        Rect const area{pen.area.x, pen.y, std::min(pen.area.width, frame.px(260)), frame.px(24)};
        bool const reveal = answered && number == question.right;
        bool const wrong = answered && *answered == number && number != question.right;
        std::string const label = fmt::format("{}{}",
                                              reveal  ? "\xe2\x9c\x93 "
                                              : wrong ? "\xe2\x9c\x97 "
                                                      : "",
                                              question.choices[number]);
        if (frame.button(fmt::format("Tour/Answer {}", number + 1), area, label, !answered, reveal))
            frame.run(fmt::format("tour.answer {}", number + 1));
        pen.y += frame.px(28);
    }
    if (!answered)
        return;
    bool const right = *answered == question.right;
    pen.text(Face::text, right ? frame.theme.good : frame.theme.bad,
             (right ? "Right. " : "Not this time. ") + question.because);
}

void draw_buttons(Pen& pen, Guide const& guide)
{
    Frame& frame = pen.frame;
    float const height = frame.px(24);
    bool const open_question = guide.question() && !guide.answered();
    std::string_view const label = guide.answered() ? "Go on"
                                   : open_question  ? "Skip"
                                                    : "Skip step";
    Rect const next{pen.area.x, pen.y, frame.px(90), height};
    if (!guide.finished() &&
        frame.button("Tour/Next", next, label, true, guide.answered().has_value()))
        frame.run("tour.next");
    Rect const stop{guide.finished() ? pen.area.x : next.right() + frame.px(8), pen.y,
                    frame.px(110), height};
    if (frame.button("Tour/Stop", stop, guide.finished() ? "Close the tour" : "End the tour", true,
                     false))
        frame.run("tour.stop");
}

} // namespace

void draw_tour(Frame& frame, Rect area)
{
    Guide const& guide = frame.session.guide;
    std::string const remark = guide.active() && !guide.finished()
                                   ? fmt::format("step {} of {}", guide.place() + 1, guide.size())
                                   : std::string();
    Rect const body = draw_title(frame, PanelId::tour, area, remark).inset(frame.px(12));
    frame.canvas.clip(Rect{area.x, body.y, area.width, area.bottom() - body.y});
    Pen pen{frame, body, body.y};
    if (!guide.active()) {
        pen.text(Face::text, frame.theme.dim,
                 "Five minutes: what the window shows and how to move in it.");
        if (frame.button("Tour/Start", {body.x, pen.y, frame.px(120), frame.px(26)},
                         "Take the tour", true, true))
            frame.run("tour.start");
        frame.canvas.clip(std::nullopt);
        return;
    }
    draw_progress(pen, guide);
    if (guide.finished())
        pen.text(Face::heading, frame.theme.text, "That was the tour.");
    else if (guide.question())
        pen.text(Face::heading, frame.theme.text, guide.question()->ask);
    else
        pen.text(Face::heading, frame.theme.text, with_keys(frame.commands, guide.step()->text));
    if (guide.question())
        draw_choices(pen, guide);
    if (guide.score().asked > 0)
        pen.text(Face::text, frame.theme.dim,
                 fmt::format("{} of {} predicted", guide.score().right, guide.score().asked));
    draw_buttons(pen, guide);
    frame.canvas.clip(std::nullopt);
}

} // namespace ringside::visualizer
