#include "visualizer/model/export_rows.hpp"

#include <array>
#include <charconv>
#include <functional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "visualizer/model/row_text.hpp"
#include "visualizer/model/sentence.hpp"

namespace ringside::visualizer {

namespace {

std::string verdict_of(Moment const& row)
{
    return row.is_exit() && !row.open ? std::string(trace::name_of(row.verdict)) : std::string();
}

// RFC 4180, "Definition of the CSV Format", 6 and 7.
std::string csv_field(std::string const& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (char const letter : text)
        quoted += letter == '"' ? "\"\"" : std::string(1, letter);
    return quoted + '"';
}

std::string markdown_cell(std::string const& text)
{
    std::string cell;
    for (char const letter : text)
        cell += letter == '|' ? "\\|" : std::string(1, letter);
    return cell;
}

std::string csv_row(TraceModel const& trace, Moment const& row)
{
    return fmt::format("{},{},{},{},{},{},{},{},{},{}\n", row.seq, row.vcpu, row.time,
                       kind_name(row), csv_field(what_text(trace, row)), csv_field(value_text(row)),
                       csv_field(place_text(trace, row)), csv_field(device_text(trace, row)),
                       verdict_of(row), row.cost);
}

std::string markdown_row(TraceModel const& trace, Moment const& row)
{
    return fmt::format("| {} | {} | {} | {} | {} |\n", row.seq, kind_name(row),
                       markdown_cell(what_text(trace, row)), markdown_cell(value_text(row)),
                       markdown_cell(sentence(trace, row)));
}

nlohmann::ordered_json json_row(TraceModel const& trace, Moment const& row)
{
    return {{"seq", row.seq},
            {"vcpu", row.vcpu},
            {"time_ns", row.time},
            {"kind", kind_name(row)},
            {"what", what_text(trace, row)},
            {"value", value_text(row)},
            {"at", place_text(trace, row)},
            {"device", device_text(trace, row)},
            {"verdict", verdict_of(row)},
            {"cost_ns", row.cost},
            {"sentence", sentence(trace, row)}};
}

std::optional<std::uint64_t> number_in(std::string_view text)
{
    std::uint64_t value = 0;
    auto const end = text.data() + text.size();
    auto const result = std::from_chars(text.data(), end, value);
    return result.ec == std::errc() && result.ptr == end ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<RowFormat> row_format_named(std::string_view name)
{
    if (name == "md")
        return RowFormat::markdown;
    if (name == "json")
        return RowFormat::json;
    if (name == "csv")
        return RowFormat::csv;
    return std::nullopt;
}

std::optional<SeqRange> seq_range(std::string_view text)
{
    if (text == "all")
        return SeqRange{};
    std::size_t const dots = text.find("..");
    if (dots == std::string_view::npos) {
        auto const one = number_in(text);
        return one ? std::optional(SeqRange{*one, *one}) : std::nullopt;
    }
    SeqRange range;
    std::string_view const first = text.substr(0, dots);
    std::string_view const last = text.substr(dots + 2);
    auto const from = first.empty() ? std::optional(range.first) : number_in(first);
    auto const to = last.empty() ? std::optional(range.last) : number_in(last);
    if (!from || !to || *from > *to || (first.empty() && last.empty()))
        return std::nullopt;
    return SeqRange{*from, *to};
}

std::string rows_as(Session const& session, RowFormat format, SeqRange range)
{
    TraceModel const& trace = session.trace();
    auto const for_each = [&](std::function<void(Moment const&)> const& action) {
        for (std::uint32_t position = 0; position < session.row_count(); ++position)
            if (Moment const& row = trace.moments()[session.row(position)]; range.contains(row.seq))
                action(row);
    };
    std::string text;
    switch (format) {
    case RowFormat::csv:
        text = "seq,vcpu,time_ns,kind,what,value,at,device,verdict,cost_ns\n";
        for_each([&](Moment const& row) { text += csv_row(trace, row); });
        break;
    case RowFormat::markdown:
        text = "| seq | kind | what | value | in words |\n| ---: | --- | --- | --- | --- |\n";
        for_each([&](Moment const& row) { text += markdown_row(trace, row); });
        break;
    case RowFormat::json: {
        nlohmann::ordered_json list = nlohmann::ordered_json::array();
        for_each([&](Moment const& row) { list.push_back(json_row(trace, row)); });
        text = list.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
        break;
    }
    }
    return text;
}

} // namespace ringside::visualizer
