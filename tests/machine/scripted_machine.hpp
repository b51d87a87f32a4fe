// A machine whose guest is a list of exits: what the tests of the run loop have in common.
#pragma once

#include <deque>
#include <string>

#include "engine/backend/scripted/scripted.hpp"
#include "engine/machine/machine.hpp"
#include "engine/trace/memory_sink.hpp"
#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

namespace ringside::tests {

/// Serial input from a string.
class TypedText final : public machine::ConsoleInput {
public:
    explicit TypedText(std::string text = {}) : text_(text.begin(), text.end()) {}

    std::optional<std::uint8_t> next() override
    {
        if (text_.empty())
            return std::nullopt;
        auto const byte = static_cast<std::uint8_t>(text_.front());
        text_.pop_front();
        return byte;
    }
    bool ended() const override { return text_.empty(); }
    void wait(std::uint32_t) override {}
    std::string left() const { return {text_.begin(), text_.end()}; }

private:
    std::deque<char> text_;
};

/// Commands from a list, handed out one for each poll.
class CommandList final : public trace::CommandSource {
public:
    std::deque<std::optional<trace::Command>> commands; ///< empty optional: nothing waits this time
    std::vector<bool> states;                           ///< what paused() was told

    std::optional<trace::Command> poll() override
    {
        if (commands.empty())
            return std::nullopt;
        auto const command = commands.front();
        commands.pop_front();
        return command;
    }
    void wait(std::uint32_t) override {}
    void paused(bool is_paused) override { states.push_back(is_paused); }
};

inline machine::GuestImage halting_image()
{
    machine::GuestImage image;
    image.name = "test";
    image.entry = 0x7c00;
    image.segments.push_back({0x7c00, 1, {0xf4}});
    return image;
}

struct ScriptedMachine {
    explicit ScriptedMachine(std::vector<backend::Exit> exits) : script(std::move(exits))
    {
        script.window.open = true;
        script.registers = x86::real_mode_start(0x7c00);
    }

    trap::Stop run()
    {
        machine::Surroundings surroundings;
        surroundings.input = &input;
        surroundings.output = [this](std::uint8_t byte) { console += static_cast<char>(byte); };
        surroundings.sink = &sink;
        surroundings.commands = commands;
        auto created = machine::Machine::create(
            options, halting_image(),
            [this](memory::GuestMemory& memory, trace::Tracer&) {
                return Result<std::unique_ptr<backend::Backend>>(scripted::create(script, &memory));
            },
            surroundings);
        REQUIRE(created.has_value());
        auto stop = (*created)->run();
        INFO((stop ? "" : stop.error().text));
        REQUIRE(stop.has_value());
        end = (*created)->now();
        return *stop;
    }

    /// As after STI: the guest can be woken.
    void interrupts_on()
    {
        script.before_exit = [](scripted::Script& playing, std::size_t) {
            playing.registers.rflags |= x86::rflags::if_;
        };
    }

    scripted::Script script;
    machine::Options options;
    TypedText input;
    CommandList* commands = nullptr;
    trace::MemorySink sink;
    std::string console;
    VirtualTime end;
};

} // namespace ringside::tests
