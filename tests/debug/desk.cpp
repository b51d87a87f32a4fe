#include "tests/debug/desk.hpp"

#include "engine/query/expression.hpp"
#include "tests/catch.hpp"

namespace ringside::tests {

namespace {

debug::Halt halted(Result<debug::Halt> halt)
{
    INFO((halt ? "" : halt.error().text));
    REQUIRE(halt.has_value());
    return *std::move(halt);
}

bool for_ever()
{
    return true;
}

} // namespace

Desk::Desk(std::string const& guest, trace::BackendKind backend) : image(shipped_image(guest))
{
    machine::Options options;
    options.memory_bytes = 4 << 20;
    options.history_bytes = 64 << 20;
    machine::Surroundings surroundings;
    surroundings.input = &input;
    surroundings.output = [this](std::uint8_t byte) { console += static_cast<char>(byte); };
    surroundings.sink = &ear.news();
    surroundings.replayed = &ear.again();
    auto created = machine::Machine::create(options, image, backend_factory(backend), surroundings);
    INFO((created ? "" : created.error().text));
    REQUIRE(created.has_value());
    machine = *std::move(created);
    backend::Abilities const all = ~backend::Abilities{};
    debugger = std::make_unique<debug::Debugger>(*machine, ear, all);
}

debug::Halt Desk::run()
{
    return halted(debugger->run(for_ever));
}

debug::Halt Desk::back()
{
    return halted(debugger->back(for_ever));
}

debug::Halt Desk::step()
{
    return halted(debugger->step_instruction());
}

debug::Halt Desk::step_back()
{
    return halted(debugger->back_instruction());
}

std::uint64_t Desk::address(std::string const& symbol) const
{
    for (machine::GuestImage::Symbol const& known : image.symbols)
        if (known.name == symbol)
            return known.address;
    FAIL("the guest has no symbol " << symbol);
    return 0;
}

control::Breakpoint Desk::breakpoint(control::Place place, std::string const& condition) const
{
    control::Breakpoint breakpoint;
    breakpoint.place = place;
    breakpoint.condition_text = condition;
    auto parsed = query::parse_condition(condition, [this](std::string_view name) {
        for (machine::GuestImage::Symbol const& known : image.symbols)
            if (known.name == name)
                return std::optional(known.address);
        return std::optional<std::uint64_t>();
    });
    INFO((parsed ? "" : parsed.error().text));
    REQUIRE(parsed.has_value());
    breakpoint.condition = *std::move(parsed);
    return breakpoint;
}

unsigned Desk::stop_at(std::string const& symbol)
{
    return debugger->breakpoints()
        .add(breakpoint(control::ExecuteAt{Gva(address(symbol))}))
        .value();
}

unsigned Desk::watch(std::string const& symbol, std::uint64_t size, control::Touch touch)
{
    return debugger->breakpoints()
        .add(breakpoint(
            control::Watch{touch, query::AddressSpace::guest_virtual, address(symbol), size}))
        .value();
}

unsigned Desk::stop_when(std::string const& condition)
{
    return debugger->breakpoints().add(breakpoint(control::AnyEvent{}, condition)).value();
}

bool Desk::holds(std::string const& expression)
{
    control::Breakpoint const parsed = breakpoint(control::AnyEvent{}, expression);
    return query::matches(parsed.condition, debug::MachineSubject(*machine, nullptr));
}

} // namespace ringside::tests
