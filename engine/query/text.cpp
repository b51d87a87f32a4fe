#include "engine/query/text.hpp"

#include <algorithm>

namespace ringside::query {

namespace {

char folded(char letter)
{
    if (letter >= 'A' && letter <= 'Z')
        return static_cast<char>(letter - 'A' + 'a');
    return letter == '_' ? '-' : letter;
}

bool same_letter(char a, char b)
{
    return folded(a) == folded(b);
}

} // namespace

bool same_name(std::string_view a, std::string_view b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_letter);
}

bool contains(std::string_view text, std::string_view part)
{
    return std::search(text.begin(), text.end(), part.begin(), part.end(), same_letter) !=
           text.end();
}

} // namespace ringside::query
