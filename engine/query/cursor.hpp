// A place in the text of an expression, and the first thing found wrong with it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace ringside::query {

/// Letters of a word outside of sums, where "port-out" and "print+0x4" are one word, and inside.
enum class Letters : unsigned char { wide, narrow };

class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) { skip_blanks(); }

    bool at_end() const { return place_ >= text_.size(); }
    bool stopped() const { return at_end() || !problem_.empty(); }
    std::size_t place() const { return place_; }
    std::string const& problem() const { return problem_; }
    void go_back_to(std::size_t place) { place_ = place; }
    /// The text from `start` to here, without the blanks at its end.
    std::string_view since(std::size_t start) const
    {
        std::string_view const piece = text_.substr(start, place_ - start);
        return piece.substr(0, piece.find_last_not_of(' ') + 1);
    }

    bool sees(std::string_view token) const { return text_.substr(place_).starts_with(token); }
    bool take(std::string_view token)
    {
        if (!sees(token))
            return false;
        place_ += token.size();
        skip_blanks();
        return true;
    }
    /// Only the first complaint counts: the others follow from it.
    void complain(std::string_view what)
    {
        if (problem_.empty())
            problem_ = fmt::format("{} (column {})", what, place_ + 1);
    }
    void complain_at(std::size_t place, std::string_view what)
    {
        place_ = place;
        complain(what);
    }

    /// Behind the bracket that closes the one here, whatever is in between; else to the end.
    void skip_bracket();
    /// A word, or what stands between quotation marks.
    std::string word(Letters letters);

    /// Counts the depth of nesting while it lives.
    class Nesting {
    public:
        explicit Nesting(Cursor& cursor) : cursor_(cursor)
        {
            constexpr unsigned deepest = 50; // more is no expression that a person typed
            if (++cursor_.depth_ > deepest)
                cursor_.complain("too many brackets");
        }
        ~Nesting() { --cursor_.depth_; }
        Nesting(Nesting const&) = delete;
        Nesting& operator=(Nesting const&) = delete;

    private:
        Cursor& cursor_;
    };

private:
    void skip_blanks()
    {
        while (!at_end() && (text_[place_] == ' ' || text_[place_] == '\t'))
            ++place_;
    }
    std::string quoted(char mark);

    std::string_view text_;
    std::size_t place_ = 0;
    unsigned depth_ = 0;
    std::string problem_;
};

} // namespace ringside::query
