// Measurements that run a whole machine: exits, starts and steps on each backend.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <unistd.h>

#include "engine/backend/kvm/floor.hpp"
#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/unicorn/floor.hpp"
#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "engine/base/stopwatch.hpp"
#include "engine/cli/bench_measures.hpp"
#include "engine/machine/machine.hpp"
#include "engine/stream/recorder.hpp"

namespace ringside::cli {

namespace {

/// Each exit passes run loop, trap layer, bus and a device (the teaching port's text).
machine::GuestImage out_loop()
{
    machine::GuestImage image;
    image.name = "bench";
    image.entry = 0x7c00;
    // mov dx, 0x511; out dx, al; jmp -3
    image.segments.push_back({0x7c00, 6, {0xba, 0x11, 0x05, 0xee, 0xeb, 0xfd}});
    return image;
}

using Factory = machine::BackendFactory;

Factory kvm_factory()
{
    return [](memory::GuestMemory& memory, trace::Tracer& tracer) {
        kvm::Options options;
        options.tracer = &tracer;
        return kvm::create(memory, backend::Slice{}, options);
    };
}

Factory unicorn_factory()
{
    return [](memory::GuestMemory& memory, trace::Tracer& tracer) {
        return unicorn::create(memory, tracer);
    };
}

struct RunTimes {
    double start_ns = 0; ///< building the machine
    double run_ns = 0;   ///< all exits; taking the machine apart again is not counted
};

Result<RunTimes> run_loop(Factory const& factory, std::uint64_t exits, trace::Sink* sink)
{
    machine::Options options;
    options.limit_exits = exits;
    machine::Surroundings surroundings;
    surroundings.sink = sink;
    surroundings.output = [](std::uint8_t) {};
    double const begin = wall_ns();
    auto const machine = TRY(machine::Machine::create(options, out_loop(), factory, surroundings));
    double const built = wall_ns();
    double const running = thread_ns();
    TRY(machine->run());
    return RunTimes{built - begin, thread_ns() - running};
}

/// Mean nanoseconds for one exit of the loop.
Result<double> exit_time(Factory const& factory, std::uint64_t exits, trace::Sink* sink)
{
    return TRY(run_loop(factory, exits, sink)).run_ns / static_cast<double>(exits);
}

std::filesystem::path scratch_file()
{
    return std::filesystem::temp_directory_path() /
           ("ringside-bench-" + std::to_string(::getpid()) + ".ring");
}

Result<double> traced_exit_time(Factory const& factory, trace::BackendKind kind,
                                std::uint64_t exits)
{
    stream::RecorderOptions options;
    options.file = scratch_file();
    options.backend = kind;
    auto const recorder = TRY(stream::Recorder::create(options));
    auto const time = exit_time(factory, exits, recorder.get());
    recorder->finish();
    std::error_code error;
    std::filesystem::remove(options.file, error);
    return time;
}

struct ExitRounds {
    std::vector<double> floor, off, on;
};

template <typename Floor>
Result<ExitRounds> exit_rounds(Factory const& factory, trace::BackendKind kind, Floor raw,
                               std::uint64_t exits)
{
    ExitRounds rounds;
    for (int round = 0; round < bench_rounds; ++round) {
        rounds.floor.push_back(TRY(raw(exits)).exit_ns);
        rounds.off.push_back(TRY(exit_time(factory, exits, nullptr)));
        rounds.on.push_back(TRY(traced_exit_time(factory, kind, exits)));
    }
    return rounds;
}

/// Start to first exit: everything a run builds, and one exit.
template <typename Floor>
Result<std::vector<Measure>> start_measure(std::string name, Factory const& factory, Floor raw,
                                           std::string aim)
{
    std::vector<double> floor;
    std::vector<double> ours;
    for (int round = 0; round < bench_rounds; ++round) {
        floor.push_back(TRY(raw(0)).start_ns / 1000);
        RunTimes const times = TRY(run_loop(factory, 1, nullptr));
        ours.push_back((times.start_ns + times.run_ns) / 1000);
    }
    return std::vector{Measure{std::move(name), median(ours), "us", median(floor),
                               "open, create, first exit, with nothing around it", std::move(aim),
                               bench_rounds}};
}

/// `raw` gives the floor of one step, or 0 where there is none.
template <typename Floor>
Result<std::vector<Measure>> step_measure(std::string name, Factory const& factory,
                                          std::uint64_t steps, Floor raw, std::string aim)
{
    std::vector<double> times;
    std::vector<double> floor;
    for (int round = 0; round < bench_rounds; ++round) {
        floor.push_back(TRY(raw(steps)));
        memory::GuestMemory memory;
        TRY(memory.add_slot(Gpa(0), 1 << 20, memory::SlotKind::ram, "RAM"));
        constexpr std::array<std::uint8_t, 3> loop{0x43, 0xeb, 0xfd}; // inc bx; jmp -3
        memory.write(Gpa(0x7c00), std::as_bytes(std::span(loop)), memory::Writer::loader);
        trace::Tracer off;
        auto const backend = TRY(factory(memory, off));
        auto const vcpu = TRY(backend->create_vcpu(VcpuId(0)));
        TRY(vcpu->set_state(x86::real_mode_start(0x7c00)));
        double const begin = thread_ns();
        for (std::uint64_t step = 0; step < steps; ++step) {
            TRY(vcpu->enter(backend::Budget::one_instruction));
            TRY(vcpu->finish({}));
        }
        times.push_back((thread_ns() - begin) / static_cast<double>(steps));
    }
    return std::vector{Measure{std::move(name), median(times), "ns/step", median(floor),
                               "a step of the raw loop, registers read", std::move(aim),
                               bench_rounds}};
}

} // namespace

double median(std::vector<double> values)
{
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

Result<std::vector<Measure>> measure_kvm_exits()
{
    constexpr std::uint64_t exits = 2'000;
    ExitRounds const rounds =
        TRY(exit_rounds(kvm_factory(), trace::BackendKind::kvm, kvm::raw_port_out_loop, exits));
    std::string const floor_is = "KVM_RUN to an OUT and back, with nothing around it";
    return std::vector{Measure{"KVM exit, trace off", median(rounds.off), "ns/exit",
                               median(rounds.floor), floor_is, "ratio <= 1.03", bench_rounds},
                       Measure{"KVM exit, trace on", median(rounds.on), "ns/exit",
                               median(rounds.floor), floor_is, "ratio <= 1.05", bench_rounds}};
}

Result<std::vector<Measure>> measure_unicorn_exits()
{
    constexpr std::uint64_t exits = 20'000;
    ExitRounds const rounds = TRY(exit_rounds(unicorn_factory(), trace::BackendKind::unicorn,
                                              unicorn::raw_port_out_loop, exits));
    std::string const floor_is = "uc_emu_start to a stop before an OUT, with nothing around it";
    return std::vector{Measure{"Unicorn exit, trace off", median(rounds.off), "ns/exit",
                               median(rounds.floor), floor_is, "", bench_rounds},
                       Measure{"Unicorn exit, trace on", median(rounds.on), "ns/exit",
                               median(rounds.off), "the same with trace off",
                               "at most 40 ns above it", bench_rounds}};
}

Result<std::vector<Measure>> measure_kvm_start()
{
    return start_measure("KVM start to first exit", kvm_factory(), kvm::raw_port_out_loop,
                         "floor + 1000 us");
}

Result<std::vector<Measure>> measure_unicorn_start()
{
    return start_measure("Unicorn start to first exit", unicorn_factory(),
                         unicorn::raw_port_out_loop, "2000 us");
}

Result<std::vector<Measure>> measure_kvm_steps()
{
    return step_measure("KVM single step", kvm_factory(), 1'000, kvm::raw_step_loop,
                        "ratio <= 1.05");
}

Result<std::vector<Measure>> measure_unicorn_steps()
{
    return step_measure(
        "Unicorn single step", unicorn_factory(), 20'000,
        [](std::uint64_t) { return Result<double>(0.0); }, "1000 ns");
}

} // namespace ringside::cli
