// The trap layer alone: an exit in, a verdict out.
#include "engine/trap/traps.hpp"

#include "engine/trace/memory_sink.hpp"
#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"

using namespace ringside;
namespace exit_is = ringside::backend::exit;
namespace verdict = ringside::trap::verdict;

namespace {

struct TrapLayer {
    trace::MemorySink sink;
    trace::Tracer tracer{&sink};
    devices::Bus ports{trace::Space::port, tracer};
    devices::Bus mmio{trace::Space::mmio, tracer};
    devices::StandardDevices devices{{}, tracer, ports, mmio};
    trap::Traps traps{ports, mmio, devices};

    trap::Verdict operator()(backend::Exit const& exit) const { return std::visit(traps, exit); }
};

} // namespace

TEST_CASE("a port read is answered by its device")
{
    TrapLayer layer;
    auto const given = layer(exit_is::PortIn{RINGSIDE_PORT_TEACH_COMMAND, 1, 0, 1});
    REQUIRE(std::holds_alternative<verdict::Answer>(given));
    CHECK(std::get<verdict::Answer>(given).value == RINGSIDE_TEACH_MAGIC);
}

TEST_CASE("a load from the MMIO window is answered by its device")
{
    TrapLayer layer;
    auto const given = layer(exit_is::MmioRead{Gpa(RINGSIDE_MMIO_BASE), 4});
    REQUIRE(std::holds_alternative<verdict::Answer>(given));
    CHECK(std::get<verdict::Answer>(given).value == 0x474e4952);
}

TEST_CASE("a store to nowhere goes on, and is an event")
{
    TrapLayer layer;
    CHECK(std::holds_alternative<verdict::Resume>(
        layer(exit_is::MmioWrite{Gpa(0xe0000000), 4, 0x1234})));
    auto const lost = layer.sink.all<trace::Unclaimed>();
    REQUIRE(lost.size() == 1);
    CHECK(lost[0].value == 0x1234);
    CHECK(lost[0].direction == trace::Direction::write);
}

TEST_CASE("HLT parks the vCPU")
{
    TrapLayer layer;
    CHECK(std::holds_alternative<verdict::Park>(layer(exit_is::Halt{})));
}

TEST_CASE("exits that only give us a chance to look resume")
{
    TrapLayer layer;
    CHECK(std::holds_alternative<verdict::Resume>(layer(exit_is::BudgetSpent{})));
    CHECK(std::holds_alternative<verdict::Resume>(layer(exit_is::InterruptWindow{})));
    CHECK(std::holds_alternative<verdict::Resume>(layer(exit_is::Debug{})));
}

TEST_CASE("unknown MSRs fault in both directions")
{
    TrapLayer layer;
    CHECK(std::holds_alternative<verdict::Fault>(layer(exit_is::MsrRead{0x10})));
    CHECK(std::holds_alternative<verdict::Fault>(layer(exit_is::MsrWrite{0x10, 1})));
}

TEST_CASE("a hypercall nobody offers answers minus ENOSYS")
{
    TrapLayer layer;
    auto const given = layer(exit_is::Hypercall{1, {}});
    REQUIRE(std::holds_alternative<verdict::Answer>(given));
    CHECK(static_cast<std::int64_t>(std::get<verdict::Answer>(given).value) == -1000);
}

TEST_CASE("the exit port stops the machine with the guest's result, and only it does")
{
    TrapLayer layer;
    CHECK(std::holds_alternative<verdict::Resume>(layer(exit_is::PortOut{0x80, 1, 5})));
    auto const given = layer(exit_is::PortOut{RINGSIDE_PORT_EXIT, 1, 5});
    REQUIRE(std::holds_alternative<trap::Stop>(given));
    CHECK(std::get<trap::Stop>(given).code == 5);
}
