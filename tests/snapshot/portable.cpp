#include "tests/snapshot/portable.hpp"

namespace ringside::tests {

Portable::Portable(ExpectedGuest const& guest, trace::BackendKind backend, machine::Options wanted)
    : input(guest.input), options(wanted), image(shipped_image(guest.name))
{
    expect(machine::Machine::create(options, image, backend_factory(backend), surroundings()));
}

Portable::Portable(snapshot::Snapshot const& from, trace::BackendKind backend,
                   std::string left_to_type)
    : input(std::move(left_to_type)), options(from.options), image(from.image)
{
    machine::Beginning const beginning = from.beginning();
    expect(machine::Machine::create(options, image, backend_factory(backend), surroundings(),
                                    &beginning));
}

machine::Surroundings Portable::surroundings()
{
    machine::Surroundings around;
    around.input = &input;
    around.output = [this](std::uint8_t byte) { console += static_cast<char>(byte); };
    around.sink = &sink;
    return around;
}

void Portable::expect(Result<std::unique_ptr<machine::Machine>> created)
{
    INFO(image.name << ": " << (created ? "" : created.error().text));
    REQUIRE(created.has_value());
    machine = *std::move(created);
}

bool Portable::run_to(std::uint64_t exits)
{
    for (;;) {
        if (machine->exits() >= exits) {
            auto const state = machine->state();
            REQUIRE(state.has_value());
            if (state->has_value())
                return false;
        }
        auto const end = machine->turn(machine::Pace::exit);
        INFO((end ? "" : end.error().text));
        REQUIRE(end.has_value());
        if (!*end)
            continue;
        stop = **end;
        return true;
    }
}

void Portable::run()
{
    auto const end = machine->run();
    INFO((end ? "" : end.error().text));
    REQUIRE(end.has_value());
    stop = *end;
}

snapshot::Snapshot Portable::take()
{
    auto taken = snapshot::take(*machine, image, options);
    REQUIRE(taken.has_value());
    REQUIRE(taken->has_value());
    return std::move(**taken);
}

} // namespace ringside::tests
