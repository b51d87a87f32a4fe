// The ring, and what the vCPU thread does when it is full: emitted = delivered + dropped.

#include "engine/stream/intake.hpp"
#include "engine/stream/ring.hpp"
#include "engine/trace/raw_record.hpp"
#include "tests/catch.hpp"
#include "tests/trace/random_events.hpp"

#include <atomic>
#include <chrono>
#include <cstring>
#include <memory>
#include <numeric>
#include <thread>
#include <variant>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

Ring small_ring()
{
    return Ring(*Mapping::anonymous(4096));
}

std::unique_ptr<Intake> small_intake(WhenFull exits)
{
    IntakeOptions options;
    options.ring_bytes = 8192;
    options.exits = exits;
    options.stamps = HostStamps::off;
    options.patience = std::chrono::milliseconds(1);
    return *Intake::create(options);
}

template <typename E>
void append(Intake& intake, E const& event, int times = 1)
{
    for (int count = 0; count < times; ++count)
        intake.append(trace::raw_record(event, 0, 0));
}

std::uint64_t dropped_of(Intake const& intake, trace::Category category)
{
    return intake.dropped()[static_cast<std::size_t>(category)];
}

std::uint64_t dropped_in_all(Intake const& intake)
{
    DropCounters const dropped = intake.dropped();
    return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

/// Reads what is there and returns the sequence numbers.
std::vector<std::uint64_t> drain(Ring& ring)
{
    std::vector<std::uint64_t> seqs;
    ring.read_all(
        [&](RingEntry const& entry, std::span<std::byte const>) { seqs.push_back(entry.seq); });
    return seqs;
}

} // namespace

TEST_CASE("what goes into the ring comes out, in order, over many laps")
{
    Ring ring = small_ring();
    trace::RandomEvents random(6);
    std::uint64_t seq = 0;
    for (int lap = 0; lap < 200; ++lap) {
        std::vector<trace::Event> waiting;
        for (trace::Event const& event : random.one_of_each())
            if (ring.try_write(trace::raw_record(event, 3, seq * 2), seq, 77, 0)) {
                waiting.push_back(event);
                ++seq;
            }
        std::size_t next = 0;
        std::size_t const count = ring.read_all([&](RingEntry const& entry,
                                                    std::span<std::byte const> bytes) {
            trace::RawRecord const record{entry.id, entry.vcpu, entry.category, entry.time, bytes};
            CHECK(trace::to_event(record) == waiting[next]);
            CHECK(entry.seq == seq - waiting.size() + next);
            CHECK(entry.time == entry.seq * 2);
            CHECK(entry.vcpu == 3);
            CHECK(entry.stamp == 77);
            ++next;
        });
        CHECK(count == waiting.size());
    }
    CHECK(seq > 1000);
}

TEST_CASE("a full ring refuses, and takes again what has been read")
{
    Ring ring = small_ring();
    trace::ConsoleByte const byte;
    std::uint64_t written = 0;
    while (ring.try_write(trace::raw_record(byte, 0, 0), written, 0, 0))
        ++written;
    CHECK(written == 4096 / 64);
    CHECK(drain(ring).size() == written);
    CHECK(ring.try_write(trace::raw_record(byte, 0, 0), 0, 0, 0));
}

TEST_CASE("two threads lose nothing and reorder nothing")
{
    Ring ring = small_ring();
    constexpr std::uint64_t count = 200'000;
    std::thread writer([&] {
        for (std::uint64_t seq = 0; seq < count;) {
            trace::Symbol symbol; // of changing length, so that padding is needed now and then
            symbol.address = seq * 3;
            symbol.text.count = static_cast<std::uint16_t>(seq % 64);
            std::memset(symbol.text.items.data(), 'x', symbol.text.count);
            if (ring.try_write(trace::raw_record(symbol, 0, seq), seq, 0, 0))
                ++seq;
            else
                std::this_thread::yield();
        }
    });
    std::uint64_t next = 0;
    bool all_right = true;
    while (next < count) {
        ring.read_all([&](RingEntry const& entry, std::span<std::byte const> bytes) {
            trace::RawRecord const record{entry.id, 0, entry.category, entry.time, bytes};
            auto const symbol = std::get<trace::Symbol>(trace::to_event(record));
            all_right = all_right && entry.seq == next && symbol.address == next * 3 &&
                        symbol.text.count == next % 64;
            ++next;
        });
        std::this_thread::yield();
    }
    writer.join();
    CHECK(all_right);
    CHECK(ring.read() == ring.written());
}

