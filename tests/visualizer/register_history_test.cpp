// The registers at any record: keyframes, changes, checkpoints, losses.
#include "tests/catch.hpp"
#include "visualizer/model/trace_model.hpp"

using namespace ringside;
using namespace ringside::visualizer;
using trace::Register;

namespace {

trace::Keyframe keyframe(std::uint64_t everywhere)
{
    trace::Keyframe frame;
    for (std::size_t number = 0; number < trace::register_count; ++number)
        frame.values.push(everywhere);
    return frame;
}

trace::RegistersChanged change(Register which, std::uint64_t value)
{
    trace::RegistersChanged changed;
    changed.mask = std::uint64_t{1} << static_cast<unsigned>(which);
    changed.values.push(value);
    return changed;
}

trace::Record record(std::uint64_t seq, trace::Event event)
{
    return {seq, 0, seq, 0, std::move(event)};
}

} // namespace

TEST_CASE("a register has the value of the last change at or before a record")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(0, keyframe(1)), record(1, change(Register::rax, 5)), record(2, trace::Scheduling{}),
        record(3, change(Register::rax, 6))};
    model.append(records);
    CHECK(model.registers_at(0, 0)[Register::rax] == 1);
    CHECK(model.registers_at(0, 1)[Register::rax] == 5);
    CHECK(model.registers_at(0, 2)[Register::rax] == 5);
    CHECK(model.registers_at(0, 3)[Register::rax] == 6);
    CHECK(model.registers_at(0, 3)[Register::rbx] == 1);
}

TEST_CASE("any record of a long run is as right as the first, without a keyframe near it")
{
    TraceModel model;
    std::vector<trace::Record> records = {record(0, keyframe(0))};
    for (std::uint64_t seq = 1; seq <= 5000; ++seq)
        records.push_back(record(seq, change(Register::rcx, seq)));
    model.append(records);
    for (RecordIndex index = 1; index <= 5000; index += 37)
        REQUIRE(model.registers_at(0, index)[Register::rcx] == index);
}

TEST_CASE("before the first keyframe only the registers that were told are known")
{
    TraceModel model;
    std::vector<trace::Record> const records = {record(0, change(Register::rdi, 9))};
    model.append(records);
    RegisterState const state = model.registers_at(0, 0);
    CHECK(state.knows(Register::rdi));
    CHECK_FALSE(state.knows(Register::rsi));
}

TEST_CASE("after a loss the registers are stale until the next keyframe")
{
    TraceModel model;
    std::vector<trace::Record> const records = {
        record(0, keyframe(1)), record(1, trace::Dropped{1, 4, trace::DropReason::ring_full}),
        record(5, change(Register::rax, 3)), record(6, keyframe(2))};
    model.append(records);
    CHECK_FALSE(model.registers_at(0, 0).stale);
    CHECK(model.registers_at(0, 1).stale);
    CHECK(model.registers_at(0, 2).stale);
    CHECK_FALSE(model.registers_at(0, 3).stale);
}

TEST_CASE("a keyframe with fewer registers than we know leaves the others unknown")
{
    TraceModel model;
    trace::Keyframe frame;
    frame.values.push(4);
    std::vector<trace::Record> const records = {record(0, frame)};
    model.append(records);
    CHECK(model.registers_at(0, 0).knows(Register::rax));
    CHECK_FALSE(model.registers_at(0, 0).knows(Register::rcx));
}

TEST_CASE("a change that claims more registers than it carries is taken as far as it goes")
{
    TraceModel model;
    trace::RegistersChanged broken;
    broken.mask = ~std::uint64_t{0};
    broken.values.push(7);
    std::vector<trace::Record> const records = {record(0, broken)};
    model.append(records);
    CHECK(model.registers_at(0, 0)[Register::rax] == 7);
    CHECK_FALSE(model.registers_at(0, 0).knows(Register::rcx));
}

TEST_CASE("a vCPU nobody spoke of has no known register")
{
    TraceModel model;
    std::vector<trace::Record> const records = {record(0, keyframe(1))};
    model.append(records);
    CHECK(model.registers_at(9, 0).known == 0);
}
