// The interrupt controllers against the 8259A datasheet.
#include "engine/devices/pic_pair.hpp"

#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

using namespace ringside;
using namespace ringside::devices;

namespace {

// The device's offsets.
constexpr std::uint16_t master = 0;
constexpr std::uint16_t slave = 2;
constexpr std::uint16_t elcr1 = 4;

constexpr std::uint8_t end = 0x20;
constexpr std::uint8_t read_irr = 0x0a;
constexpr std::uint8_t read_isr = 0x0b;
constexpr std::uint8_t poll = 0x0c;

struct Pics {
    KeptNotes notes;
    std::vector<Irq> ended;
    std::vector<std::pair<Irq, bool>> lines;
    PicPair pic;

    /// `icw4` of both: 1 is plain 8086 mode.
    explicit Pics(std::uint8_t icw1 = 0x11, std::uint8_t icw4 = 0x01)
    {
        pic.listen({.line_changed = [this](Irq irq, bool level) { lines.emplace_back(irq, level); },
                    .ended = [this](Irq irq) { ended.push_back(irq); },
                    .observer = &notes});
        initialise(icw1, icw4);
    }
    void initialise(std::uint8_t icw1, std::uint8_t icw4)
    {
        for (std::uint16_t chip : {master, slave}) {
            out(chip, icw1);
            out(chip + 1U, chip == master ? 0x20 : 0x28);
            out(chip + 1U, chip == master ? 0x04 : 0x02);
            out(chip + 1U, icw4);
        }
    }
    void out(unsigned offset, std::uint8_t value)
    {
        pic.write(static_cast<std::uint16_t>(offset), 1, value);
    }
    std::uint8_t in(unsigned offset)
    {
        return static_cast<std::uint8_t>(pic.read(static_cast<std::uint16_t>(offset), 1));
    }
    void raise(unsigned irq) { pic.set_line(Irq(static_cast<std::uint8_t>(irq)), true); }
    void lower(unsigned irq) { pic.set_line(Irq(static_cast<std::uint8_t>(irq)), false); }
    void pulse(unsigned irq)
    {
        lower(irq);
        raise(irq);
    }
    /// The pending IRQ, or 99 for none.
    unsigned pending() const
    {
        std::optional<Irq> const irq = pic.pending();
        return irq ? irq->value : 99;
    }
    unsigned acknowledge() { return pic.acknowledge().irq.value; }
    std::uint8_t isr(std::uint16_t chip)
    {
        out(chip, read_isr);
        return in(chip);
    }
    std::uint8_t irr(std::uint16_t chip)
    {
        out(chip, read_irr);
        return in(chip);
    }
};

constexpr unsigned none = 99;

} // namespace

TEST_CASE("A raised line is pending, and acknowledging gives the vector of ICW2 plus the input")
{
    Pics pics;
    CHECK(pics.pending() == none);
    pics.raise(4);
    CHECK(pics.pending() == 4);
    CHECK(pics.pic.acknowledge() == Acknowledged{Irq(4), 0x24});
    CHECK(pics.pending() == none);
}

TEST_CASE("Asking what is pending changes nothing")
{
    Pics pics;
    pics.raise(4);
    auto const before = pics.pic.save();
    CHECK(pics.pending() == 4);
    CHECK(pics.pending() == 4);
    CHECK(pics.pic.save() == before);
}

TEST_CASE("The slave's interrupts come through IRQ 2 with the slave's vector")
{
    Pics pics;
    pics.raise(8);
    CHECK(pics.pending() == 8);
    CHECK(pics.pic.acknowledge() == Acknowledged{Irq(8), 0x28});
    CHECK(pics.isr(master) == 0x04);
    CHECK(pics.isr(slave) == 0x01);
}

TEST_CASE("A lower number ranks first, and the slave's inputs rank as IRQ 2")
{
    Pics pics;
    for (unsigned irq : {7U, 3U, 12U, 9U, 1U})
        pics.raise(irq);
    std::vector<unsigned> order;
    while (pics.pending() != none) {
        unsigned const irq = pics.acknowledge();
        order.push_back(irq);
        if (irq >= 8)
            pics.out(slave, end);
        pics.out(master, end);
    }
    CHECK(order == std::vector<unsigned>{1, 9, 12, 3, 7});
}

