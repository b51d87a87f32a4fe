// One event to bytes and back, and what bytes from elsewhere may do: be refused, never more.

#include "engine/trace/bytes.hpp"
#include "engine/trace/codec.hpp"
#include "engine/trace/raw_record.hpp"
#include "tests/catch.hpp"
#include "tests/trace/random_events.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string>
#include <variant>
#include <vector>

using namespace ringside;
using namespace ringside::trace;

namespace {

std::vector<std::byte> encoded(Event const& event, std::uint64_t delta = 0)
{
    std::vector<std::byte> bytes;
    encode(raw_record(event, 0, delta), 0, bytes);
    return bytes;
}

struct Outcome {
    Result<Decoded> result;
    Event event;
    std::size_t left = 0;
};

Outcome decoded(std::vector<std::byte> const& bytes, FieldRule rule = FieldRule::exact)
{
    std::span<std::byte const> rest(bytes);
    Event event;
    Result<Decoded> result = decode(rest, rule, event);
    return Outcome{std::move(result), event, rest.size()};
}

std::vector<std::byte> bytes_of(std::initializer_list<unsigned> values)
{
    std::vector<std::byte> bytes;
    for (unsigned value : values)
        bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

} // namespace

TEST_CASE("every event comes back from its bytes as it was")
{
    RandomEvents random(1);
    for (int round = 0; round < 300; ++round)
        for (Event const& event : random.one_of_each()) {
            std::uint64_t const delta = random.number();
            Outcome const outcome = decoded(encoded(event, delta));
            REQUIRE(outcome.result);
            CHECK(outcome.result->known);
            CHECK(outcome.result->time_delta == delta);
            CHECK(outcome.event == event);
            CHECK(outcome.left == 0);
        }
}

TEST_CASE("the longest events there can be come back as they were")
{
    Keyframe keyframe;
    PageWalk walk;
    DeviceState state;
    for (std::size_t index = 0; index < register_count; ++index)
        keyframe.values.push(0x8000000000000000ULL);
    for (int index = 0; index < 4; ++index)
        walk.steps.push(WalkStep{~0ULL, ~0ULL});
    for (int index = 0; index < 192; ++index)
        state.bytes.push(0xff);
    for (Event const& event : {Event(keyframe), Event(walk), Event(state)}) {
        Outcome const outcome = decoded(encoded(event, ~0ULL));
        REQUIRE(outcome.result);
        CHECK(outcome.event == event);
    }
}

TEST_CASE("a kernel address takes no more bytes than a user address of the same size")
{
    ExitBegin user;
    user.rip = 0x12345678;
    ExitBegin kernel;
    kernel.rip = 0 - std::uint64_t{0x12345678};
    CHECK(encoded(kernel).size() == encoded(user).size());
}

TEST_CASE("an ordinary exit takes no more than 32 bytes for its beginning and its end together")
{
    ExitBegin begin;
    begin.kind = ExitKind::port_out;
    begin.width = 1;
    begin.length = 1;
    begin.address = 0x3f8;
    begin.value = 'A';
    begin.rip = 0x7c12;
    ExitEnd end;
    end.next_rip = 0x7c13;
    end.began = 1000;
    CHECK(encoded(begin, 1000).size() + encoded(end, 0).size() <= 32);
}

TEST_CASE("an event cut off at any byte is refused")
{
    RandomEvents random(2);
    for (Event const& event : random.one_of_each()) {
        std::vector<std::byte> const whole = encoded(event, 300);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            std::vector<std::byte> const part(whole.begin(),
                                              whole.begin() + static_cast<std::ptrdiff_t>(size));
            CHECK_FALSE(decoded(part).result);
            CHECK_FALSE(decoded(part, FieldRule::other_minor).result);
        }
    }
}

TEST_CASE("a refusal names the event and the field")
{
    // exit (id 10), 5 bytes: time 0, kind, width, length, and nothing of the element.
    Outcome const outcome = decoded(bytes_of({10, 4, 0, 1, 1, 1}));
    REQUIRE_FALSE(outcome.result);
    CHECK(outcome.result.error().text == "event 'exit' (id 10) makes no sense at element");
    CHECK(outcome.result.error().blame == Blame::input);
    CHECK(outcome.left == 6);
}

