// Hundreds of seeded random programs, on both backends: final registers, memory and every event are equal.
#include <cstdio>
#include <cstring>

#include "engine/stream/export_text.hpp"
#include "engine/stream/parity.hpp"
#include "engine/trace/memory_sink.hpp"
#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"
#include "tests/guest/guest_list.hpp"
#include "tests/parity/random_program.hpp"

using namespace ringside;
using namespace ringside::tests;
using machine::StartMode;
using trace::BackendKind;

namespace {

struct Outcome {
    trap::Stop stop;
    trace::RegisterFile registers{};
    std::vector<std::byte> memory;
    std::vector<trace::Record> records;
};

Outcome run(machine::GuestImage const& image, BackendKind backend)
{
    machine::Options options;
    options.memory_bytes = machine::Options{}.memory_bytes / 8;
    options.limit_exits = 2'000;
    trace::MemorySink sink;
    machine::Surroundings surroundings;
    surroundings.sink = &sink;
    auto created = machine::Machine::create(options, image, backend_factory(backend), surroundings);
    INFO((created ? "" : created.error().text));
    REQUIRE(created.has_value());
    auto const stop = (*created)->run();
    INFO((stop ? "" : stop.error().text));
    REQUIRE(stop.has_value());
    Outcome outcome{*stop, {}, {}, sink.take()};
    auto const state = (*created)->vcpu().state();
    REQUIRE(state.has_value());
    outcome.registers = x86::to_register_file(*state);
    for (memory::Slot const& slot : (*created)->memory().slots())
        outcome.memory.insert(outcome.memory.end(), slot.host.begin(), slot.host.end());
    return outcome;
}

/// Undefined or host-dependent bits: see stream::known_differences().
trace::RegisterFile comparable(trace::RegisterFile registers)
{
    registers[static_cast<std::size_t>(trace::Register::rflags)] &=
        ~(x86::rflags::rf | x86::rflags::af);
    return registers;
}

std::string different_registers(Outcome const& kvm, Outcome const& unicorn)
{
    std::string text;
    for (std::size_t index = 0; index < trace::register_count; ++index)
        if (comparable(kvm.registers)[index] != comparable(unicorn.registers)[index])
            text += std::string(name_of(static_cast<trace::Register>(index))) + " ";
    return text;
}

void compare(std::uint32_t seed, StartMode mode)
{
    machine::GuestImage const image = random_program(seed, mode);
    Outcome const kvm = run(image, BackendKind::kvm);
    Outcome const unicorn = run(image, BackendKind::unicorn);
    INFO("seed " << seed << " in " << machine::name_of(mode) << ": " << kvm.stop.reason);
    auto const found = stream::first_divergence(kvm.records, unicorn.records);
    CHECK((found ? found->what : "") == "");
    CHECK(kvm.stop.code == unicorn.stop.code);
    CHECK(different_registers(kvm, unicorn) == "");
    bool const same_memory =
        kvm.memory.size() == unicorn.memory.size() &&
        std::memcmp(kvm.memory.data(), unicorn.memory.data(), kvm.memory.size()) == 0;
    CHECK(same_memory);
}

void compare_many(std::uint32_t seeds, StartMode mode)
{
    std::string const reason = reason_to_skip(BackendKind::kvm, backend::only(ability_of(mode)));
    if (!reason.empty()) {
        std::printf("SKIPPED: random programs in %s: %s\n",
                    std::string(machine::name_of(mode)).c_str(), reason.c_str());
        return;
    }
    for (std::uint32_t seed = 1; seed <= seeds; ++seed)
        compare(seed, mode);
}

} // namespace

TEST_CASE("random long-mode programs leave the same registers, memory and events on both backends")
{
    compare_many(250, StartMode::long64);
}

TEST_CASE("random protected-mode programs leave the same registers, memory and events on both "
          "backends")
{
    compare_many(120, StartMode::protected32);
}

TEST_CASE("random real-mode programs leave the same registers, memory and events on both backends")
{
    compare_many(120, StartMode::real);
}

TEST_CASE("random programs differ from seed to seed and reach exits and faults")
{
    std::size_t faults = 0;
    std::size_t exits = 0;
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        Outcome const outcome = run(random_program(seed, StartMode::long64), BackendKind::unicorn);
        faults += outcome.stop.code != 0 ? 1U : 0U;
        exits += outcome.records.size();
    }
    CHECK(faults >= 3);
    CHECK(faults <= 30);
    CHECK(exits > 40 * 30);
}
