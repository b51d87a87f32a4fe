// Any bytes at all, said by a gdb. In half of the runs each line is framed first, with the checksum it
// needs, so that the fuzzer gets behind it.

#include "tests/control/fake_machine.hpp"

#include "engine/control/gdb_session.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace ringside::control;

namespace {

void say_lines(GdbSession& session, FakeMachine& machine, std::string_view text)
{
    while (!text.empty() && !session.over()) {
        std::size_t const end = text.find('\n');
        session.receive(framed(text.substr(0, end)));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (machine.wants_to_run())
            session.receive("\x03"); // it runs nothing: its code may be anything by now
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    FakeMachine machine(2);
    GdbSession session(machine, machine);
    machine.report = [&](Stopped const& why) { session.stopped(why); };
    session.begin();
    std::string const text(data, data + size);
    if (size != 0 && (data[size - 1] & 1) != 0)
        say_lines(session, machine, text);
    else
        session.receive(text);
    return 0;
}
