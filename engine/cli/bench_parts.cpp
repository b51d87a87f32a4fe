// Measurements of single parts: a page walk, a record's way into the ring, the size of a trace.
#include <array>
#include <cstring>
#include <filesystem>
#include <unistd.h>

#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "engine/base/stopwatch.hpp"
#include "engine/cli/bench_measures.hpp"
#include "engine/cli/guest_catalogue.hpp"
#include "engine/machine/boot_tables.hpp"
#include "engine/machine/loader.hpp"
#include "engine/machine/machine.hpp"
#include "engine/stream/recorder.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::cli {

namespace {

/// The optimiser must believe that somebody looks at this.
template <typename T>
void keep(T const& value)
{
    __asm__ volatile("" : : "m"(value) : "memory");
}

std::filesystem::path scratch(char const* name)
{
    return std::filesystem::temp_directory_path() /
           ("ringside-bench-" + std::to_string(::getpid()) + name);
}

/// A guest whose input has ended.
class NoInput final : public machine::ConsoleInput {
public:
    std::optional<std::uint8_t> next() override { return std::nullopt; }
    bool ended() const override { return true; }
    void wait(std::uint32_t) override {}
};

} // namespace

Result<std::vector<Measure>> measure_walk()
{
    memory::GuestMemory memory;
    TRY(machine::add_standard_slots(memory, 16ULL << 20));
    machine::write_boot_page_tables(memory);
    x86::Paging const paging = x86::Paging::of(machine::long64_start(0));
    constexpr std::uint64_t walks = 200'000;
    std::vector<double> ours;
    std::vector<double> floor;
    for (int round = 0; round < bench_rounds; ++round) {
        double const begin = thread_ns();
        for (std::uint64_t count = 0; count < walks; ++count)
            keep(x86::walk(memory, paging, Gva((count * 0x201000) & 0xffffffff), x86::Access::read,
                           x86::Privilege::supervisor));
        double const middle = thread_ns();
        for (std::uint64_t count = 0; count < walks; ++count) {
            std::uint64_t table = paging.cr3;
            for (unsigned const shift : {39U, 30U, 21U}) {
                std::uint64_t const index = (((count * 0x201000) & 0xffffffff) >> shift) & 511U;
                std::memcpy(&table, memory.host_bytes(Gpa(0), 1).data() + table + index * 8, 8);
                table &= 0xffffffffff000ULL;
            }
            keep(table);
        }
        ours.push_back((middle - begin) / static_cast<double>(walks));
        floor.push_back((thread_ns() - middle) / static_cast<double>(walks));
    }
    return std::vector{Measure{"page walk, 4-level", median(ours), "ns/walk", median(floor),
                               "the three loads alone", "200 ns", bench_rounds}};
}

Result<std::vector<Measure>> measure_append()
{
    constexpr std::uint64_t records = 20'000;
    std::vector<double> ours;
    std::vector<double> floor;
    for (int round = 0; round < bench_rounds; ++round) {
        stream::RecorderOptions options;
        options.file = scratch(".append");
        auto const recorder = TRY(stream::Recorder::create(options));
        trace::Tracer tracer(recorder.get());
        trace::DeviceAccess event;
        double const begin = thread_ns();
        for (std::uint64_t count = 0; count < records; ++count) {
            event.value = count;
            tracer.emit(event);
        }
        double const middle = thread_ns();
        std::vector<trace::DeviceAccess> copies(records);
        double const copying = thread_ns();
        for (std::uint64_t count = 0; count < records; ++count) {
            event.value = count;
            std::memcpy(&copies[count], &event, sizeof event);
        }
        floor.push_back((thread_ns() - copying) / static_cast<double>(records));
        ours.push_back((middle - begin) / static_cast<double>(records));
        keep(copies.back());
        recorder->finish();
        std::error_code error;
        std::filesystem::remove(options.file, error);
    }
    return std::vector{Measure{"record append", median(ours), "ns/record", median(floor),
                               "copying the struct", "10 ns", bench_rounds}};
}

Result<std::vector<Measure>> measure_trace_size()
{
    stream::RecorderTotals sum;
    for (machine::GuestImage const& guest : TRY(shipped_guests())) {
        stream::RecorderOptions options;
        options.file = scratch(".size");
        auto const recorder = TRY(stream::Recorder::create(options));
        NoInput input;
        machine::Surroundings surroundings;
        surroundings.sink = recorder.get();
        surroundings.input = &input;
        surroundings.output = [](std::uint8_t) {};
        machine::Options limits;
        limits.limit_exits = 20'000;
        auto const machine = TRY(machine::Machine::create(
            limits, guest,
            [](memory::GuestMemory& memory, trace::Tracer& tracer) {
                return unicorn::create(memory, tracer);
            },
            surroundings));
        TRY(machine->run());
        recorder->finish();
        sum.delivered += recorder->totals().delivered;
        sum.event_bytes += recorder->totals().event_bytes;
        sum.file_bytes += recorder->totals().file_bytes;
        std::error_code error;
        std::filesystem::remove(options.file, error);
    }
    auto const events = static_cast<double>(sum.delivered);
    return std::vector{Measure{"trace size, raw", static_cast<double>(sum.event_bytes) / events,
                               "bytes/event", 0, "", "32 over the shipped guests", 1},
                       Measure{"trace size, file", static_cast<double>(sum.file_bytes) / events,
                               "bytes/event", 0, "", "10 over the shipped guests", 1}};
}

std::span<Benchmark const> benchmarks()
{
    static constexpr std::array<Benchmark, 13> all{{
        {"kvm-exit", measure_kvm_exits},
        {"unicorn-exit", measure_unicorn_exits},
        {"kvm-start", measure_kvm_start},
        {"unicorn-start", measure_unicorn_start},
        {"kvm-step", measure_kvm_steps},
        {"unicorn-step", measure_unicorn_steps},
        {"walk", measure_walk},
        {"append", measure_append},
        {"trace-size", measure_trace_size},
        {"unicorn-back", measure_step_back_unicorn},
        {"kvm-back", measure_step_back_kvm},
        {"snapshot", measure_snapshot},
        {"pages-back", measure_pages_back},
    }};
    return all;
}

} // namespace ringside::cli
