// Bytes out, bytes in, and the registers of the serial port against the 16550D datasheet.
#include "tests/catch.hpp"
#include "tests/devices/serial.hpp"

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::uart_words;

TEST_CASE("A byte written to THR is sent at once and THRE stays set")
{
    Serial serial;
    serial.out(thr, 'A');
    serial.out(thr, 'B');
    CHECK(serial.printed == "AB");
    CHECK(serial.in(lsr) == 0x60);
}

TEST_CASE("With DLAB set, offsets 0 and 1 are the divisor and nothing is sent")
{
    Serial serial;
    serial.out(lcr, 0x83);
    serial.out(0, 0x01);
    serial.out(1, 0x00);
    CHECK(serial.in(0) == 0x01);
    CHECK(serial.in(1) == 0x00);
    serial.out(lcr, 0x03);
    CHECK(serial.printed.empty());
    CHECK(serial.in(ier) == 0x00);
    CHECK(serial.notes.has("divisor latch open (DLAB set)"));
    CHECK(serial.notes.value_of("baud rate") == 115200);
}

TEST_CASE("A divisor of 0 is noted as a baud rate of 0, not divided by")
{
    Serial serial;
    serial.out(lcr, 0x80);
    serial.out(0, 0);
    serial.out(1, 0);
    serial.out(lcr, 0x03);
    CHECK(serial.notes.value_of("baud rate") == 0);
}

TEST_CASE("The scratch register keeps a byte, and IER only its four bits")
{
    Serial serial;
    serial.out(scr, 0xa5);
    serial.out(ier, 0xff);
    CHECK(serial.in(scr) == 0xa5);
    CHECK(serial.in(ier) == 0x0f);
}

