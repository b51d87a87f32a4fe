// Any bytes at all, said by a controller and said to one.

#include "engine/base/assert.hpp"
#include "engine/stream/control_line.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace ringside;
using namespace ringside::stream;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string received(data, data + size);
    for_each_line(received, [](std::string_view line) {
        Result<trace::Command> const command = parse_command(line);
        if (command) // what was understood survives being said again
            ASSERT(*parse_command(command_line(*command)) == *command);
        parse_reply(line);
    });
    return 0;
}
