#include "engine/stream/export_json.hpp"

#include <nlohmann/json.hpp>

#include "engine/trace/schema.hpp"

namespace ringside::stream {

namespace {

using nlohmann::ordered_json;

ordered_json value_of(trace::WalkStep const& step)
{
    return {{"entry_gpa", step.entry_gpa}, {"entry", step.entry}};
}

// Bytes that are not ASCII come from guests: they are shown, never trusted to be UTF-8.
ordered_json value_of(trace::Text const& text)
{
    std::string clean;
    for (char const character : text.text())
        clean += (character >= ' ' && character <= '~') ? character : '?';
    return clean;
}

template <typename T>
ordered_json value_of(T const& value)
{
    if constexpr (std::is_enum_v<T>) {
        return name_of(value);
    } else if constexpr (std::is_integral_v<T>) {
        return value;
    } else {
        ordered_json list = ordered_json::array();
        for (auto const& item : value.view())
            list.push_back(value_of(item));
        return list;
    }
}

} // namespace

nlohmann::ordered_json to_json(trace::Record const& record)
{
    ordered_json object;
    object["seq"] = record.seq;
    object["vcpu"] = record.vcpu;
    object["time"] = record.time;
    if (record.host != 0)
        object["host"] = record.host;
    std::visit(
        [&object](auto const& event) {
            using E = std::remove_cvref_t<decltype(event)>;
            object["event"] = E::name;
            trace::for_each_field<E>([&](auto const& field) {
                object[std::string(field.name)] = value_of(event.*(field.member));
            });
        },
        record.event);
    return object;
}

} // namespace ringside::stream
