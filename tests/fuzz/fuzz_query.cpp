// Any text at all, as a condition, as a value and as a command of the stepper.

#include "engine/base/assert.hpp"
#include "engine/control/stepper_command.hpp"
#include "engine/query/happening.hpp"
#include "engine/query/uses.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using namespace ringside;

namespace {

std::optional<std::uint64_t> one_symbol(std::string_view name)
{
    return name == "main" ? std::optional<std::uint64_t>(0x401000) : std::nullopt;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const text(data, data + size);
    query::Happening const happening;
    if (Result<query::Condition> const condition = query::parse_condition(text, one_symbol)) {
        query::matches(*condition, happening);
        query::uses_of(*condition);
    } else {
        ASSERT(!condition.error().text.empty());
    }
    if (Result<query::Value> const value = query::parse_value(text))
        query::value_of(*value, happening);
    if (Result<control::Command> const command = control::parse_command(text); !command)
        ASSERT(!command.error().text.empty());
    return 0;
}