TEST_CASE("a number too large for its field is refused")
{
    // exit: element is a 16-bit number; 0x10000 takes three bytes.
    CHECK_FALSE(decoded(bytes_of({10, 11, 0, 1, 1, 1, 0x80, 0x80, 0x04, 1, 0, 0, 0})).result);
    CHECK(decoded(bytes_of({10, 11, 0, 1, 1, 1, 0xff, 0xff, 0x03, 1, 0, 0, 0})).result);
}

TEST_CASE("a list longer than the event can hold is refused")
{
    // marker (id 50): text of 65 bytes.
    std::vector<std::byte> bytes = bytes_of({50, 67, 0, 65});
    bytes.resize(bytes.size() + 65, std::byte{'x'});
    CHECK_FALSE(decoded(bytes).result);
}

TEST_CASE("an event we do not know is stepped over and keeps its time")
{
    std::vector<std::byte> bytes = bytes_of({200, 4, 7, 1, 2, 3});
    std::vector<std::byte> const next = encoded(LineChanged{4, true});
    bytes.insert(bytes.end(), next.begin(), next.end());
    Outcome const outcome = decoded(bytes);
    REQUIRE(outcome.result);
    CHECK_FALSE(outcome.result->known);
    CHECK(outcome.result->time_delta == 7);
    CHECK(outcome.left == next.size());
}

TEST_CASE("bytes behind the last field are refused, unless the trace has another minor version")
{
    // irq-eoi (id 33): time, irq, and one byte more.
    std::vector<std::byte> const bytes = bytes_of({33, 3, 0, 5, 99});
    CHECK_FALSE(decoded(bytes).result);
    Outcome const outcome = decoded(bytes, FieldRule::other_minor);
    REQUIRE(outcome.result);
    CHECK(outcome.event == Event(EndOfInterrupt{5}));
    CHECK(outcome.left == 0);
}

TEST_CASE("fields an older version did not have keep their defaults")
{
    // device-access (id 20) without its last two fields.
    std::vector<std::byte> const bytes = bytes_of({20, 4, 0, 3, 2, 1});
    CHECK_FALSE(decoded(bytes).result);
    Outcome const outcome = decoded(bytes, FieldRule::other_minor);
    REQUIRE(outcome.result);
    CHECK(outcome.event == Event(DeviceAccess{3, 2, Direction::write, 0, 0}));
}

TEST_CASE("an enumerator we do not have is kept and named unknown")
{
    std::vector<std::byte> const bytes = bytes_of({16, 3, 0, 0, 77});
    Outcome const outcome = decoded(bytes);
    REQUIRE(outcome.result);
    CHECK(name_of(std::get<ModeChanged>(outcome.event).to) == "unknown");
}

TEST_CASE("arbitrary bytes are decoded or refused, and always taken from the front")
{
    RandomEvents random(3);
    for (int round = 0; round < 20000; ++round) {
        std::vector<std::byte> bytes(random.below(80));
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(random.number());
        Outcome const outcome = decoded(bytes, FieldRule::other_minor);
        if (outcome.result)
            CHECK(outcome.left < bytes.size());
        else
            CHECK(outcome.left == bytes.size());
    }
}

TEST_CASE("numbers of every length survive varint and zigzag")
{
    for (unsigned shift = 0; shift < 64; ++shift)
        for (std::uint64_t value : {(1ULL << shift) - 1, 1ULL << shift, 0 - (1ULL << shift)}) {
            CHECK(unzigzag(zigzag(value)) == value);
            std::array<std::byte, longest_varint> bytes{};
            ByteWriter writer(bytes.data());
            writer.varint(value);
            ByteReader reader(std::span(bytes.data(), writer.position()));
            CHECK(reader.varint() == value);
            CHECK(reader.ok());
            CHECK(reader.left() == 0);
        }
}

TEST_CASE("a varint of more than 64 bits is refused")
{
    std::vector<std::byte> bytes(9, std::byte{0xff});
    bytes.push_back(std::byte{0x02});
    ByteReader too_long(bytes);
    CHECK(too_long.varint() == 0);
    CHECK_FALSE(too_long.ok());
    bytes.back() = std::byte{0x01};
    ByteReader largest(bytes);
    CHECK(largest.varint() == ~0ULL);
    CHECK(largest.ok());
}
