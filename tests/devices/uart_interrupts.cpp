// When the serial port interrupts, and what it says is the cause: 16550D datasheet, "Interrupt
// Identification Register".
#include "tests/catch.hpp"
#include "tests/devices/serial.hpp"

#include <array>

using namespace ringside;
using namespace ringside::devices;
using namespace ringside::devices::uart_words;

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
