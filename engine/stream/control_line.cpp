#include "engine/stream/control_line.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace ringside::stream {

namespace {

using Json = nlohmann::json;
using Kind = trace::Command::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 5> command_names = {{
    {"pause", Kind::pause},
    {"resume", Kind::resume},
    {"step_exit", Kind::step_exit},
    {"input", Kind::input},
    {"quit", Kind::quit},
}};

/// Parses without exceptions; null for what is no JSON object.
Json parse_object(std::string_view line)
{
    Json document = Json::parse(line, nullptr, false);
    return document.is_object() ? document : Json();
}

std::string text_of(Json const& object, char const* key)
{
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string line_of(Json const& object)
{
    return object.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

tl::unexpected<Error> refuse(std::string text)
{
    return fail(Blame::input, std::move(text));
}

Result<std::vector<std::uint8_t>> input_bytes(Json const& object)
{
    std::string const text = text_of(object, "text");
    std::vector<std::uint8_t> bytes(text.begin(), text.end());
    auto const list = object.find("bytes");
    if (list != object.end() && list->is_array())
        for (Json const& item : *list) {
            if (!item.is_number_unsigned() || item.get<std::uint64_t>() > 0xff)
                return refuse("'bytes' must be numbers from 0 to 255");
            bytes.push_back(item.get<std::uint8_t>());
        }
    if (bytes.empty() || bytes.size() > most_input)
        return refuse("input needs 'text' or 'bytes', 1 to " + std::to_string(most_input) +
                      " of them");
    return bytes;
}

} // namespace

Result<trace::Command> parse_command(std::string_view line)
{
    Json const object = parse_object(line);
    if (object.is_null())
        return refuse("not a line of JSON; send for example {\"command\":\"pause\"}");
    std::string const name = text_of(object, "command");
    for (auto const& [known, kind] : command_names) {
        if (known != name)
            continue;
        trace::Command command{kind, {}};
        if (kind == Kind::input)
            command.bytes = TRY(input_bytes(object));
        return command;
    }
    return refuse("unknown command; there are pause, resume, step_exit, input and quit");
}

std::string command_line(trace::Command const& command)
{
    Json object;
    for (auto const& [name, kind] : command_names)
        if (kind == command.kind)
            object["command"] = name;
    if (command.kind == Kind::input)
        object["bytes"] = command.bytes;
    return line_of(object);
}

std::string accepted_line()
{
    return line_of(Json{{"ok", true}});
}

std::string refused_line(std::string_view why)
{
    return line_of(Json{{"error", why}});
}

std::string state_line(bool is_paused)
{
    return line_of(Json{{"state", is_paused ? "paused" : "running"}});
}

ControlReply parse_reply(std::string_view line)
{
    Json const object = parse_object(line);
    ControlReply reply;
    if (object.contains("error"))
        reply.refusal = text_of(object, "error");
    std::string const state = text_of(object, "state");
    if (state == "paused" || state == "running")
        reply.paused = state == "paused";
    return reply;
}

void for_each_line(std::string& received, std::function<void(std::string_view)> const& action)
{
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = received.find('\n', begin)) != std::string::npos;) {
        action(std::string_view(received).substr(begin, end - begin));
        begin = end + 1;
    }
    received.erase(0, begin);
}

} // namespace ringside::stream
