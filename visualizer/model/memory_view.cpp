#include "visualizer/model/memory_view.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

class Dump {
public:
    explicit Dump(TraceModel const& model) : model_(model) {}

    void put(std::uint64_t address, std::uint8_t value, bool changed, RecordIndex teller)
    {
        MemoryRow& row = rows_[address / MemoryRow::width];
        row.bytes[address % MemoryRow::width] = {value, true, changed, teller};
    }

    std::vector<MemoryRow> rows(MemorySpace space)
    {
        std::vector<MemoryRow> result;
        std::string place_before;
        for (auto& [number, row] : rows_) {
            row.address = number * MemoryRow::width;
            std::uint64_t const end =
                result.empty() ? row.address : result.back().address + MemoryRow::width;
            row.gap = row.address - end;
            std::string const place = place_of(space, row.address);
            if (place != place_before)
                row.place = place_before = place;
            result.push_back(row);
        }
        return result;
    }

private:
    std::string place_of(MemorySpace space, std::uint64_t address) const
    {
        if (space == MemorySpace::linear) {
            std::string const symbol = model_.catalogue().symbol_at(address);
            return symbol.substr(0, symbol.find('+'));
        }
        trace::SlotMapped const* slot = model_.catalogue().slot_at(address);
        return slot != nullptr ? fmt::format("slot \"{}\"", printable(slot->label.text()))
                               : "no memory slot";
    }

    TraceModel const& model_;
    std::map<std::uint64_t, MemoryRow> rows_;
};

// The part of a map by address that lies around one: so much is drawn, however much there is.
template <typename Map>
auto neighbours(Map const& map, std::uint64_t around)
{
    constexpr int before = 500;
    constexpr int behind = 1500;
    auto begin = map.lower_bound(around);
    auto end = begin;
    for (int step = 0; step < before && begin != map.begin(); ++step)
        --begin;
    for (int step = 0; step < behind && end != map.end(); ++step)
        ++end;
    return std::pair(begin, end);
}

void put_entries(Dump& dump, TraceModel const& model, RecordIndex now, std::uint64_t around)
{
    auto const [begin, end] = neighbours(model.occurrences().entries(), around);
    for (auto each = begin; each != end; ++each) {
        auto const& [address, entry] = *each;
        Told const* last = told_until(entry.told, now);
        if (last == nullptr)
            continue;
        std::uint64_t const before = last == entry.told.data() ? last->value : (last - 1)->value;
        for (std::size_t place = 0; place < entry.width; ++place) {
            auto const byte = static_cast<std::uint8_t>(last->value >> (8 * place));
            bool const changed = byte != static_cast<std::uint8_t>(before >> (8 * place));
            dump.put(address + place, byte, changed, last->record);
        }
    }
}

void put_code(Dump& dump, TraceModel const& model, RecordIndex now, std::uint64_t around)
{
    auto const [begin, end] = neighbours(model.catalogue().instructions(), around);
    for (auto each = begin; each != end; ++each) {
        auto const& [address, versions] = *each;
        Catalogue::KnownInstruction const* known = nullptr;
        Catalogue::KnownInstruction const* before = nullptr;
        for (auto const& version : versions)
            if (version.since <= now) {
                before = known;
                known = &version;
            }
        for (std::size_t place = 0; known && place < known->instruction.bytes.count; ++place) {
            std::uint8_t const byte = known->instruction.bytes.items[place];
            bool const changed = before != nullptr && place < before->instruction.bytes.count &&
                                 before->instruction.bytes.items[place] != byte;
            dump.put(address + place, byte, changed, known->since);
        }
    }
}

// One term of an address: a register, a symbol, or a number.
std::optional<std::uint64_t> value_of(std::string_view term, TraceModel const& model,
                                      RegisterState const& registers)
{
    for (unsigned number = 0; number < trace::register_count; ++number) {
        auto const which = static_cast<trace::Register>(number);
        if (same_name(term, trace::name_of(which)) && registers.knows(which))
            return registers[which];
    }
    for (auto const& [address, name] : model.catalogue().symbols())
        if (name == term)
            return address;
    bool const hexadecimal = term.starts_with("0x");
    std::string_view const digits = hexadecimal ? term.substr(2) : term;
    std::uint64_t value = 0;
    auto const result =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    bool const whole = result.ec == std::errc() && result.ptr == digits.data() + digits.size();
    return whole ? std::optional(value) : std::nullopt;
}

} // namespace

std::vector<MemoryRow> memory_rows(TraceModel const& model, MemorySpace space, RecordIndex now,
                                   std::uint64_t around)
{
    Dump dump(model);
    if (space == MemorySpace::physical)
        put_entries(dump, model, now, around);
    else
        put_code(dump, model, now, around);
    return dump.rows(space);
}

ParsedPlace parse_place(std::string_view text, TraceModel const& model,
                        RegisterState const& registers)
{
    MemoryPlace place;
    std::string compact;
    for (char const letter : text)
        if (letter != ' ')
            compact += letter;
    std::string_view rest = compact;
    for (std::string_view const prefix : {"gpa:", "gva:"})
        if (rest.starts_with(prefix)) {
            place.space = prefix == "gpa:" ? MemorySpace::physical : MemorySpace::linear;
            rest.remove_prefix(prefix.size());
        }
    if (same_name(rest, "cr3"))
        place.space = MemorySpace::physical;
    if (rest.empty() || rest.back() == '+' || rest.back() == '-')
        return {std::nullopt, "an address looks like rsp+8, gpa:0x3000 or a symbol's name"};
    bool minus = false;
    while (!rest.empty()) {
        std::size_t const end = std::min(rest.find_first_of("+-"), rest.size());
        auto const value = value_of(rest.substr(0, end), model, registers);
        if (!value)
            return {std::nullopt, fmt::format("\"{}\" is no register, symbol or number",
                                              printable(rest.substr(0, end)))};
        place.address = minus ? place.address - *value : place.address + *value;
        minus = end < rest.size() && rest[end] == '-';
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {place, {}};
}

} // namespace ringside::visualizer
