// Measurements of going elsewhere in time: one exit back, a snapshot and a machine made from it, pages put
// back, a clone.
#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "engine/base/stopwatch.hpp"
#include "engine/cli/bench_measures.hpp"
#include "engine/machine/machine.hpp"
#include "engine/snapshot/snapshot.hpp"

namespace ringside::cli {

namespace {

using backend::Slice;

machine::BackendFactory factory_of(trace::BackendKind kind)
{
    return [kind](memory::GuestMemory& memory,
                  trace::Tracer& tracer) -> Result<std::unique_ptr<backend::Backend>> {
        if (kind == trace::BackendKind::kvm)
            return kvm::create(memory, Slice{});
        return unicorn::create(memory, tracer, Slice{});
    };
}

/// A guest for ever at: inc bx; mov [bx & 0xfff0 | 0x8000], bx; out 0x80, al. It writes 32 KiB over
/// and over, and makes an exit each time round.
machine::GuestImage busy_guest()
{
    machine::GuestImage image;
    image.name = "busy";
    image.entry = 0x7c00;
    image.segments.push_back(
        {0x7c00, 12, {0x43, 0x89, 0xdf, 0x81, 0xcf, 0x00, 0x80, 0x89, 0x1d, 0xe6, 0x80, 0xeb}});
    image.segments.push_back({0x7c0c, 1, {0xf3}}); // jmp to the beginning
    return image;
}

machine::Surroundings silent()
{
    return {};
}

Result<std::unique_ptr<machine::Machine>>
busy_machine(trace::BackendKind kind, std::size_t history_bytes, std::uint64_t exits)
{
    machine::Options options;
    options.history_bytes = history_bytes;
    auto machine = TRY(machine::Machine::create(options, busy_guest(), factory_of(kind), silent()));
    while (machine->exits() < exits)
        TRY(machine->turn(machine::Pace::exit));
    return machine;
}

double worst_of_hundred(std::vector<double> times)
{
    auto const place = times.begin() + static_cast<std::ptrdiff_t>((times.size() * 99) / 100);
    std::nth_element(times.begin(), place, times.end());
    return *place;
}

double copy_time_ns(std::size_t bytes)
{
    std::vector<std::byte> from(bytes, std::byte{1});
    std::vector<std::byte> to(bytes, std::byte{2});
    double const begin = thread_ns();
    std::memcpy(to.data(), from.data(), bytes);
    __asm__ volatile("" : : "r"(to.data()) : "memory");
    return thread_ns() - begin;
}

/// One exit back, again and again, from 100 000 on.
Result<std::vector<Measure>> step_back(trace::BackendKind kind, std::string const& name)
{
    constexpr std::uint64_t exits = 100'000;
    constexpr std::size_t history = 256U << 20;
    constexpr int steps = 300;
    double const before = thread_ns();
    TRY(busy_machine(kind, 0, exits));
    double const between = thread_ns();
    auto const machine = TRY(busy_machine(kind, history, exits));
    double const with_history = (thread_ns() - between) / static_cast<double>(exits);
    double const without = (between - before) / static_cast<double>(exits);
    std::vector<double> times;
    for (int step = 0; step < steps; ++step) {
        double const begin = thread_ns();
        TRY(machine->go_to({machine->exits() - 1, 0}));
        times.push_back((thread_ns() - begin) / 1000);
    }
    double const first = static_cast<double>(machine->reach()->first.exits);
    return std::vector{Measure{name + ", p99", worst_of_hundred(times), "us",
                               copy_time_ns(4096) / 1000, "copying one page", "50000 us", 1},
                       Measure{name + ": an exit on record", with_history, "ns/exit", without,
                               "the same exit without a history", "", 1},
                       Measure{name + ", median", median(times), "us", 0, "",
                               "oldest exit in reach: " + std::to_string(static_cast<int>(first)),
                               1}};
}

/// 16 MiB, every byte of which is in use.
void fill(machine::Machine& machine)
{
    for (memory::Slot const& slot : machine.memory().slots())
        if (slot.kind == memory::SlotKind::ram)
            for (std::size_t at = 64U << 10; at < slot.host.size(); at += memory::page_size)
                std::memset(&slot.host[at], static_cast<int>(at >> 12) | 1, memory::page_size);
}

} // namespace

Result<std::vector<Measure>> measure_step_back_unicorn()
{
    return step_back(trace::BackendKind::unicorn, "Unicorn, one exit back");
}

Result<std::vector<Measure>> measure_step_back_kvm()
{
    return step_back(trace::BackendKind::kvm, "KVM, one exit back");
}

Result<std::vector<Measure>> measure_snapshot()
{
    auto const kind = trace::BackendKind::unicorn;
    machine::Options const options;
    auto const machine = TRY(busy_machine(kind, 0, 100));
    fill(*machine);
    std::vector<double> take;
    std::vector<double> make;
    std::vector<double> copy;
    for (int round = 0; round < bench_rounds; ++round) {
        copy.push_back(copy_time_ns(options.memory_bytes) / 1000);
        double const begin = thread_ns();
        auto const taken = TRY(snapshot::take(*machine, busy_guest(), options));
        take.push_back((thread_ns() - begin) / 1000);
        machine::Beginning const beginning = taken->beginning();
        double const middle = thread_ns();
        auto const clone = TRY(machine::Machine::create(options, busy_guest(), factory_of(kind),
                                                        silent(), &beginning));
        make.push_back((thread_ns() - middle) / 1000);
    }
    return std::vector{Measure{"snapshot of 16 MiB, all in use", median(take), "us", median(copy),
                               "memcpy of 16 MiB", "with restore: 5000 us", bench_rounds},
                       Measure{"a machine made from it: a clone", median(make), "us", median(copy),
                               "memcpy of 16 MiB", "no copy of RAM", bench_rounds}};
}

Result<std::vector<Measure>> measure_pages_back()
{
    constexpr std::uint64_t pages = 44;
    constexpr std::uint64_t first = 1ULL << 20;
    auto const machine = TRY(busy_machine(trace::BackendKind::unicorn, 64U << 20, 100));
    std::vector<double> times;
    std::vector<double> floor;
    std::vector<std::byte> page(memory::page_size, std::byte{1});
    for (int round = 0; round < bench_rounds; ++round) {
        machine::Position const before = machine->position();
        for (std::uint64_t number = 0; number < pages; ++number) {
            page.front() = static_cast<std::byte>(round + 2);
            TRY(machine->change_memory(Gpa(first + number * memory::page_size), page));
        }
        TRY(machine->turn(machine::Pace::exit));
        floor.push_back(copy_time_ns(pages * memory::page_size) / 1000);
        double const begin = thread_ns();
        TRY(machine->go_to({before.exits - 1, 0}));
        times.push_back((thread_ns() - begin) / 1000);
    }
    return std::vector{Measure{"44 written pages back, Unicorn", median(times), "us", median(floor),
                               "memcpy of 44 pages", "200 us", bench_rounds}};
}

} // namespace ringside::cli
