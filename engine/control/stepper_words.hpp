// What stands behind the name of a command, piece by piece. Columns in complaints are those of the
// whole line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "engine/query/expression.hpp"

namespace ringside::control {

class StepperWords {
public:
    /// `line` without blanks at its end.
    StepperWords(std::string_view line, query::Symbols const& symbols)
        : line_(line), symbols_(symbols)
    {
        skip_blanks();
    }

    bool at_end() const { return place_ >= line_.size(); }
    std::string_view rest() const { return line_.substr(place_); }
    /// Letters up to a blank.
    std::string_view word();
    /// Takes this word, if it is next.
    bool take(std::string_view word);

    /// A value up to one of these words or a comma, which are not taken, or to the end.
    Result<query::Value> value();
    /// The same behind a comma or an '=', which must stand there.
    Result<query::Value> value_behind(char separator);
    /// The same behind a comma, or `otherwise` at the end or before "if" and "once".
    Result<query::Value> value_or(std::uint64_t otherwise);
    /// A decimal number, or `otherwise` at the end.
    Result<std::uint64_t> number_or(std::optional<std::uint64_t> otherwise);
    /// All the rest.
    Result<query::Condition> condition();
    /// Errors when something is left.
    Result<void> end() const;

private:
    void skip_blanks();
    std::size_t end_of_value() const;
    /// The line up to `end`, with blanks for what came before: parse errors count columns in it.
    std::string padded(std::size_t end) const;
    Error at_column(std::string_view complaint) const;

    std::string_view line_;
    std::size_t place_ = 0;
    query::Symbols const& symbols_;
};

} // namespace ringside::control