TEST_CASE("A lower priority waits while a higher one is in service, and gets its turn after EOI")
{
    Pics pics;
    pics.raise(1);
    pics.acknowledge();
    pics.raise(5);
    CHECK(pics.pending() == none);
    pics.out(master, end);
    CHECK(pics.pending() == 5);
}

TEST_CASE("A higher priority interrupts a lower one in service")
{
    Pics pics;
    pics.raise(5);
    pics.acknowledge();
    pics.raise(1);
    CHECK(pics.pending() == 1);
    pics.acknowledge();
    CHECK(pics.isr(master) == 0x22);
    pics.out(master, end); // ends the one that ranks first
    CHECK(pics.isr(master) == 0x20);
    CHECK(pics.ended == std::vector<Irq>{Irq(1)});
}

TEST_CASE("A masked line is requested and not delivered until it is unmasked")
{
    Pics pics;
    pics.out(master + 1U, 0x10);
    pics.raise(4);
    CHECK(pics.pending() == none);
    CHECK(pics.irr(master) == 0x10);
    CHECK(pics.in(master + 1U) == 0x10);
    pics.out(master + 1U, 0x00);
    CHECK(pics.pending() == 4);
}

TEST_CASE("Masking IRQ 2 at the master silences the whole slave")
{
    Pics pics;
    pics.out(master + 1U, 0x04);
    pics.raise(14);
    CHECK(pics.pending() == none);
    pics.out(master + 1U, 0x00);
    CHECK(pics.pending() == 14);
}

TEST_CASE("An edge-triggered line that stays high interrupts once")
{
    Pics pics;
    pics.raise(3);
    pics.acknowledge();
    pics.out(master, end);
    CHECK(pics.pending() == none);
    pics.pulse(3);
    CHECK(pics.pending() == 3);
}

TEST_CASE("A request that falls away before it is acknowledged is forgotten")
{
    Pics pics;
    pics.raise(3);
    pics.lower(3);
    CHECK(pics.pending() == none);
    CHECK(pics.irr(master) == 0x00);
}

TEST_CASE("A level-triggered line interrupts for as long as it is high")
{
    Pics pics;
    pics.out(elcr1, 0x20);
    pics.raise(5);
    CHECK(pics.acknowledge() == 5);
    pics.out(master, end);
    CHECK(pics.pending() == 5);
    pics.acknowledge();
    pics.lower(5);
    pics.out(master, end);
    CHECK(pics.pending() == none);
}

TEST_CASE("ICW1 bit 3 makes every input level-triggered")
{
    Pics pics(0x19);
    pics.raise(0);
    pics.acknowledge();
    pics.out(master, end);
    CHECK(pics.pending() == 0);
}

TEST_CASE("ELCR refuses the lines that must be edge-triggered")
{
    Pics pics;
    pics.out(elcr1, 0xff);
    pics.out(elcr1 + 1U, 0xff);
    CHECK(pics.in(elcr1) == 0xf8);
    CHECK(pics.in(elcr1 + 1U) == 0xde);
}

TEST_CASE("A specific EOI ends the interrupt it names, whatever ranks first")
{
    Pics pics;
    pics.raise(5);
    pics.acknowledge();
    pics.raise(1);
    pics.acknowledge();
    pics.out(master, 0x60 | 5);
    CHECK(pics.isr(master) == 0x02);
    CHECK(pics.ended == std::vector<Irq>{Irq(5)});
}

TEST_CASE("An EOI with nothing in service ends nothing and is not told")
{
    Pics pics;
    pics.out(master, end);
    pics.out(slave, 0x60 | 3);
    CHECK(pics.ended.empty());
}

TEST_CASE("An interrupt of the slave needs an EOI at both chips")
{
    Pics pics;
    pics.raise(10);
    pics.acknowledge();
    pics.raise(11);
    pics.out(slave, end);
    CHECK(pics.pending() == none); // IRQ 2 is still in service at the master
    pics.out(master, end);
    CHECK(pics.pending() == 11);
    CHECK(pics.ended == std::vector<Irq>{Irq(10), Irq(2)});
}