TEST_CASE("A wide access reaches the byte register, and ones fill the rest")
{
    Serial serial;
    serial.uart.write(scr, 4, 0x11223344);
    CHECK(serial.uart.read(scr, 2) == 0xff44);
    CHECK(serial.uart.read(scr, 8) == 0xffff'ffff'ffff'ff44);
}

TEST_CASE("A received byte sets data ready until it is read")
{
    Serial serial;
    CHECK(serial.in(lsr) == 0x60);
    CHECK(serial.uart.receive('x'));
    CHECK(serial.in(lsr) == 0x61);
    CHECK(serial.in(rbr) == 'x');
    CHECK(serial.in(lsr) == 0x60);
}

TEST_CASE("Without FIFOs there is room for one byte, and an overrun overwrites it")
{
    Serial serial;
    CHECK(serial.uart.receive('1'));
    CHECK_FALSE(serial.uart.has_room());
    CHECK_FALSE(serial.uart.receive('2'));
    CHECK(serial.in(lsr) == 0x63);
    CHECK(serial.in(lsr) == 0x61); // reading LSR cleared the overrun
    CHECK(serial.in(rbr) == '2');
    CHECK(serial.notes.value_of("receive overrun") == '2');
}

TEST_CASE("With FIFOs there is room for 16 bytes, in order, and an overrun loses the newcomer")
{
    Serial serial;
    serial.out(fcr, 0x01);
    for (std::uint8_t byte = 0; byte < 16; ++byte)
        CHECK(serial.uart.receive(byte));
    CHECK_FALSE(serial.uart.receive(99));
    CHECK((serial.in(lsr)&0x02) != 0);
    for (std::uint8_t byte = 0; byte < 16; ++byte)
        CHECK(serial.in(rbr) == byte);
    CHECK(serial.in(lsr) == 0x60);
}

TEST_CASE("Switching the FIFOs, or FCR bit 1, empties the receiver")
{
    Serial serial;
    serial.uart.receive('a');
    serial.out(fcr, 0x01);
    CHECK(serial.in(lsr) == 0x60);
    serial.uart.receive('b');
    serial.out(fcr, 0x03);
    CHECK(serial.in(lsr) == 0x60);
    serial.uart.receive('c');
    serial.out(fcr, 0x00);
    CHECK(serial.in(lsr) == 0x60);
}

TEST_CASE("FCR bits are not programmed unless its bit 0 is set")
{
    Serial serial;
    serial.out(fcr, 0xc2);
    CHECK(serial.in(iir) == 0x01);
    serial.out(fcr, 0x01);
    CHECK(serial.in(iir) == 0xc1);
}

TEST_CASE("A terminal is there: DCD, DSR and CTS are on")
{
    Serial serial;
    CHECK(serial.in(msr) == 0xb0);
}

TEST_CASE("In loopback a byte written is received, and none leaves")
{
    Serial serial;
    serial.out(mcr, 0x10);
    serial.out(thr, 0x5a);
    CHECK(serial.printed.empty());
    CHECK(serial.in(lsr) == 0x61);
    CHECK(serial.in(rbr) == 0x5a);
}

TEST_CASE("In loopback the outputs come back as inputs")
{
    Serial serial;
    serial.out(mcr, 0x10);
    serial.in(msr);
    std::uint8_t const outputs =
        GENERATE(std::uint8_t{0x01}, std::uint8_t{0x02}, std::uint8_t{0x04}, std::uint8_t{0x08});
    serial.out(mcr, static_cast<std::uint8_t>(0x10 | outputs));
    unsigned const inputs = outputs == 0x01   ? 0x20U  // DTR to DSR
                            : outputs == 0x02 ? 0x10U  // RTS to CTS
                            : outputs == 0x04 ? 0x40U  // OUT1 to RI
                                              : 0x80U; // OUT2 to DCD
    CHECK((serial.in(msr)&0xf0U) == inputs);
}

TEST_CASE("A modem line that changed is told once, the ring indicator only when it ends")
{
    Serial serial;
    serial.out(mcr, 0x10);
    serial.in(msr);
    serial.out(mcr, 0x14); // RI begins
    CHECK(serial.in(msr) == 0x40);
    serial.out(mcr, 0x10); // RI ends: TERI
    CHECK(serial.in(msr) == 0x04);
    CHECK(serial.in(msr) == 0x00);
    serial.out(mcr, 0x12); // CTS begins
    CHECK(serial.in(msr) == 0x11);
}

TEST_CASE("In loopback the wire is cut off: nothing is received from outside")
{
    Serial serial;
    serial.piped = {'p'};
    serial.out(mcr, 0x10);
    CHECK_FALSE(serial.uart.has_room());
    CHECK_FALSE(serial.uart.receive('x'));
    CHECK(serial.in(lsr) == 0x60);
    CHECK(serial.piped.size() == 1);
}

TEST_CASE("Piped input arrives when the guest looks at LSR, IIR or RBR, one byte at a time")
{
    Serial serial;
    serial.piped = {'a', 'b', 'c'};
    serial.in(scr);
    serial.in(msr);
    CHECK(serial.piped.size() == 3);
    CHECK(serial.in(lsr) == 0x61);
    CHECK(serial.piped.size() == 2);
    CHECK(serial.in(lsr) == 0x61); // not empty: not asked again
    CHECK(serial.piped.size() == 2);
    CHECK(serial.in(rbr) == 'a');
    CHECK(serial.in(rbr) == 'b');
    serial.in(iir);
    CHECK(serial.piped.empty());
    CHECK(serial.in(rbr) == 'c');
}

TEST_CASE("The divisor latch does not pull piped input")
{
    Serial serial;
    serial.piped = {'a'};
    serial.out(lcr, 0x80);
    serial.in(0);
    CHECK(serial.piped.size() == 1);
}

TEST_CASE("A serial port restored with a half-read FIFO goes on where the other stood")
{
    Serial one;
    one.enable(0x01);
    one.out(fcr, 0x81);
    for (std::uint8_t byte = 'a'; byte < 'k'; ++byte)
        one.uart.receive(byte);
    one.in(rbr);

    Serial other;
    REQUIRE(other.uart.restore(one.uart.save()));
    CHECK(other.line.rises == 0); // the interrupt controller restores its own view of the line
    CHECK(other.in(iir) == 0xc4);
    CHECK(other.in(rbr) == 'b');
    CHECK(other.in(iir) == 0xc4);
    CHECK(other.in(rbr) == 'c');
    CHECK(other.in(iir) == 0xcc);
    one.in(rbr);
    one.in(rbr);
    CHECK(one.uart.save() == other.uart.save());
}