TEST_CASE("detail is lost first: exits and definitions still find room")
{
    std::unique_ptr<Intake> const intake = small_intake(WhenFull::drop_newest);
    append(*intake, trace::Scheduling{}, 1000);
    CHECK(dropped_of(*intake, trace::Category::scheduling) > 0);
    append(*intake, trace::ExitBegin{}, 10);
    CHECK(dropped_of(*intake, trace::Category::exit) == 0);
    append(*intake, trace::ExitBegin{}, 1000);
    CHECK(dropped_of(*intake, trace::Category::exit) > 0);
    append(*intake, trace::EndOfInterrupt{}, 3);
    append(*intake, trace::TracingSwitched{}, 3);
    CHECK(dropped_of(*intake, trace::Category::lifecycle) == 0);
}

TEST_CASE("with a recorder that never reads, every record is either in the ring or counted")
{
    for (WhenFull exits : {WhenFull::wait, WhenFull::drop_newest}) {
        std::unique_ptr<Intake> const intake = small_intake(exits);
        trace::RandomEvents random(7);
        for (int round = 0; round < 50; ++round)
            for (trace::Event const& event : random.one_of_each())
                intake->append(trace::raw_record(event, 0, 0));
        std::uint64_t const emitted = intake->next_seq(0);
        CHECK(dropped_in_all(*intake) > 0);
        CHECK(drain(intake->ring()).size() + dropped_in_all(*intake) == emitted);
    }
}

TEST_CASE("a lost record keeps its number: the gap shows where it was")
{
    std::unique_ptr<Intake> const intake = small_intake(WhenFull::drop_newest);
    append(*intake, trace::ExitBegin{}, 500);
    std::vector<std::uint64_t> const before = drain(intake->ring());
    append(*intake, trace::ExitBegin{});
    CHECK(drain(intake->ring()) == std::vector<std::uint64_t>{500});
    CHECK(before.back() + 1 + dropped_in_all(*intake) == 500);
}

TEST_CASE("a recorder that was taken for dead and reads again gets everything from then on")
{
    std::unique_ptr<Intake> const intake = small_intake(WhenFull::wait);
    append(*intake, trace::ExitBegin{}, 500); // nobody reads: gives up, then counts
    CHECK(dropped_of(*intake, trace::Category::exit) > 0);
    drain(intake->ring());
    std::uint64_t const dropped = dropped_in_all(*intake);
    append(*intake, trace::ExitBegin{}, 50);
    CHECK(dropped_in_all(*intake) == dropped);
    CHECK(drain(intake->ring()).size() == 50);
}

TEST_CASE("waiting for a recorder that reads loses nothing")
{
    IntakeOptions options;
    options.ring_bytes = 4096;
    std::unique_ptr<Intake> const intake = *Intake::create(options);
    constexpr std::uint64_t count = 5000;
    std::thread writer([&] { append(*intake, trace::ExitEnd{}, static_cast<int>(count)); });
    std::uint64_t read = 0;
    while (read < count) {
        read += drain(intake->ring()).size();
        std::this_thread::yield();
    }
    writer.join();
    CHECK(dropped_in_all(*intake) == 0);
}

TEST_CASE("a recording may wait for its details too, and then loses none")
{
    IntakeOptions options;
    options.ring_bytes = 4096;
    options.details = WhenFull::wait;
    std::unique_ptr<Intake> const intake = *Intake::create(options);
    constexpr std::uint64_t count = 5000;
    std::thread writer([&] { append(*intake, trace::Scheduling{}, static_cast<int>(count)); });
    std::uint64_t read = 0;
    while (read < count) {
        read += drain(intake->ring()).size();
        std::this_thread::yield();
    }
    writer.join();
    CHECK(dropped_in_all(*intake) == 0);
}

TEST_CASE("only the two ends of an exit are stamped with host time, and only when asked")
{
    for (HostStamps stamps : {HostStamps::off, HostStamps::on}) {
        IntakeOptions options;
        options.stamps = stamps;
        std::unique_ptr<Intake> const intake = *Intake::create(options);
        append(*intake, trace::ExitBegin{});
        append(*intake, trace::DeviceAccess{});
        append(*intake, trace::ExitEnd{});
        std::vector<bool> stamped;
        intake->ring().read_all([&](RingEntry const& entry, std::span<std::byte const>) {
            stamped.push_back(entry.stamp != 0);
        });
        bool const on = stamps == HostStamps::on;
        CHECK(stamped == std::vector<bool>{on, false, on});
    }
}

TEST_CASE("host time starts near zero and never runs backwards")
{
    HostClock clock;
    std::uint64_t last = 0;
    for (int look = 0; look < 1000; ++look) {
        std::uint64_t const now = clock.nanoseconds(clock.stamp());
        CHECK(now >= last);
        last = now;
        if (look % 100 == 0)
            clock.adjust();
    }
    CHECK(clock.nanoseconds(0) == last); // a stamp from before the start
}