TEST_CASE("With automatic EOI nothing stays in service")
{
    Pics pics(0x11, 0x03);
    pics.raise(1);
    CHECK(pics.acknowledge() == 1);
    CHECK(pics.isr(master) == 0);
    pics.raise(6);
    CHECK(pics.pending() == 6);
}

TEST_CASE("With automatic EOI two requests of the slave are delivered one after the other")
{
    Pics pics(0x11, 0x03);
    pics.raise(9);
    pics.raise(10);
    CHECK(pics.acknowledge() == 9);
    CHECK(pics.acknowledge() == 10);
    CHECK(pics.pending() == none);
}

TEST_CASE("Rotation on non-specific EOI puts the one that was served last in the line")
{
    Pics pics;
    pics.raise(3);
    pics.acknowledge();
    pics.out(master, 0xa0);
    pics.pulse(3);
    pics.raise(4);
    pics.raise(7);
    CHECK(pics.acknowledge() == 4);
    pics.out(master, end);
    CHECK(pics.acknowledge() == 7);
    pics.out(master, end);
    CHECK(pics.acknowledge() == 3);
}

TEST_CASE("Rotation on specific EOI and the set-priority command choose who ranks last")
{
    Pics pics;
    pics.raise(6);
    pics.acknowledge();
    pics.out(master, 0xe0 | 6);
    CHECK(pics.isr(master) == 0);
    pics.raise(0);
    pics.raise(7);
    CHECK(pics.pending() == 7);
    pics.out(master, 0xc0 | 7);
    CHECK(pics.pending() == 0);
}

TEST_CASE("Rotation in automatic EOI mode gives everyone a turn")
{
    Pics pics(0x11, 0x03);
    pics.out(master, 0x80);
    pics.raise(1);
    CHECK(pics.acknowledge() == 1);
    pics.pulse(1);
    pics.raise(5);
    CHECK(pics.acknowledge() == 5);
    pics.out(master, 0x00); // rotation off: the ranks stay as they are now
    pics.pulse(5);
    CHECK(pics.acknowledge() == 1);
}

TEST_CASE("In special mask mode a masked interrupt in service lets lower ones through")
{
    Pics pics;
    pics.raise(1);
    pics.acknowledge();
    pics.raise(6);
    pics.out(master + 1U, 0x02);
    CHECK(pics.pending() == none);
    pics.out(master, 0x68);
    CHECK(pics.pending() == 6);
    pics.out(master, end); // non-specific: passes over the masked one
    CHECK(pics.isr(master) == 0x02);
    pics.out(master, 0x48);
    CHECK(pics.pending() == none);
}

TEST_CASE("In fully nested mode a slave in service cannot interrupt itself at the master")
{
    Pics pics;
    pics.raise(12);
    pics.acknowledge();
    pics.raise(9);
    CHECK(pics.pending() == none);
}

TEST_CASE("In special fully nested mode a higher request of the slave comes through")
{
    Pics pics(0x11, 0x11);
    pics.raise(12);
    pics.acknowledge();
    pics.raise(13);
    CHECK(pics.pending() == none);
    pics.raise(9);
    CHECK(pics.pending() == 9);
    pics.acknowledge();
    CHECK(pics.isr(slave) == 0x12);
}

TEST_CASE("The poll command acknowledges and reads the level")
{
    Pics pics;
    pics.raise(6);
    pics.out(master, poll);
    CHECK(pics.in(master) == 0x86);
    CHECK(pics.isr(master) == 0x40);
    pics.out(master, poll);
    CHECK(pics.in(master) == 0x00);
}

TEST_CASE("Polling the slave takes its request from the master too")
{
    Pics pics;
    pics.raise(13);
    CHECK(pics.pending() == 13);
    pics.out(slave, poll);
    CHECK(pics.in(slave) == 0x85);
    CHECK(pics.pending() == none);
}

TEST_CASE(
    "An acknowledge after the line has fallen gives the spurious IRQ 7, with nothing in service")
{
    Pics pics;
    pics.raise(3);
    CHECK(pics.pending() == 3);
    pics.lower(3);
    CHECK(pics.pic.acknowledge() == Acknowledged{Irq(7), 0x27});
    CHECK(pics.isr(master) == 0);
    CHECK(pics.notes.value_of("spurious interrupt") == 7);
}

