// The command words of the interrupt controllers against the 8259A datasheet: end of interrupt,
// rotation, special modes, poll_command, initialisation.
#include "tests/catch.hpp"
#include "tests/devices/pics.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::pic_words;

TEST_CASE("A raised line is pending, and acknowledging gives the vector of ICW2 plus the input")
{
    Pics pics;
    CHECK(pics.pending() == none);
    pics.raise(4);
    CHECK(pics.pending() == 4);
    CHECK(pics.pic.acknowledge() == Acknowledged{Irq(4), 0x24});
    CHECK(pics.pending() == none);
}

TEST_CASE("A lower priority waits while a higher one is in service, and gets its turn after EOI")
{
    Pics pics;
    pics.raise(1);
    pics.acknowledge();
    pics.raise(5);
    CHECK(pics.pending() == none);
    pics.out(master, end_of_interrupt);
    CHECK(pics.pending() == 5);
}

TEST_CASE("ICW1 bit 3 makes every input level-triggered")
{
    Pics pics(0x19);
    pics.raise(0);
    pics.acknowledge();
    pics.out(master, end_of_interrupt);
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
    pics.out(master, end_of_interrupt);
    pics.out(slave, 0x60 | 3);
    CHECK(pics.ended.empty());
}

TEST_CASE("An interrupt of the slave needs an EOI at both chips")
{
    Pics pics;
    pics.raise(10);
    pics.acknowledge();
    pics.raise(11);
    pics.out(slave, end_of_interrupt);
    CHECK(pics.pending() == none); // IRQ 2 is still in service at the master
    pics.out(master, end_of_interrupt);
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
    pics.out(master, end_of_interrupt);
    CHECK(pics.acknowledge() == 7);
    pics.out(master, end_of_interrupt);
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
    pics.out(master, end_of_interrupt); // non-specific: passes over the masked one
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
    pics.out(master, poll_command);
    CHECK(pics.in(master) == 0x86);
    CHECK(pics.isr(master) == 0x40);
    pics.out(master, poll_command);
    CHECK(pics.in(master) == 0x00);
}

TEST_CASE("Polling the slave takes its request from the master too")
{
    Pics pics;
    pics.raise(13);
    CHECK(pics.pending() == 13);
    pics.out(slave, poll_command);
    CHECK(pics.in(slave) == 0x85);
    CHECK(pics.pending() == none);
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
