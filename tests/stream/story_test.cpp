// The stream told as sentences.
#include "engine/stream/export_text.hpp"

#include "tests/catch.hpp"

using namespace ringside;
using stream::Story;

namespace {

/// Feeds one exit of a write to a port, as the machine tells it.
struct Teller {
    Story story;
    std::vector<std::string> lines;
    std::uint64_t seq = 0;

    void record(trace::Event event)
    {
        trace::Record record;
        record.seq = seq++;
        record.event = std::move(event);
        for (std::string& line : story.tell(record))
            lines.push_back(std::move(line));
    }
    void exit(std::uint64_t port, char value, std::vector<trace::Event> const& inside)
    {
        trace::ExitBegin begin;
        begin.kind = trace::ExitKind::port_out;
        begin.address = port;
        begin.value = static_cast<std::uint64_t>(value);
        record(begin);
        for (trace::Event const& event : inside)
            record(event);
        record(trace::ExitEnd{});
    }
    void print(char value)
    {
        exit(0x3f8, value,
             {trace::DeviceAccess{},
              trace::ConsoleByte{trace::Direction::write, static_cast<std::uint8_t>(value)}});
    }
    std::string all()
    {
        for (std::string& line : story.finish())
            lines.push_back(std::move(line));
        std::string text;
        for (std::string const& line : lines)
            text += line + "\n";
        return text;
    }
};

} // namespace

TEST_CASE("characters printed one exit each are told as the text they make")
{
    Teller teller;
    for (char const character : {'h', 'i', '\n'})
        teller.print(character);
    CHECK(teller.all() ==
          "#0 0.000 us  The guest prints \"hi\\n\": 3 exits, one for each character.\n");
}

TEST_CASE("another event between two characters ends the first text")
{
    Teller teller;
    teller.print('a');
    teller.record(trace::Marker{trace::Text("half time")});
    teller.print('b');
    std::string const text = teller.all();
    CHECK(text.find("\"a\": one exit.") < text.find("== half time =="));
    CHECK(text.find("== half time ==") < text.find("\"b\": one exit."));
}

TEST_CASE("an exit that prints and does more is told in full")
{
    Teller teller;
    teller.exit(0x3f8, 'x',
                {trace::ConsoleByte{trace::Direction::write, 'x'}, trace::LineChanged{4, true}});
    CHECK(teller.all().find("IRQ line 4 is raised") != std::string::npos);
}

TEST_CASE("bytes that are not text never reach the terminal as they are")
{
    Teller teller;
    teller.print('\x1b');
    CHECK(teller.all().find('\x1b') == std::string::npos);
}
