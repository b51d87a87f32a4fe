// Commands of the guided walk.
#include "visualizer/model/command.hpp"

#include <charconv>

#include "visualizer/model/tour.hpp"

namespace ringside::visualizer {

namespace {

bool has_rows(Session const& session)
{
    return session.moment() != no_moment;
}

bool is_guided(Session const& session)
{
    return session.guide.active();
}

std::string start_tour(Session& session, std::string_view)
{
    if (auto layout = session.view.layout_called("tour"))
        session.view.layout = std::move(*layout);
    session.view.overlay = Overlay::none;
    session.view.panel = PanelId::exits;
    session.view.explained.clear();
    session.guide.start(tour_steps(), session);
    return {};
}

std::string stop(Session& session, std::string_view)
{
    session.guide.stop();
    session.view.toured = true;
    if (session.view.layout.name() == "tour")
        if (auto layout = session.view.layout_called("exit"))
            session.view.layout = std::move(*layout);
    return {};
}

std::string go_on(Session& session, std::string_view)
{
    session.guide.skip(session);
    return {};
}

std::string answer(Session& session, std::string_view argument)
{
    std::size_t number = 0;
    auto const end = argument.data() + argument.size();
    auto const result = std::from_chars(argument.data(), end, number);
    if (result.ec != std::errc() || number == 0 || !session.guide.answer(number - 1))
        return "there is no such answer to choose now";
    return {};
}

} // namespace

void add_tour_commands(CommandRegistry& registry)
{
    registry.add({"tour.start", "Take the tour", "Tour", {typed('T')}, "", start_tour, has_rows});
    registry.add({"tour.next",
                  "Tour: go on, or skip this step",
                  "Tour",
                  {pressed(Key::enter)},
                  "",
                  go_on,
                  is_guided});
    registry.add(
        {"tour.answer", "Tour: answer the question", "Tour", {}, "NUMBER", answer, is_guided});
    registry.add({"tour.stop", "Put the tour away", "Tour", {typed('t')}, "", stop, is_guided});
}

} // namespace ringside::visualizer
