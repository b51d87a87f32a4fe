// The serial port against the 16550D datasheet.
#include "engine/devices/uart16550.hpp"

#include "tests/catch.hpp"
#include "tests/devices/fakes.hpp"

#include <deque>
#include <string>

using namespace ringside;
using namespace ringside::devices;

namespace {

enum Offset : std::uint16_t { rbr, ier, iir, lcr, mcr, lsr, msr, scr };
constexpr std::uint16_t thr = rbr;
constexpr std::uint16_t fcr = iir;

struct Serial {
    KeptLine line;
    KeptNotes notes;
    std::string printed;
    std::deque<std::uint8_t> piped;
    Uart16550 uart{{.interrupt = line.input(),
                    .transmit = [this](std::uint8_t byte) { printed += static_cast<char>(byte); },
                    .refill = [this] { return next_piped(); },
                    .observer = &notes}};

    std::optional<std::uint8_t> next_piped()
    {
        if (piped.empty())
            return std::nullopt;
        std::uint8_t const byte = piped.front();
        piped.pop_front();
        return byte;
    }
    std::uint8_t in(std::uint16_t offset)
    {
        return static_cast<std::uint8_t>(uart.read(offset, 1));
    }
    void out(std::uint16_t offset, std::uint8_t value) { uart.write(offset, 1, value); }
    /// As a driver does it: OUT2 connects the line, then the causes are enabled.
    void enable(std::uint8_t causes)
    {
        out(mcr, 0x08);
        out(ier, causes);
    }
};

} // namespace

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

TEST_CASE("Received data interrupts, and reading it lowers the line")
{
    Serial serial;
    serial.enable(0x01);
    CHECK_FALSE(serial.line.level);
    serial.uart.receive('x');
    CHECK(serial.line.level);
    CHECK(serial.in(iir) == 0x04);
    serial.in(rbr);
    CHECK_FALSE(serial.line.level);
    CHECK(serial.in(iir) == 0x01);
}

TEST_CASE("Below the trigger level the cause is a timeout, at it the cause is data")
{
    unsigned const level = GENERATE(0U, 1U, 2U, 3U);
    unsigned const bytes = std::array{1U, 4U, 8U, 14U}[level];
    Serial serial;
    serial.enable(0x01);
    serial.out(fcr, static_cast<std::uint8_t>(0x01 | level << 6));
    for (unsigned byte = 1; byte < bytes; ++byte) {
        serial.uart.receive('x');
        CHECK(serial.in(iir) == 0xcc);
    }
    serial.uart.receive('x');
    CHECK(serial.in(iir) == 0xc4);
}

TEST_CASE("Enabling the transmitter's interrupt causes one at once, and reading IIR clears it")
{
    Serial serial;
    serial.enable(0x02);
    CHECK(serial.line.level);
    CHECK(serial.in(iir) == 0x02);
    CHECK_FALSE(serial.line.level);
    CHECK(serial.in(iir) == 0x01);
}

TEST_CASE("Reading IIR does not clear the transmitter's interrupt while it reports another cause")
{
    Serial serial;
    serial.enable(0x03);
    serial.uart.receive('x');
    CHECK(serial.in(iir) == 0x04);
    serial.in(rbr);
    CHECK(serial.in(iir) == 0x02);
}

TEST_CASE("Every byte written gives the transmitter's interrupt a new edge")
{
    Serial serial;
    serial.enable(0x02);
    CHECK(serial.line.rises == 1);
    serial.out(thr, 'a'); // without reading IIR in between
    serial.out(thr, 'b');
    CHECK(serial.line.rises == 3);
}

TEST_CASE("The causes are reported in the datasheet's order of priority")
{
    Serial serial;
    serial.enable(0x0f);
    serial.uart.receive('1');
    serial.uart.receive('2');      // overrun: line status
    serial.out(mcr, 0x18);         // loopback turns the modem lines: modem status
    CHECK(serial.in(iir) == 0x06); // 1. line status
    serial.in(lsr);
    CHECK(serial.in(iir) == 0x04); // 2. received data
    serial.in(rbr);
    CHECK(serial.in(iir) == 0x02); // 3. transmitter empty
    CHECK(serial.in(iir) == 0x00); // 4. modem status
    serial.in(msr);
    CHECK(serial.in(iir) == 0x01);
}

TEST_CASE("Without OUT2 the interrupt does not reach its line")
{
    Serial serial;
    serial.out(ier, 0x01);
    serial.uart.receive('x');
    CHECK(serial.in(iir) == 0x04);
    CHECK_FALSE(serial.line.level);
    serial.out(mcr, 0x08);
    CHECK(serial.line.level);
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
