// What expressions may ask about: one table of fields, each with one sentence, from which the
// parser, the help text and the book take their names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ringside::query {

/// Numbers first, words behind them.
enum class Field : std::uint8_t {
    port,
    gpa,
    msr,
    irq,
    vector,
    address,
    value,
    width,
    rip,
    seq,
    time,
    cost,
    vcpu,
    exits,
    cpl,
    kind,
    exit_class,
    letter,
    device,
    verdict,
    symbol,
    what,
    mode,
    marker,
};
inline constexpr unsigned number_field_count = static_cast<unsigned>(Field::kind);

constexpr bool is_number(Field field)
{
    return field < Field::kind;
}

struct FieldInfo {
    Field field;
    std::string_view name;
    std::string_view sentence;
};

std::span<FieldInfo const> field_table();
FieldInfo const& info_of(Field field);
std::optional<Field> field_named(std::string_view name);

/// The language on one screen: fields, registers, memory, operators, in lines of plain text.
std::string help_text();

} // namespace ringside::query
