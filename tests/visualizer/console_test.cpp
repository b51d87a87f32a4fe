// The guest's console: lines, control characters, who wrote which character.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/console_text.hpp"
#include "visualizer/model/trace_model.hpp"

using namespace ringside::visualizer;

namespace {

std::string line_text(ConsoleText const& console, std::size_t line)
{
    std::string text;
    for (ConsoleCell const& cell : console.lines()[line])
        text += cell.byte;
    return text;
}

void write(ConsoleText& console, std::string_view text)
{
    ringside::visualizer::RecordIndex index = 0;
    for (char const letter : text)
        console.write(index++, static_cast<std::uint8_t>(letter));
}

} // namespace

TEST_CASE("each character on the console knows the record that wrote it")
{
    ConsoleText console;
    write(console, "ab\ncd");
    REQUIRE(console.lines().size() == 2);
    CHECK(console.lines()[0][1].writer == 1);
    CHECK(console.lines()[1][0].byte == 'c');
    CHECK(console.lines()[1][0].writer == 3);
}

TEST_CASE("a carriage return writes over the line and a backspace over the character")
{
    ConsoleText console;
    write(console, "hello\rJ\b\bY");
    CHECK(line_text(console, 0) == "Yello");
}

TEST_CASE("a tab goes to the next column of eight")
{
    ConsoleText console;
    write(console, "ab\tc");
    CHECK(line_text(console, 0) == "ab      c");
}

TEST_CASE("an endless line is broken, not kept growing")
{
    ConsoleText console;
    write(console, std::string(2000, 'x'));
    CHECK(console.lines().size() > 3);
}

TEST_CASE("the place on the console at a record is where the last character before it stands")
{
    ConsoleText console;
    console.write(10, 'a');
    console.write(20, '\n');
    console.write(30, 'b');
    CHECK(console.place_at(15).line == 0);
    CHECK(console.place_at(30).line == 1);
    CHECK(console.place_at(30).column == 0);
}

TEST_CASE("the story's greeting is the console's first line")
{
    TraceModel model;
    model.append(story::records());
    CHECK(line_text(model.console(), 0) == "Hello from long mode");
}
