// Packets by the tens of thousands, from nearly right to noise: every one is answered exactly once,
// and the machine is never used while it runs.
#include <array>
#include <random>

#include "tests/control/conversation.hpp"

using namespace ringside;
using namespace ringside::control;

namespace {

constexpr auto starts = std::to_array<std::string_view>({"?",
                                                         "g",
                                                         "G",
                                                         "p",
                                                         "P",
                                                         "m",
                                                         "M",
                                                         "X",
                                                         "c",
                                                         "s",
                                                         "bc",
                                                         "bs",
                                                         "C",
                                                         "S",
                                                         "vCont;",
                                                         "vCont?",
                                                         "Z0,",
                                                         "Z2,",
                                                         "z0,",
                                                         "Z4,",
                                                         "H",
                                                         "Hg",
                                                         "T",
                                                         "qC",
                                                         "qSupported:",
                                                         "qXfer:features:read:target.xml:",
                                                         "qRcmd,",
                                                         "qThreadExtraInfo,",
                                                         "qfThreadInfo",
                                                         "QNonStop",
                                                         "vFile:",
                                                         "!",
                                                         "R"});
constexpr auto pieces = std::to_array<std::string_view>({"0",
                                                         "1",
                                                         "1000",
                                                         "1008",
                                                         "2000",
                                                         "3ffe",
                                                         "ffffffffffffffff",
                                                         "-1",
                                                         ",",
                                                         ",4",
                                                         ";",
                                                         ":",
                                                         "=",
                                                         "s",
                                                         "c",
                                                         ":1",
                                                         ":2",
                                                         "aa",
                                                         "}",
                                                         "swbreak+",
                                                         "\xff",
                                                         std::string_view("\0", 1),
                                                         "64657363"});

class Talk {
public:
    explicit Talk(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }

    std::string packet()
    {
        std::string text(starts[below(starts.size())]);
        for (std::size_t count = below(6); count != 0; --count)
            text += pieces[below(pieces.size())];
        return text;
    }

private:
    std::mt19937_64 random_; // the same everywhere, unlike the library's distributions
};

/// The packets in a stretch of output, besides acknowledgments and text for the person.
unsigned answers(std::string_view output)
{
    PacketReader reader;
    reader.feed(output);
    unsigned count = 0;
    while (std::optional<Received> const received = reader.next()) {
        REQUIRE(received->kind == Received::Kind::packet);
        bool const is_text = received->payload.starts_with('O') && received->payload != "OK";
        count += is_text ? 0 : 1;
    }
    return count;
}

} // namespace

TEST_CASE("every packet is answered once, whatever is in it")
{
    Talk talk(1);
    Conversation gdb(2);
    for (int round = 0; round < 40'000; ++round) {
        std::string const packet = talk.packet();
        INFO("packet " << round << ": " << packet);
        gdb.session.receive(framed(packet));
        gdb.machine.cpu(0).rip = 0x1000; // it may have been sent anywhere
        gdb.machine.cpu(1).rip = 0x1000;
        std::copy_n("\x48\xff\xc0\xaa\x90\x48\xff\xc0\xaa\xeb\xf5\xf4", 12,
                    &gdb.machine.byte(0x1000));
        gdb.machine.cpu(0).gpr[x86::rdi] = 0x2000;
        gdb.machine.cpu(1).gpr[x86::rdi] = 0x3000;
        gdb.machine.run(3);
        if (gdb.machine.wants_to_run())
            gdb.session.receive("\x03");
        REQUIRE(answers(gdb.heard()) == 1);
        REQUIRE_FALSE(gdb.session.over());
    }
}

TEST_CASE("noise of every length ends in silence, refusals or a broken conversation, never worse")
{
    Talk talk(2);
    unsigned dropped = 0;
    for (int round = 0; round < 3'000; ++round) {
        Conversation gdb;
        std::string noise;
        for (std::size_t count = talk.below(60); count != 0; --count)
            noise += talk.below(3) == 0 ? "$#+-\x03}g"[talk.below(7)]
                                        : static_cast<char>(talk.below(256));
        if (talk.below(2) == 0)
            noise = framed(talk.packet()).substr(talk.below(4)) + noise;
        for (std::size_t at = 0; at < noise.size(); at += 7)
            gdb.session.receive(noise.substr(at, 7));
        dropped += gdb.session.over() ? 1 : 0;
    }
    CHECK(dropped > 1'000);
    CHECK(dropped < 3'000);
}
