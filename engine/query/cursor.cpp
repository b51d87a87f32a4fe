#include "engine/query/cursor.hpp"

namespace ringside::query {

namespace {

bool belongs_to_word(char letter, Letters letters)
{
    bool const alphanumeric = (letter >= 'a' && letter <= 'z') ||
                              (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    if (alphanumeric || letter == '_' || letter == '.' || letter == '#')
        return true;
    return letters == Letters::wide && (letter == '-' || letter == '+');
}

} // namespace

std::string Cursor::quoted(char mark)
{
    std::size_t const close = text_.find(mark, place_ + 1);
    if (close == std::string_view::npos) {
        complain("a quotation mark is not closed");
        return {};
    }
    std::string const result(text_.substr(place_ + 1, close - place_ - 1));
    place_ = close + 1;
    skip_blanks();
    return result;
}

void Cursor::skip_bracket()
{
    std::size_t depth = 0;
    for (; !at_end(); ++place_) {
        char const letter = text_[place_];
        if (letter == '"' || letter == '\'') {
            std::size_t const close = text_.find(letter, place_ + 1);
            place_ = close == std::string_view::npos ? text_.size() - 1 : close;
        }
        depth += letter == '(' ? 1 : 0;
        if (letter == ')' && --depth == 0)
            break;
    }
    take(")");
}

std::string Cursor::word(Letters letters)
{
    if (at_end()) {
        complain("a value is missing at the end");
        return {};
    }
    if (text_[place_] == '"' || text_[place_] == '\'')
        return quoted(text_[place_]);
    std::size_t const start = place_;
    while (!at_end() && belongs_to_word(text_[place_], letters))
        ++place_;
    if (place_ == start)
        complain("a field, a word or a number should stand here");
    std::string const result(text_.substr(start, place_ - start));
    skip_blanks();
    return result;
}

} // namespace ringside::query
