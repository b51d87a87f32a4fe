// The grammar of filter.hpp, by recursive descent:
//
//     any      = every { "||" every }
//     every    = single { ["&&"] single }
//     single   = "!" single | "(" any ")" | field operator value | word
#include "visualizer/model/filter.hpp"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

constexpr unsigned deepest = 50; // nested brackets; more is no expression a person typed

struct FieldName {
    std::string_view name;
    FilterField field;
};
constexpr auto field_names = std::to_array<FieldName>({
    {"port", FilterField::port},        {"gpa", FilterField::gpa},
    {"msr", FilterField::msr},          {"irq", FilterField::irq},
    {"vector", FilterField::vector},    {"address", FilterField::address},
    {"value", FilterField::value},      {"width", FilterField::width},
    {"rip", FilterField::rip},          {"seq", FilterField::seq},
    {"time", FilterField::time},        {"cost", FilterField::cost},
    {"vcpu", FilterField::vcpu},        {"kind", FilterField::kind},
    {"class", FilterField::exit_class}, {"device", FilterField::device},
    {"verdict", FilterField::verdict},  {"symbol", FilterField::symbol},
    {"what", FilterField::what},
});

struct OperatorName {
    std::string_view name;
    FilterOperator comparison;
};
constexpr auto operator_names = std::to_array<OperatorName>({
    // the longer ones first
    {"==", FilterOperator::equal},
    {"!=", FilterOperator::unequal},
    {"<=", FilterOperator::less_equal},
    {">=", FilterOperator::more_equal},
    {"<", FilterOperator::less},
    {">", FilterOperator::more},
    {"~", FilterOperator::has},
    {"=", FilterOperator::equal},
});

struct UnitName {
    std::string_view name;
    std::uint64_t factor;
};
constexpr auto unit_names = std::to_array<UnitName>(
    {{"", 1}, {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}});

bool is_word_letter(char letter)
{
    bool const alphanumeric = (letter >= 'a' && letter <= 'z') ||
                              (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    return alphanumeric || letter == '_' || letter == '-' || letter == '.' || letter == '#' ||
           letter == '+';
}

std::optional<std::uint64_t> to_number(std::string_view text)
{
    int const base = text.starts_with("0x") ? 16 : 10;
    if (base == 16)
        text.remove_prefix(2);
    std::uint64_t number = 0;
    auto const result = std::from_chars(text.data(), text.data() + text.size(), number, base);
    if (result.ec != std::errc() || text.empty())
        return std::nullopt;
    std::string_view const unit = text.substr(static_cast<std::size_t>(result.ptr - text.data()));
    for (UnitName const& known : unit_names)
        if (unit == known.name)
            return number * known.factor;
    return std::nullopt;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    ParsedFilter run()
    {
        skip_blanks();
        if (at_end())
            return {};
        FilterNode root = any();
        if (problem_.empty() && !at_end())
            complain("this bracket closes nothing");
        if (!problem_.empty())
            return {Filter(), problem_};
        return {Filter(std::move(root)), {}};
    }

private:
    bool at_end() const { return place_ >= text_.size(); }
    bool stopped() const { return at_end() || !problem_.empty(); }
    void skip_blanks()
    {
        while (!at_end() && text_[place_] == ' ')
            ++place_;
    }
    void complain(std::string_view what)
    {
        if (problem_.empty())
            problem_ = fmt::format("{} (column {})", what, place_ + 1);
    }
    bool take(std::string_view token)
    {
        if (!text_.substr(place_).starts_with(token))
            return false;
        place_ += token.size();
        skip_blanks();
        return true;
    }

    FilterNode any()
    {
        FilterNode node;
        node.kind = FilterNode::Kind::any;
        node.children.push_back(every());
        while (!stopped() && take("||"))
            node.children.push_back(every());
        return node;
    }

    FilterNode every()
    {
        FilterNode node;
        node.children.push_back(single());
        while (!stopped() && !text_.substr(place_).starts_with("||") && text_[place_] != ')') {
            take("&&");
            node.children.push_back(single());
        }
        return node;
    }

    FilterNode single()
    {
        if (++depth_ > deepest)
            complain("too many brackets");
        FilterNode node;
        if (at_end()) {
            complain("something is missing at the end");
        } else if (!stopped() && take("!")) {
            node.kind = FilterNode::Kind::negation;
            node.children.push_back(single());
        } else if (!stopped() && take("(")) {
            node = any();
            if (!take(")"))
                complain("a bracket is not closed");
        } else if (!stopped()) {
            node = comparison_or_word();
        }
        --depth_;
        return node;
    }

    FilterNode comparison_or_word()
    {
        std::size_t const start = place_;
        FilterNode node;
        node.kind = FilterNode::Kind::search;
        node.word = word();
        auto const comparison = filter_operator();
        if (!comparison)
            return node;
        for (FieldName const& known : field_names)
            if (same_name(node.word, known.name))
                return compare(known, *comparison);
        place_ = start;
        complain(fmt::format("there is no field \"{}\"", node.word));
        return node;
    }

    std::optional<FilterOperator> filter_operator()
    {
        for (OperatorName const& known : operator_names)
            if (take(known.name))
                return known.comparison;
        return std::nullopt;
    }

    FilterNode compare(FieldName const& left, FilterOperator comparison)
    {
        FilterNode node;
        node.kind = FilterNode::Kind::compare;
        node.field = left.field;
        node.comparison = comparison;
        std::size_t const start = place_;
        bool const character = !at_end() && text_[place_] == '\'';
        node.word = word();
        bool const is_text = left.field >= FilterField::kind;
        if (is_text) {
            if (comparison > FilterOperator::unequal && comparison != FilterOperator::has)
                complain(fmt::format("{} takes ==, != or ~", left.name));
            return node;
        }
        auto const number =
            character && node.word.size() == 1
                ? std::optional<std::uint64_t>(static_cast<unsigned char>(node.word[0]))
                : to_number(node.word);
        if (!number || comparison == FilterOperator::has) {
            place_ = start;
            complain(fmt::format("{} takes a number, as 0x3f8, 12, 'A' or 20us", left.name));
        }
        node.number = number.value_or(0);
        return node;
    }

    std::string word()
    {
        std::string result;
        if (at_end()) {
            complain("a value is missing at the end");
        } else if (char const quote = text_[place_]; quote == '"' || quote == '\'') {
            std::size_t const close = text_.find(quote, place_ + 1);
            if (close == std::string_view::npos) {
                complain("a quotation mark is not closed");
                return result;
            }
            result = text_.substr(place_ + 1, close - place_ - 1);
            place_ = close + 1;
        } else {
            std::size_t const start = place_;
            while (!at_end() && is_word_letter(text_[place_]))
                ++place_;
            result = text_.substr(start, place_ - start);
            if (result.empty())
                complain("a field, a word or a number should stand here");
        }
        skip_blanks();
        return result;
    }

    std::string_view text_;
    std::size_t place_ = 0;
    unsigned depth_ = 0;
    std::string problem_;
};

} // namespace

ParsedFilter parse_filter(std::string_view text)
{
    return Parser(text).run();
}

} // namespace ringside::visualizer
