// Interrupt lines, vectors and the scheduler as of a moment.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/interrupt_board.hpp"
#include "visualizer/model/scheduler_view.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// Events one after another; each is one microsecond later.
class Events {
public:
    template <typename E>
    RecordIndex operator()(E const& event, std::uint8_t vcpu = 0)
    {
        time_ += 1000;
        std::vector<trace::Record> const one = {{next_[vcpu]++, vcpu, time_, 0, event}};
        model.append(one);
        return model.records().size() - 1;
    }
    void define_the_masks()
    {
        (*this)(trace::RegisterDefined{1, 1, trace::Access::read_write,
                                       std::string_view("IMR: mask, primary")});
        (*this)(trace::RegisterDefined{1, 3, trace::Access::read_write,
                                       std::string_view("IMR: mask, secondary")});
    }
    void mask(std::uint8_t value, std::uint16_t offset = 1)
    {
        (*this)(trace::DeviceAccess{1, 1, trace::Direction::write, offset, value});
    }
    LineLamp lamp(std::size_t irq) const
    {
        return line_lamps(model, model.records().size() - 1)[irq];
    }
    bool says(std::size_t irq, std::string_view part) const
    {
        return lamp(irq).why.find(part) != std::string::npos;
    }

    TraceModel model;

private:
    std::array<std::uint64_t, 4> next_{};
    std::uint64_t time_ = 0;
};

} // namespace

TEST_CASE("a line goes from raised to requested, in service and ended")
{
    Events tell;
    tell(trace::LineChanged{0, true});
    CHECK(tell.lamp(0).level);
    CHECK(tell.lamp(0).requested);
    CHECK(tell.says(0, "Next"));
    tell(trace::InterruptInjected{0, 0x20});
    CHECK_FALSE(tell.lamp(0).requested);
    CHECK(tell.lamp(0).in_service);
    CHECK(tell.lamp(0).taken == 1);
    CHECK(tell.says(0, "In service"));
    tell(trace::EndOfInterrupt{0});
    tell(trace::LineChanged{0, false});
    CHECK_FALSE(tell.lamp(0).in_service);
    CHECK(tell.says(0, "Quiet"));
}

TEST_CASE("a masked request says that it is masked, on both chips")
{
    Events tell;
    tell.define_the_masks();
    tell.mask(0x10);
    tell.mask(0x01, 3);
    tell(trace::LineChanged{4, true});
    tell(trace::LineChanged{8, true});
    CHECK(tell.lamp(4).masked);
    CHECK(tell.says(4, "Masked: bit 4 of the primary"));
    CHECK(tell.says(8, "Masked: bit 0 of the secondary"));
    CHECK_FALSE(tell.lamp(0).masked);
    tell.mask(0);
    CHECK(tell.says(4, "Waits: IRQ 8 ranks before it") == false);
    CHECK(tell.says(4, "Next"));
}

TEST_CASE("a request waits for one that is in service and ranks before it")
{
    Events tell;
    tell(trace::LineChanged{0, true});
    tell(trace::InterruptInjected{0, 0x20});
    tell(trace::LineChanged{4, true});
    CHECK(tell.says(4, "IRQ 0 is in service and ranks before it"));
    tell(trace::EndOfInterrupt{0});
    tell(trace::LineChanged{0, false});
    CHECK(tell.says(4, "Next"));
}

TEST_CASE("the secondary's lines rank between IRQ 1 and IRQ 3")
{
    Events tell;
    tell(trace::LineChanged{8, true});
    tell(trace::LineChanged{3, true});
    CHECK(tell.says(3, "IRQ 8 ranks before it"));
    CHECK(tell.says(8, "Next"));
    tell(trace::LineChanged{1, true});
    CHECK(tell.says(8, "IRQ 1 ranks before it"));
}

TEST_CASE("what the CPU says against it is told in words")
{
    Events tell;
    tell(trace::LineChanged{0, true});
    tell(trace::InterruptPending{0, trace::NotNow::interrupts_off});
    CHECK(tell.says(0, "IF = 0"));
}

TEST_CASE("lamps are as of the record asked about, not of the end")
{
    Events tell;
    RecordIndex const up = tell(trace::LineChanged{0, true});
    RecordIndex const taken = tell(trace::InterruptInjected{0, 0x20});
    tell(trace::EndOfInterrupt{0});
    CHECK(line_lamps(tell.model, up)[0].requested);
    CHECK(line_lamps(tell.model, taken)[0].in_service);
    CHECK_FALSE(tell.lamp(0).in_service);
}

TEST_CASE("a vector is counted once, though injection and delivery both tell of it")
{
    for (auto const backend : {trace::BackendKind::kvm, trace::BackendKind::unicorn}) {
        TraceModel model;
        model.append(story::records({.backend = backend}));
        RecordIndex const end = model.records().size() - 1;
        CHECK(vector_cell(model, 0x20, end).until_now == 24);
        CHECK(vector_cell(model, 0x20, 0).until_now == 0);
        CHECK(vector_cell(model, 0x20, 0).total == 24);
        CHECK(vector_cell(model, 0x20, 0).next != no_record);
        CHECK(vector_cell(model, 0x21, end).total == 0);
    }
}

TEST_CASE("the pushed frame of a page fault ends with its error code")
{
    TraceModel model;
    model.append(story::records({.backend = trace::BackendKind::unicorn}));
    RecordIndex const fault = model.occurrences().delivered(14).all().front();
    auto const words = pushed_frame(model, fault);
    REQUIRE(words.size() == 6);
    CHECK(words.front().name == "SS");
    CHECK(words.back().name == "error code");
    CHECK(words.back().value == "0x3");
    CHECK(pushed_frame(model, fault - 1).empty());
}

TEST_CASE("two vCPUs take turns: each has a lane, its time and its share")
{
    using trace::SchedulingStep;
    Events tell;
    tell(trace::Scheduling{SchedulingStep::enqueued, 1, 0}, 0);
    tell(trace::Scheduling{SchedulingStep::enqueued, 2, 0}, 1);
    tell(trace::Scheduling{SchedulingStep::picked, 1, 0}, 0);
    tell(trace::Scheduling{SchedulingStep::preempted, 2, 0}, 0);
    tell(trace::Scheduling{SchedulingStep::picked, 1, 0}, 1);
    RecordIndex const halted = tell(trace::Scheduling{SchedulingStep::halted, 1, 0}, 1);
    SchedulerBoard const board = scheduler_board(tell.model, halted);
    REQUIRE(board.lanes.size() == 2);
    CHECK(board.lanes[0].ran == 1000);
    CHECK(board.lanes[1].ran == 1000);
    CHECK(board.switches == 2);
    CHECK(board.queue.size() == 6);
    auto const& second = board.lanes[1].segments;
    REQUIRE(second.size() == 3);
    CHECK(second[0].state == RunState::ready);
    CHECK(second[1].state == RunState::running);
    CHECK(second[2].state == RunState::sleeping);
    CHECK(second[1].end == second[2].begin);
}

TEST_CASE("the scheduler's board shows the events around the focus, not all of them")
{
    Events tell;
    for (int turn = 0; turn < 500; ++turn) {
        tell(trace::Scheduling{trace::SchedulingStep::picked, 0, 0});
        tell(trace::Scheduling{trace::SchedulingStep::preempted, 1, 0});
    }
    SchedulerBoard const board = scheduler_board(tell.model, 500, 100);
    CHECK(board.skipped == 451);
    REQUIRE(board.lanes.size() == 1);
    CHECK(board.lanes[0].segments.size() == 100);
}
