// Faults while delivering: the table of the double fault, and the end of the road.
#include "engine/x86/delivery.hpp"

#include "tests/x86/bench.hpp"

#include <optional>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

using namespace system_type;

constexpr std::uint8_t benign[] = {vector::db, vector::nmi, vector::bp, vector::of, vector::br,
                                   vector::ud, vector::nm,  vector::mf, vector::ac, vector::xm};
constexpr std::uint8_t contributory[] = {vector::de, vector::ts, vector::np, vector::ss,
                                         vector::gp};

Fault const double_fault{.vector = vector::df, .error_code = 0, .cr2 = 0};

std::optional<Fault> next(std::uint8_t first, std::uint8_t second,
                          Source source = Source::exception)
{
    return escalate({.source = source, .what = fault(first)}, fault(second));
}

/// An IDT of long mode with the gates named; the rest is empty, so that they raise #GP.
Bench with_gates(std::initializer_list<std::uint8_t> vectors)
{
    Bench bench(CpuMode::long64);
    for (std::uint8_t const number : vectors)
        bench.gate(number, kernel_code64, interrupt_gate);
    return bench;
}

std::vector<std::uint8_t> attempted(Delivery const& delivery)
{
    std::vector<std::uint8_t> vectors;
    for (Attempt const& attempt : delivery.attempts)
        vectors.push_back(attempt.what.vector);
    return vectors;
}

} // namespace

TEST_CASE("after a benign exception every second fault is delivered in its own right")
{
    for (std::uint8_t const first : benign) {
        for (std::uint8_t const second : contributory)
            CHECK(next(first, second) == fault(second));
        for (std::uint8_t const second : benign)
            CHECK(next(first, second) == fault(second));
        CHECK(next(first, vector::pf) == fault(vector::pf));
    }
}

TEST_CASE("a contributory exception on a contributory one is a double fault")
{
    for (std::uint8_t const first : contributory) {
        for (std::uint8_t const second : contributory)
            CHECK(next(first, second) == double_fault);
        for (std::uint8_t const second : benign)
            CHECK(next(first, second) == fault(second));
        CHECK(next(first, vector::pf) == fault(vector::pf));
    }
}

TEST_CASE("a contributory exception or a page fault on a page fault is a double fault")
{
    for (std::uint8_t const second : contributory)
        CHECK(next(vector::pf, second) == double_fault);
    CHECK(next(vector::pf, vector::pf) == double_fault);
    for (std::uint8_t const second : benign)
        CHECK(next(vector::pf, second) == fault(second));
}

TEST_CASE("nothing comes after a fault during a double fault")
{
    for (std::uint8_t const second : {vector::gp, vector::pf, vector::ud})
        CHECK_FALSE(next(vector::df, second));
}

TEST_CASE("INT n and external interrupts are benign, whatever their number")
{
    for (Source const source : {Source::software_interrupt, Source::external})
        for (std::uint8_t const number : {vector::gp, vector::pf, vector::df})
            CHECK(next(number, vector::gp, source) == fault(vector::gp));
}

TEST_CASE("an exception without a gate becomes #GP")
{
    Bench bench = with_gates({vector::gp});
    Delivery const delivery = bench.deliver(Source::exception, fault(vector::ud));
    CHECK(attempted(delivery) == std::vector<std::uint8_t>{vector::ud, vector::gp});
    CHECK_FALSE(delivery.attempts[0].delivered);
    CHECK(delivery.attempts[1].delivered);
    CHECK(delivery.attempts[1].what.error_code == vector::ud * 8 + 3);
}

TEST_CASE("a double fault has error code 0 and pushes the address of the first fault")
{
    Bench bench = with_gates({vector::df});
    bench.state.rip = 0x7c05;
    Delivery const delivery = bench.deliver(Source::exception, fault(vector::de));
    CHECK(attempted(delivery) == std::vector<std::uint8_t>{vector::de, vector::df});
    CHECK(bench.values(stack_top - 48, 8, 2) == std::vector<std::uint64_t>{0, 0x7c05});
}

TEST_CASE("a benign fault can go through #GP to #DF")
{
    Bench bench = with_gates({vector::df});
    Delivery const delivery = bench.deliver(Source::exception, fault(vector::ud));
    CHECK(attempted(delivery) == std::vector<std::uint8_t>{vector::ud, vector::gp, vector::df});
}

TEST_CASE("without a gate for #DF the CPU shuts down, its state as before the first attempt")
{
    Bench bench = with_gates({});
    bench.state.cr2 = 0x1111;
    bench.state.rip = 0x7c07;
    CpuState const before = bench.state;
    Delivery const delivery = bench.deliver(Source::software_interrupt, fault(0x80), 2);
    CHECK(delivery.shutdown);
    CHECK(attempted(delivery) == std::vector<std::uint8_t>{0x80, vector::gp, vector::df});
    CHECK(bench.state == before);
}

TEST_CASE("a page fault while delivering a page fault doubles, and CR2 has the second address")
{
    Bench bench = with_gates({vector::pf});
    bench.gate(vector::df, kernel_code64, interrupt_gate, 0, 1);
    bench.page(stack_top - 8, 0);
    Delivery const delivery = bench.deliver(Source::exception, page_fault(0, 0x500000));
    CHECK(attempted(delivery) == std::vector<std::uint8_t>{vector::pf, vector::df});
    CHECK(bench.state.cr2 == stack_top - 8);
}

TEST_CASE("a contributory fault that meets a page fault is followed by the page fault")
{
    Bench bench = with_gates({vector::gp});
    bench.gate(vector::pf, kernel_code64, interrupt_gate, 0, 1);
    bench.page(stack_top - 8, 0);
    Delivery const delivery = bench.deliver(Source::exception, fault(vector::gp, 0x18));
    CHECK(attempted(delivery) == std::vector<std::uint8_t>{vector::gp, vector::pf});
    CHECK(bench.get(ist1 - 48) == 2); // the error code of the page fault
}

TEST_CASE("an attempt tells where it came from and, when it arrived, where it went")
{
    Bench bench = with_gates({vector::gp});
    bench.state.rip = 0x7c05;
    Delivery const delivery = bench.deliver(Source::exception, fault(vector::ud));
    CHECK(delivery.attempts[0].from_rip == 0x7c05);
    CHECK(delivery.attempts[0].to_rip == 0);
    CHECK(delivery.attempts[1].to_rip == handler);
}
