// A moment taken apart: sentence, sub-steps, evidence.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/inspection.hpp"
#include "visualizer/model/interrupt_path.hpp"
#include "visualizer/model/row_text.hpp"
#include "visualizer/model/sentence.hpp"

#include <algorithm>

using namespace ringside;
using namespace ringside::visualizer;

namespace {

TraceModel model_on(trace::BackendKind backend)
{
    TraceModel model;
    model.append(story::records({.backend = backend}));
    return model;
}

// The first row the predicate accepts.
template <typename Predicate>
MomentIndex find(TraceModel const& model, Predicate accepts)
{
    for (MomentIndex index = 0; index < model.moments().size(); ++index)
        if (accepts(model.moments()[index]))
            return index;
    FAIL("the story has no such row");
    return no_moment;
}

bool prints_h(Moment const& moment)
{
    return moment.is_exit() && moment.address == 0x3f8 && moment.value == 'H';
}

bool has_step(Inspection const& inspection, Actor actor, std::string_view title)
{
    return std::any_of(inspection.steps.begin(), inspection.steps.end(), [&](Step const& step) {
        return step.actor == actor && step.title == title;
    });
}

} // namespace

TEST_CASE("a port write is one sentence: who did what, why it exited, who answered")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    CHECK(
        sentence(model, model.moments()[find(model, prints_h)]) ==
        "The guest wrote 0x48 'H' to port 0x3f8 (COM1 THR); the CPU left guest mode because every "
        "port access exits; COM1 printed it.");
}

TEST_CASE("on the software CPU the same write has another cause")
{
    TraceModel const model = model_on(trace::BackendKind::unicorn);
    CHECK(sentence(model, model.moments()[find(model, prints_h)]) ==
          "The guest wrote 0x48 'H' to port 0x3f8 (COM1 THR); the software CPU decoded OUT and "
          "stopped in front of it; COM1 printed it.");
}

TEST_CASE("a port read tells what the device answered")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    MomentIndex const row =
        find(model, [](Moment const& moment) { return moment.address == 0x3fd; });
    CHECK(sentence(model, model.moments()[row]) ==
          "The guest read port 0x3fd (COM1 LSR); the CPU left guest mode because every port access "
          "exits; COM1 answered 0x60.");
}

TEST_CASE("every row of the story has a sentence and at least one sub-step")
{
    for (auto const backend : {trace::BackendKind::kvm, trace::BackendKind::unicorn}) {
        TraceModel const model = model_on(backend);
        for (MomentIndex index = 0; index < model.moments().size(); ++index) {
            Inspection const inspection = inspect(model, index);
            INFO(kind_name(model.moments()[index]));
            CHECK(inspection.sentence.size() > 10);
            CHECK(inspection.sentence.back() == '.');
            CHECK_FALSE(inspection.steps.empty());
        }
    }
}

TEST_CASE("a KVM exit passes hardware, kernel, VMM and device in this order")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    Inspection const inspection = inspect(model, find(model, prints_h));
    CHECK(inspection.actors.size() == 4);
    CHECK(has_step(inspection, Actor::cpu, "out dx, al"));
    CHECK(has_step(inspection, Actor::kernel, "KVM_RUN returns"));
    CHECK(has_step(inspection, Actor::vmm, "Traps: PortOut"));
    CHECK(has_step(inspection, Actor::device, "COM1 THR"));
    CHECK(inspection.steps.back().title == "KVM_RUN again");
}

TEST_CASE("without KVM there is no kernel column")
{
    TraceModel const model = model_on(trace::BackendKind::unicorn);
    Inspection const inspection = inspect(model, find(model, prints_h));
    CHECK(inspection.actors == std::vector{Actor::cpu, Actor::vmm, Actor::device});
    for (Step const& step : inspection.steps)
        CHECK(step.actor != Actor::kernel);
}

TEST_CASE("what the VMCS would say is tagged as not visible")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    Inspection const inspection = inspect(model, find(model, prints_h));
    auto const vm_exit = std::find_if(inspection.steps.begin(), inspection.steps.end(),
                                      [](Step const& step) { return step.title == "VM exit"; });
    REQUIRE(vm_exit != inspection.steps.end());
    CHECK(letter_of(vm_exit->evidence) == 'N');
}

TEST_CASE("each sub-step comes from a record of the same row")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    for (MomentIndex index = 0; index < model.moments().size(); ++index) {
        Moment const& moment = model.moments()[index];
        for (Step const& step : inspect(model, index).steps) {
            CHECK(step.record >= moment.preface);
            CHECK(step.record <= moment.last);
        }
    }
}

TEST_CASE("an exit with a hundred thousand records is summed up")
{
    TraceModel model;
    std::vector<trace::Record> records = {{0, 0, 0, 0, trace::ExitBegin{}}};
    for (std::uint64_t seq = 1; seq < 100'000; ++seq)
        records.push_back({seq, 0, 0, 0, trace::EndOfInterrupt{3}});
    model.append(records);
    Inspection const inspection = inspect(model, 0);
    CHECK(inspection.steps.size() <= longest_inspection + 4);
    CHECK(inspection.steps.back().title == "and more");
}

TEST_CASE("a pending interrupt says why it is not delivered")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    MomentIndex const row = find(
        model, [](Moment const& moment) { return moment.event == trace::InterruptPending::id; });
    CHECK(sentence(model, model.moments()[row]) ==
          "Interrupt 0 waits in the PIC: the guest has interrupts off (RFLAGS.IF = 0).");
    CHECK(what_text(model, model.moments()[row]) == "IRQ 0 held: IF=0");
}

TEST_CASE("an interrupt's way is told from the device's line to the end of interrupt")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    MomentIndex const row = find(
        model, [](Moment const& moment) { return moment.event == trace::InterruptInjected::id; });
    auto const path = interrupt_path(model, model.moments()[row].first);
    REQUIRE(path);
    CHECK(path->irq == 0);
    RecordIndex before = 0;
    for (std::size_t const station : {0U, 2U, 3U, 4U}) {
        REQUIRE(path->stations[station].record != no_record);
        CHECK(path->stations[station].record > before);
        before = path->stations[station].record;
    }
    CHECK(path->stations[1].detail == "no: taken at once");
    CHECK(path->stations[2].detail == "vector 0x20");
}

TEST_CASE("an interrupt that was held back says why on its way")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    MomentIndex const row = find(
        model, [](Moment const& moment) { return moment.event == trace::InterruptPending::id; });
    auto const path = interrupt_path(model, model.moments()[row].first);
    REQUIRE(path);
    CHECK(path->stations[1].record == model.moments()[row].first);
    CHECK(path->stations[1].detail == "IF=0");
}

TEST_CASE("a page walk is not a station of any interrupt")
{
    TraceModel const model = model_on(trace::BackendKind::kvm);
    CHECK_FALSE(interrupt_path(model, model.walks()[0]));
}
