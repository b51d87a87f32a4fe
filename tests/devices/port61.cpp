// Port 61h: the switch and the window of PIT counter 2.
#include "engine/devices/port61.hpp"

#include "engine/devices/frequency.hpp"
#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

using namespace ringside;
using namespace ringside::devices;

namespace {

struct Speaker {
    KeptNotes notes;
    Pit8254 pit{{}, nullptr};
    Port61 port{pit, &notes};

    void out(std::uint8_t value) { port.write(0, 1, value); }
    std::uint8_t in() { return static_cast<std::uint8_t>(port.read(0, 1)); }
    void advance(Tick tick) { pit.advance_to(time_of_tick(tick, Pit8254::frequency)); }
    void start_counter2(std::uint8_t control_word, std::uint16_t count)
    {
        pit.write(3, 1, control_word);
        pit.write(2, 1, count & 0xffU);
        pit.write(2, 1, count >> 8);
    }
};

} // namespace

TEST_CASE("Bits 0 to 3 of port 61h read back, the others cannot be written")
{
    Speaker speaker;
    speaker.out(0xff);
    CHECK((speaker.in() & 0xcf) == 0x0f);
    speaker.out(0x00);
    CHECK((speaker.in() & 0xcf) == 0x00);
}

TEST_CASE("A program measures time with counter 2: bit 5 rises when the count is over")
{
    Speaker speaker;
    speaker.out(0x01);
    speaker.start_counter2(0xb0, 1193);
    speaker.advance(1193);
    CHECK((speaker.in() & 0x20) == 0);
    speaker.advance(1194);
    CHECK((speaker.in() & 0x20) != 0);
}

TEST_CASE("With bit 0 clear counter 2 does not count")
{
    Speaker speaker;
    speaker.start_counter2(0xb0, 100);
    speaker.advance(1000);
    CHECK((speaker.in() & 0x20) == 0);
    speaker.out(0x01);
    speaker.advance(1099);
    CHECK((speaker.in() & 0x20) == 0);
    speaker.advance(1100);
    CHECK((speaker.in() & 0x20) != 0);
}

TEST_CASE("The refresh bit toggles every 18 ticks of the timer")
{
    Speaker speaker;
    CHECK((speaker.in() & 0x10) == 0);
    speaker.advance(17);
    CHECK((speaker.in() & 0x10) == 0);
    speaker.advance(18);
    CHECK((speaker.in() & 0x10) != 0);
    speaker.advance(36);
    CHECK((speaker.in() & 0x10) == 0);
}

TEST_CASE("Opening gate and speaker together is noted with the tone's frequency")
{
    Speaker speaker;
    speaker.start_counter2(0xb6, 2712);
    speaker.out(0x01);
    CHECK(speaker.notes.notes.empty());
    speaker.out(0x03);
    CHECK(speaker.notes.value_of("speaker on, Hz") == 439); // nearly an A
    speaker.out(0x00);
    CHECK(speaker.notes.has("speaker off"));
}

TEST_CASE("Port 61h restores what was written to it")
{
    Speaker one;
    one.out(0x0a);
    Speaker other;
    REQUIRE(other.port.restore(one.port.save()));
    CHECK(other.in() == one.in());
}
