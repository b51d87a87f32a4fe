#include "engine/query/value_parser.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <system_error>

#include "engine/query/text.hpp"

namespace ringside::query {

namespace {

struct UnitName {
    std::string_view name;
    std::uint64_t factor;
};
constexpr auto unit_names = std::to_array<UnitName>(
    {{"", 1}, {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}});

struct WidthName {
    std::string_view name;
    std::uint8_t bytes;
};
constexpr auto width_names =
    std::to_array<WidthName>({{"byte", 1}, {"word", 2}, {"dword", 4}, {"qword", 8}});

std::optional<std::uint64_t> to_number(std::string_view text)
{
    bool const is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    if (is_hexadecimal)
        text.remove_prefix(2);
    std::uint64_t number = 0;
    auto const result =
        std::from_chars(text.data(), text.data() + text.size(), number, is_hexadecimal ? 16 : 10);
    if (result.ec != std::errc() || text.empty())
        return std::nullopt;
    std::string_view const unit = text.substr(static_cast<std::size_t>(result.ptr - text.data()));
    for (UnitName const& known : unit_names)
        if (unit == known.name && number <= ~0ULL / known.factor)
            return number * known.factor;
    return std::nullopt;
}

std::optional<std::uint8_t> width_named(std::string_view name)
{
    for (WidthName const& known : width_names)
        if (same_name(name, known.name))
            return known.bytes;
    return std::nullopt;
}

Value constant(std::uint64_t number)
{
    Value value;
    value.number = number;
    return value;
}

} // namespace

Value ValueParser::value()
{
    left_ = {};
    return bit_and();
}

Value ValueParser::value_for(std::string_view left)
{
    left_ = left;
    return bit_and();
}

Value ValueParser::bit_and()
{
    Value first = sum();
    if (!cursor_.sees("&") || cursor_.sees("&&"))
        return first;
    Value all;
    all.kind = Value::Kind::bit_and;
    all.operands.push_back(std::move(first));
    while (!cursor_.stopped() && !cursor_.sees("&&") && cursor_.take("&"))
        all.operands.push_back(sum());
    return all;
}

Value ValueParser::sum()
{
    Value first = term();
    if (!cursor_.sees("+") && !cursor_.sees("-"))
        return first;
    Value all;
    all.kind = Value::Kind::sum;
    all.operands.push_back(std::move(first));
    while (!cursor_.stopped()) {
        bool const negative = cursor_.sees("-");
        if (!cursor_.take(negative ? "-" : "+"))
            break;
        all.operands.push_back(term());
        all.operands.back().negative = negative;
    }
    return all;
}

Value ValueParser::term()
{
    std::size_t const start = cursor_.place();
    if (cursor_.sees("'") || cursor_.sees("\""))
        return from_quotes(start);
    if (cursor_.sees("("))
        return in_brackets();
    std::string const name = cursor_.word(Letters::narrow);
    if (cursor_.stopped() || !(cursor_.sees("[") || same_name(name, "phys")))
        return named(name, start);
    bool const is_physical = same_name(name, "phys");
    std::string const width_name = is_physical ? cursor_.word(Letters::narrow) : name;
    std::optional<std::uint8_t> const width = width_named(width_name);
    if (width && cursor_.take("["))
        return memory(is_physical ? AddressSpace::guest_physical : AddressSpace::guest_virtual,
                      *width);
    cursor_.complain_at(start, "memory is byte[...], word[...], dword[...] or qword[...]");
    return {};
}

Value ValueParser::in_brackets()
{
    Cursor::Nesting const nesting(cursor_);
    if (!cursor_.problem().empty())
        return {};
    cursor_.take("(");
    Value value = bit_and();
    if (!cursor_.take(")"))
        cursor_.complain("a bracket is not closed");
    return value;
}

Value ValueParser::memory(AddressSpace space, std::uint8_t width)
{
    Cursor::Nesting const nesting(cursor_);
    if (!cursor_.problem().empty())
        return {};
    std::string_view const outer = left_;
    left_ = {};
    Value value;
    value.kind = Value::Kind::memory;
    value.space = space;
    value.width = width;
    value.operands.push_back(bit_and());
    left_ = outer;
    if (!cursor_.take("]"))
        cursor_.complain("a ] is missing");
    return value;
}

/// 'A' is a number. Anything else in quotes is a symbol whose name has other letters in it, as a
/// C++ function's.
Value ValueParser::from_quotes(std::size_t start)
{
    bool const is_character = cursor_.sees("'");
    std::string const text = cursor_.word(Letters::narrow);
    if (is_character && text.size() == 1)
        return constant(static_cast<unsigned char>(text[0]));
    if (symbols_)
        if (std::optional<std::uint64_t> const address = symbols_(text))
            return constant(*address);
    refuse(text, start);
    return {};
}

Value ValueParser::named(std::string const& name, std::size_t start)
{
    if (!cursor_.problem().empty())
        return {};
    Value value;
    if (std::optional<std::uint64_t> const number = to_number(name))
        return constant(*number);
    std::optional<Field> const field = field_named(name);
    if (field && is_number(*field)) {
        value.kind = Value::Kind::field;
        value.field = *field;
        return value;
    }
    if (std::optional<RegisterPart> const part = register_named(name)) {
        value.kind = Value::Kind::register_part;
        value.part = *part;
        return value;
    }
    if (symbols_)
        if (std::optional<std::uint64_t> const address = symbols_(name))
            return constant(*address);
    refuse(name, start);
    return value;
}

void ValueParser::refuse(std::string_view name, std::size_t start)
{
    if (!cursor_.problem().empty())
        return;
    if (symbols_)
        cursor_.complain_at(start,
                            fmt::format("\"{}\" is no number, field, register or symbol", name));
    else if (left_.empty())
        cursor_.complain_at(start, fmt::format("there is no field \"{}\"", name));
    else
        cursor_.complain_at(start,
                            fmt::format("{} takes a number, as 0x3f8, 12, 'A' or 20us", left_));
}

// "rsp + 8 == x" is a comparison although no operator stands behind "rsp"; "port-out" and "page
// fault" are words to search for.
bool ValueParser::value_begins()
{
    if (cursor_.sees("'") || cursor_.sees("\""))
        return false;
    Cursor narrow = cursor_;
    Cursor wide = cursor_;
    std::string const name = narrow.word(Letters::narrow);
    std::string const whole = wide.word(Letters::wide);
    if (!narrow.problem().empty())
        return false;
    bool const is_sum = (wide.sees("+") || wide.sees("-")) && is_numeric(name);
    if (same_name(whole, "phys"))
        wide.word(Letters::narrow);
    return is_sum || wide.sees("[");
}

bool ValueParser::is_numeric(std::string_view name) const
{
    std::optional<Field> const field = field_named(name);
    if (field)
        return query::is_number(*field);
    return to_number(name) || register_named(name) || (symbols_ && symbols_(name));
}

} // namespace ringside::query
