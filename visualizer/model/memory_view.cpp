#include "visualizer/model/memory_view.hpp"

#include <algorithm>
#include <charconv>

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

void put_entries(Dump& dump, TraceModel const& model, RecordIndex now)
{
    for (auto const& [address, told] : model.occurrences().entries()) {
        Told const* last = told_until(told, now);
        if (last == nullptr)
            continue;
        auto const walk = model.records().get<trace::PageWalk>(last->record);
        // SDM Vol. 3A, "32-Bit Paging": entries of four bytes; eight in every other mode.
        std::size_t const width = walk && walk->paging == trace::PagingMode::bits32 ? 4 : 8;
        std::uint64_t const before = last == told.data() ? last->value : (last - 1)->value;
        for (std::size_t place = 0; place < width; ++place) {
            auto const byte = static_cast<std::uint8_t>(last->value >> (8 * place));
            bool const changed = byte != static_cast<std::uint8_t>(before >> (8 * place));
            dump.put(address + place, byte, changed, last->record);
        }
    }
}

void put_code(Dump& dump, TraceModel const& model, RecordIndex now)
{
    for (auto const& [address, versions] : model.catalogue().instructions()) {
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

std::vector<MemoryRow> memory_rows(TraceModel const& model, MemorySpace space, RecordIndex now)
{
    Dump dump(model);
    if (space == MemorySpace::physical)
        put_entries(dump, model, now);
    else
        put_code(dump, model, now);
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
