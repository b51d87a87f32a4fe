// Panels as SVG: well-formed, complete, and not broken by what a guest may write.
#include "tests/catch.hpp"
#include "tests/visualizer/pilot.hpp"

#include "visualizer/panels/panel_picture.hpp"
#include "visualizer/panels/svg_canvas.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// Every tag is closed in order; returns what is wrong.
std::string xml_problem(std::string_view text)
{
    std::vector<std::string_view> open;
    for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
        std::size_t const end = text.find('>', at);
        if (end == std::string_view::npos)
            return "a tag does not end";
        std::string_view const tag = text.substr(at + 1, end - at - 1);
        if (tag.find('<') != std::string_view::npos)
            return "a tag in a tag";
        std::string_view const name = tag.substr(0, tag.find(' '));
        if (tag.starts_with('/')) {
            if (open.empty() || open.back() != name.substr(1))
                return "closes what is not open: " + std::string(name);
            open.pop_back();
        } else if (!tag.ends_with('/')) {
            open.push_back(name);
        }
        at = end;
    }
    return open.empty() ? "" : "left open: " + std::string(open.back());
}

} // namespace

TEST_CASE("every panel can be drawn as well-formed SVG, in every theme")
{
    Pilot pilot;
    pilot.load();
    pilot.session.focus_moment(60, FocusHistory::Move::jump);
    for (std::string const& panel : drawable_panels())
        for (ThemeName const theme :
             {ThemeName::dark, ThemeName::light, ThemeName::high_contrast}) {
            pilot.session.view.theme = theme;
            std::string const svg =
                panel_svg(pilot.session, pilot.commands, pilot.window.fonts(), panel, {640, 400});
            INFO(panel);
            CHECK(xml_problem(svg) == "");
            CHECK(svg.find("<text") != std::string::npos);
            CHECK(svg.find("<desc>") != std::string::npos);
        }
}

TEST_CASE("the list in a picture shows the row in focus")
{
    Pilot pilot;
    pilot.load();
    pilot.session.focus_moment(90, FocusHistory::Move::jump);
    std::uint64_t const seq = pilot.session.focus().seq;
    std::string const svg =
        panel_svg(pilot.session, pilot.commands, pilot.window.fonts(), "exits", {640, 400});
    CHECK(svg.find(">" + std::to_string(seq) + "</text>") != std::string::npos);
}

TEST_CASE("text with characters of XML's own is escaped")
{
    Pilot pilot;
    pilot.frame();
    SvgCanvas canvas(pilot.window.fonts());
    canvas.text({1, 1}, Face::text, rgb(0xffffff), "<a href=\"x\">&\x01");
    std::string const svg = canvas.document({10, 10}, "<t>", "&d");
    CHECK(xml_problem(svg) == "");
    CHECK(svg.find("&lt;a href=&quot;x&quot;&gt;&amp; <") != std::string::npos);
}

TEST_CASE("a panel that nobody made has no drawing function")
{
    CHECK(drawer_named("tartan") == nullptr);
    CHECK(drawable_panels().size() >= all_panels.size() + 2);
}
