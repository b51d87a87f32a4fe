#include "tests/guest/guest_list.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/backend/kvm/probe.hpp"
#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "tests/catch.hpp"
#include "tests/machine/scripted_machine.hpp"

namespace ringside::tests {

namespace {

std::string const folder = RINGSIDE_GUEST_TESTS;

std::string text_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    INFO(path);
    REQUIRE(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Probed once for the whole test program.
Result<backend::Abilities> const& kvm_abilities()
{
    static Result<backend::Abilities> const found =
        kvm::probe().map([](kvm::Probed const& probed) { return probed.abilities; });
    return found;
}

} // namespace

std::vector<ExpectedGuest> expected_guests()
{
    std::vector<ExpectedGuest> guests;
    auto const document = nlohmann::json::parse(text_of(folder + "/guests.json"));
    for (auto const& entry : document["guests"]) {
        ExpectedGuest guest;
        guest.name = entry["name"];
        guest.result = entry["result"];
        guest.preempted = entry.value("preempted", false);
        guest.console = text_of(folder + "/expected/" + guest.name + ".txt");
        if (entry.contains("input"))
            guest.input = text_of(folder + "/expected/" + entry["input"].get<std::string>());
        guests.push_back(std::move(guest));
    }
    return guests;
}

machine::GuestImage shipped_image(std::string const& name)
{
    auto image =
        machine::read_guest_image(std::string(RINGSIDE_GUEST_FOLDER) + "/" + name + ".elf");
    INFO((image ? "" : image.error().text));
    REQUIRE(image.has_value());
    return *image;
}

std::string reason_to_skip(trace::BackendKind backend, backend::Abilities needed)
{
    if (backend != trace::BackendKind::kvm)
        return "";
    auto const& found = kvm_abilities();
    if (!found)
        return found.error().text;
    std::string missing;
    for (backend::AbilityInfo const& info : backend::ability_table())
        if ((needed & ~*found & backend::only(info.ability)) != 0)
            missing += (missing.empty() ? "this host's KVM lacks " : ", ") + std::string(info.name);
    return missing;
}

machine::BackendFactory backend_factory(trace::BackendKind backend)
{
    if (backend == trace::BackendKind::kvm)
        return [](memory::GuestMemory& memory, trace::Tracer& tracer) {
            kvm::Options options;
            options.tracer = &tracer;
            return kvm::create(memory, backend::Slice{}, options);
        };
    return [](memory::GuestMemory& memory, trace::Tracer& tracer) {
        return unicorn::create(memory, tracer, backend::Slice{});
    };
}

GuestRun run_guest(ExpectedGuest const& guest, trace::BackendKind backend, machine::Options options)
{
    constexpr double watchdog_seconds = 120;
    options.limit_seconds = watchdog_seconds;
    GuestRun run;
    TypedText input(guest.input);
    trace::MemorySink sink;
    machine::Surroundings surroundings;
    surroundings.input = &input;
    surroundings.output = [&run](std::uint8_t byte) { run.console += static_cast<char>(byte); };
    surroundings.sink = &sink;
    auto created = machine::Machine::create(options, shipped_image(guest.name),
                                            backend_factory(backend), surroundings);
    INFO((created ? "" : created.error().text));
    REQUIRE(created.has_value());
    auto const stop = (*created)->run();
    INFO((stop ? "" : stop.error().text));
    REQUIRE(stop.has_value());
    run.stop = *stop;
    run.records = sink.take();
    return run;
}

} // namespace ringside::tests
