// A gdb made by hand: says packets, hears answers, and acknowledges like the real one.
#pragma once

#include <string>
#include <string_view>

#include "engine/control/gdb_session.hpp"
#include "tests/catch.hpp"
#include "tests/control/fake_machine.hpp"

namespace ringside::control {

struct Conversation {
    FakeMachine machine;
    GdbSession session{machine, machine};

    explicit Conversation(unsigned vcpus = 1) : machine(vcpus)
    {
        machine.report = [this](Stopped const& why) { session.stopped(why); };
        session.begin();
    }

    /// What the session has said since the last call, as it stands on the wire.
    std::string heard()
    {
        std::string text;
        text.swap(session.output());
        return text;
    }

    /// The payload of the answer to one packet, whose acknowledgment is checked. Lets the machine
    /// run, if the packet makes it.
    std::string ask(std::string_view packet)
    {
        session.receive(framed(packet));
        machine.run();
        std::string const answer = heard();
        INFO(packet << " was answered by " << answer);
        REQUIRE(answer.starts_with("+$"));
        session.receive("+");
        return answer.substr(2, answer.rfind('#') - 2);
    }
};

} // namespace ringside::control
