#include "engine/control/stepper_words.hpp"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace ringside::control {

namespace {

bool is_blank(char letter)
{
    return letter == ' ' || letter == '\t';
}

query::Value constant(std::uint64_t number)
{
    query::Value value;
    value.number = number;
    return value;
}

} // namespace

void StepperWords::skip_blanks()
{
    while (!at_end() && is_blank(line_[place_]))
        ++place_;
}

std::string_view StepperWords::word()
{
    std::size_t const start = place_;
    while (!at_end() && !is_blank(line_[place_]))
        ++place_;
    std::string_view const word = line_.substr(start, place_ - start);
    skip_blanks();
    return word;
}

bool StepperWords::take(std::string_view word)
{
    std::size_t const start = place_;
    if (this->word() == word)
        return true;
    place_ = start;
    return false;
}

std::size_t StepperWords::end_of_value() const
{
    char quote = 0;
    for (std::size_t at = place_; at < line_.size(); ++at) {
        char const letter = line_[at];
        if (quote != 0) {
            quote = letter == quote ? 0 : quote;
            continue;
        }
        if (letter == '"' || letter == '\'')
            quote = letter;
        if (letter == ',' || letter == '=')
            return at;
        if (at > place_ && is_blank(line_[at - 1]))
            for (std::string_view const keyword : {"if", "once"})
                if (line_.substr(at).starts_with(keyword) &&
                    (at + keyword.size() == line_.size() || is_blank(line_[at + keyword.size()])))
                    return at;
    }
    return line_.size();
}

std::string StepperWords::padded(std::size_t end) const
{
    return std::string(place_, ' ').append(line_.substr(place_, end - place_));
}

Error StepperWords::at_column(std::string_view complaint) const
{
    return {fmt::format("{} (column {})", complaint, place_ + 1), Blame::usage};
}

Result<query::Value> StepperWords::value()
{
    std::size_t const end = end_of_value();
    query::Value value = TRY(query::parse_value(padded(end), symbols_));
    place_ = end;
    return value;
}

Result<query::Value> StepperWords::value_behind(char separator)
{
    if (at_end() || line_[place_] != separator)
        return fail(at_column(fmt::format("a {} should stand here", separator)));
    ++place_;
    skip_blanks();
    return value();
}

Result<query::Value> StepperWords::value_or(std::uint64_t otherwise)
{
    if (at_end() || line_[place_] != ',')
        return constant(otherwise);
    return value_behind(',');
}

Result<std::uint64_t> StepperWords::number_or(std::optional<std::uint64_t> otherwise)
{
    if (at_end() && otherwise)
        return *otherwise;
    std::size_t const start = place_;
    std::string_view const text = word();
    std::uint64_t number = 0;
    auto const result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec == std::errc() && result.ptr == text.data() + text.size())
        return number;
    place_ = start;
    return fail(at_column("a number should stand here"));
}

Result<query::Condition> StepperWords::condition()
{
    if (at_end())
        return fail(at_column("a condition should stand here, as kind == halt"));
    query::Condition condition = TRY(query::parse_condition(padded(line_.size()), symbols_));
    place_ = line_.size();
    return condition;
}

Result<void> StepperWords::end() const
{
    if (!at_end())
        return fail(at_column(fmt::format("what is \"{}\"?", rest())));
    return {};
}

} // namespace ringside::control
