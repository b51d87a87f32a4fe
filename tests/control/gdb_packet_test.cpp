// Framing: what a packet is, and what is none.
#include <string>

#include "engine/control/gdb_packet.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::control;

namespace {

using Kind = Received::Kind;

std::optional<Received> only(std::string_view bytes)
{
    PacketReader reader;
    reader.feed(bytes);
    return reader.next();
}

} // namespace

TEST_CASE("a packet is framed with the sum of its bytes")
{
    CHECK(framed("") == "$#00");
    CHECK(framed("OK") == "$OK#9a");
    CHECK(only("$OK#9a")->payload == "OK");
    CHECK(only("$OK#9A")->kind == Kind::packet);
}

TEST_CASE("a packet may arrive byte by byte")
{
    PacketReader reader;
    for (char const byte : std::string_view("+$OK#9")) {
        reader.feed(std::string_view(&byte, 1));
        CHECK_FALSE(reader.next());
    }
    reader.feed("a");
    CHECK(reader.next()->payload == "OK");
    CHECK_FALSE(reader.next());
}

TEST_CASE("acknowledgments, refusals and Ctrl-C stand between packets")
{
    PacketReader reader;
    reader.feed("+++\x03-$OK#9a\x03");
    CHECK(reader.next()->kind == Kind::interrupt);
    CHECK(reader.next()->kind == Kind::again);
    CHECK(reader.next()->kind == Kind::packet);
    CHECK(reader.next()->kind == Kind::interrupt);
    CHECK_FALSE(reader.next());
}

TEST_CASE(
    "a wrong checksum, or one that is no number, is a damaged packet, and the next one counts")
{
    PacketReader reader;
    reader.feed("$OK#9b$OK#zz$OK#9a");
    CHECK(reader.next()->kind == Kind::damaged_packet);
    CHECK(reader.next()->kind == Kind::damaged_packet);
    CHECK(reader.next()->kind == Kind::packet);
}

TEST_CASE("a Ctrl-C inside a packet is a byte of it")
{
    CHECK(only(framed("X\x03"))->payload == "X\x03");
}

TEST_CASE("a packet without an end is given up when it is too long")
{
    PacketReader reader;
    reader.feed("$" + std::string(most_packet_bytes, 'x'));
    CHECK_FALSE(reader.next());
    reader.feed("x");
    CHECK(reader.next()->kind == Kind::nonsense);
    reader.feed("#00$OK#9a");
    CHECK_FALSE(reader.next());
}

TEST_CASE("a packet of the greatest length is taken, and one byte more is not")
{
    CHECK(only(framed(std::string(most_packet_bytes, 'x')))->kind == Kind::packet);
    CHECK(only(framed(std::string(most_packet_bytes + 1, 'x')))->kind == Kind::nonsense);
}

TEST_CASE("a browser that posts to the port is turned away at its first letter")
{
    CHECK(only("POST / HTTP/1.1\r\n\r\n$k#6b")->kind == Kind::nonsense);
}

TEST_CASE("escaping is undone by unescaping, for every byte")
{
    std::string every;
    for (int byte = 0; byte < 256; ++byte)
        every += static_cast<char>(byte);
    CHECK(unescaped(escaped(every)) == every);
    CHECK(escaped("}#$*") == "}]}\x03}\x04}\n");
    CHECK_FALSE(unescaped("abc}"));
}

TEST_CASE("hexadecimal text is bytes, or nothing")
{
    CHECK(from_hex("00fFa5") == std::vector<std::uint8_t>{0, 0xff, 0xa5});
    CHECK(from_hex("")->empty());
    CHECK_FALSE(from_hex("0"));
    CHECK_FALSE(from_hex("0g"));
    CHECK(text_to_hex("Hi\n") == "48690a");
}