TEST_CASE("A slave whose request fell away on the last inch gives the spurious IRQ 15")
{
    // The master still sees the cascade, the slave has nothing any more: one state, put together
    // of two saved ones, for no line can fall between the two pulses of our acknowledge().
    Pics with_request;
    with_request.raise(11);
    Pics without;
    auto state = without.pic.save();
    auto const requested = with_request.pic.save();
    auto const master_bytes = static_cast<std::ptrdiff_t>(1 + (state.size() - 1) / 2);
    std::copy(requested.begin(), requested.begin() + master_bytes, state.begin());
    REQUIRE(without.pic.restore(state));

    CHECK(without.pending() == 15);
    CHECK(without.pic.acknowledge() == Acknowledged{Irq(15), 0x2f});
    CHECK(without.isr(slave) == 0);
    CHECK(without.isr(master) == 0x04); // the master wants its EOI all the same
}

TEST_CASE("Until ICW1 to ICW4 are written, nothing is delivered")
{
    PicPair pic;
    pic.set_line(Irq(1), true);
    CHECK_FALSE(pic.pending());
    pic.write(master, 1, 0x11);
    pic.write(master + 1, 1, 0x20);
    pic.write(master + 1, 1, 0x04);
    CHECK_FALSE(pic.pending());
    pic.write(master + 1, 1, 0x01);
    pic.set_line(Irq(1), false);
    pic.set_line(Irq(1), true);
    CHECK(pic.pending() == Irq(1));
}

TEST_CASE("ICW1 clears masks, service and edges: a line that is high has to rise again")
{
    Pics pics;
    pics.out(master + 1U, 0x80);
    pics.raise(3);
    pics.acknowledge();
    pics.raise(6);
    pics.initialise(0x11, 0x01);
    CHECK(pics.in(master + 1U) == 0x00);
    CHECK(pics.isr(master) == 0x00);
    CHECK(pics.pending() == none);
    pics.pulse(6);
    CHECK(pics.pending() == 6);
}

TEST_CASE("Without the IC4 bit, ICW3 ends the initialisation and the next write is the mask")
{
    Pics pics;
    pics.out(master, 0x10);
    pics.out(master + 1U, 0x40);
    pics.out(master + 1U, 0x04);
    pics.out(master + 1U, 0xfb);
    CHECK(pics.in(master + 1U) == 0xfb);
}

TEST_CASE("A single master takes no ICW3")
{
    Pics pics;
    pics.out(master, 0x13);
    pics.out(master + 1U, 0x40);
    pics.out(master + 1U, 0x01);
    pics.out(master + 1U, 0xfe);
    CHECK(pics.in(master + 1U) == 0xfe);
    CHECK(pics.notes.value_of("master initialised, first vector") == 0x20);
    CHECK(pics.notes.notes.back().second == 0x40);
}

TEST_CASE("A slave programmed with another identity does not answer: the CPU reads ones")
{
    Pics pics;
    pics.out(slave, 0x11);
    pics.out(slave + 1U, 0x28);
    pics.out(slave + 1U, 0x05);
    pics.out(slave + 1U, 0x01);
    pics.raise(8);
    CHECK(pics.pending() == 2);
    CHECK(pics.pic.acknowledge() == Acknowledged{Irq(2), 0xff});
}

TEST_CASE("Only a change of a line is told")
{
    Pics pics;
    pics.raise(4);
    pics.raise(4);
    pics.lower(4);
    pics.lower(4);
    CHECK(pics.lines == std::vector<std::pair<Irq, bool>>{{Irq(4), true}, {Irq(4), false}});
}

TEST_CASE("A restored pair serves what the other had in service and pending")
{
    Pics one;
    one.raise(5);
    one.acknowledge();
    one.raise(10);
    one.out(master, read_isr);
    Pics other;
    REQUIRE(other.pic.restore(one.pic.save()));
    CHECK(other.in(master) == 0x20);
    CHECK(other.pending() == 10);
    CHECK(other.acknowledge() == 10);
    other.out(slave, end);
    other.out(master, end);
    other.out(master, end);
    CHECK(other.ended == std::vector<Irq>{Irq(10), Irq(2), Irq(5)});
}
