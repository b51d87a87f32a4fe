// What `ringside trace diff` calls the same, and what not.
#include "engine/stream/parity.hpp"

#include "tests/catch.hpp"

using namespace ringside;
using stream::first_divergence;

namespace {

std::vector<trace::Record> records(std::vector<trace::Event> const& events)
{
    std::vector<trace::Record> list;
    for (trace::Event const& event : events) {
        trace::Record record;
        record.seq = list.size();
        record.event = event;
        list.push_back(record);
    }
    return list;
}

trace::ExitBegin out(std::uint64_t value)
{
    trace::ExitBegin event;
    event.kind = trace::ExitKind::port_out;
    event.value = value;
    return event;
}

trace::RegistersChanged flags(std::uint64_t value)
{
    trace::RegistersChanged event;
    event.mask = 1ULL << static_cast<unsigned>(trace::Register::rflags);
    event.values.push(value);
    return event;
}

} // namespace

TEST_CASE("a stream is the same as itself")
{
    auto const stream = records({out(1), trace::ExitEnd{}});
    CHECK_FALSE(first_divergence(stream, stream).has_value());
}

TEST_CASE("another value in one exit is a divergence, with its place")
{
    auto const found = first_divergence(records({out(1), out(2)}), records({out(1), out(3)}));
    REQUIRE(found.has_value());
    CHECK(found->left == 1);
    CHECK(found->right == 1);
}

TEST_CASE("a stream that ends early is a divergence")
{
    CHECK(first_divergence(records({out(1), out(2)}), records({out(1)})).has_value());
    CHECK(first_divergence(records({}), records({out(1)})).has_value());
}

TEST_CASE("what only a software VMM sees does not count")
{
    trace::PageWalk observed;
    observed.origin = trace::WalkOrigin::observed;
    CHECK_FALSE(first_divergence(records({trace::Emulated{}, out(1), trace::Delivered{}, observed}),
                                 records({out(1)}))
                    .has_value());
}

TEST_CASE("a reconstructed walk does count")
{
    trace::PageWalk walk;
    walk.origin = trace::WalkOrigin::reconstructed;
    CHECK(first_divergence(records({walk, out(1)}), records({out(1)})).has_value());
}

TEST_CASE("another virtual time is a divergence unless time is not compared")
{
    auto left = records({out(1)});
    auto right = left;
    right[0].time = 5;
    CHECK(first_divergence(left, right).has_value());
    CHECK_FALSE(first_divergence(left, right, {.compare_time = false}).has_value());
}

TEST_CASE("RF and AF are not compared, every other flag is")
{
    constexpr std::uint64_t rf = 1ULL << 16, af = 1ULL << 4, zf = 1ULL << 6;
    CHECK_FALSE(first_divergence(records({flags(2 | rf)}), records({flags(2 | af)})).has_value());
    CHECK(first_divergence(records({flags(2)}), records({flags(2 | zf)})).has_value());
}

TEST_CASE("an instruction that one side does not know is no divergence, another one is")
{
    trace::ExitBegin known = out(1);
    known.rip = 0x1000;
    known.length = 2;
    trace::ExitBegin other = known;
    other.rip = 0x2000;
    CHECK_FALSE(first_divergence(records({known}), records({out(1)})).has_value());
    CHECK(first_divergence(records({known}), records({other})).has_value());
}

TEST_CASE("every known difference has a reason")
{
    for (auto const& known : stream::known_differences())
        CHECK_FALSE(known.why.empty());
}
