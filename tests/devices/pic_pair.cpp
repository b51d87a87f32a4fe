// Lines in, vectors out: the pair of interrupt controllers against the 8259A datasheet.
#include "tests/catch.hpp"
#include "tests/devices/pics.hpp"

#include <algorithm>
#include <vector>

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::pic_words;

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
            pics.out(slave, end_of_interrupt);
        pics.out(master, end_of_interrupt);
    }
    CHECK(order == std::vector<unsigned>{1, 9, 12, 3, 7});
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
    pics.out(master, end_of_interrupt); // ends the one that ranks first
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
    pics.out(master, end_of_interrupt);
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
    pics.out(master, end_of_interrupt);
    CHECK(pics.pending() == 5);
    pics.acknowledge();
    pics.lower(5);
    pics.out(master, end_of_interrupt);
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
    other.out(slave, end_of_interrupt);
    other.out(master, end_of_interrupt);
    other.out(master, end_of_interrupt);
    CHECK(other.ended == std::vector<Irq>{Irq(10), Irq(2), Irq(5)});
}
