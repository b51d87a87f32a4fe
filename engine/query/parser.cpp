// The grammar of expression.hpp, by recursive descent: the half that makes conditions.
#include <algorithm>
#include <array>
#include <optional>

#include "engine/query/cursor.hpp"
#include "engine/query/expression.hpp"
#include "engine/query/names.hpp"
#include "engine/query/text.hpp"
#include "engine/query/value_parser.hpp"

namespace ringside::query {

namespace {

struct OperatorName {
    std::string_view name;
    Operator comparison;
};
constexpr auto operator_names = std::to_array<OperatorName>({
    // the longer ones first
    {"==", Operator::equal},
    {"!=", Operator::unequal},
    {"<=", Operator::less_equal},
    {">=", Operator::more_equal},
    {"<", Operator::less},
    {">", Operator::more},
    {"~", Operator::has},
    {"=", Operator::equal},
});

class Parser {
public:
    Parser(std::string_view text, Symbols const& symbols) : cursor_(text), values_(cursor_, symbols)
    {
    }

    Result<Condition> condition()
    {
        if (cursor_.at_end())
            return Condition();
        Node root = any();
        if (cursor_.problem().empty() && !cursor_.at_end())
            cursor_.complain("this bracket closes nothing");
        if (!cursor_.problem().empty())
            return fail(Blame::usage, cursor_.problem());
        return Condition(std::move(root));
    }

    Result<Value> value()
    {
        Value value = values_.value();
        if (cursor_.problem().empty() && !cursor_.at_end())
            cursor_.complain("an address or a number should end here");
        if (!cursor_.problem().empty())
            return fail(Blame::usage, cursor_.problem());
        return value;
    }

private:
    Node any()
    {
        Node node;
        node.kind = Node::Kind::any;
        node.children.push_back(every());
        while (!cursor_.stopped() && cursor_.take("||"))
            node.children.push_back(every());
        return node;
    }

    Node every()
    {
        Node node;
        node.children.push_back(single());
        while (!cursor_.stopped() && !cursor_.sees("||") && !cursor_.sees(")")) {
            cursor_.take("&&");
            node.children.push_back(single());
        }
        return node;
    }

    Node single()
    {
        Cursor::Nesting const nesting(cursor_);
        Node node;
        if (cursor_.at_end()) {
            cursor_.complain("something is missing at the end");
        } else if (!cursor_.stopped() && cursor_.take("!")) {
            node.kind = Node::Kind::negation;
            node.children.push_back(single());
        } else if (!cursor_.stopped() && cursor_.sees("(")) {
            node = bracket();
        } else if (!cursor_.stopped()) {
            node = comparison_or_word();
        }
        return node;
    }

    /// Around conditions, or around a number: "(cr0 & 1) == 0".
    Node bracket()
    {
        Cursor behind = cursor_;
        behind.skip_bracket();
        if (sees_operator(behind))
            return comparison_of_values();
        cursor_.take("(");
        Node node = any();
        if (!cursor_.take(")"))
            cursor_.complain("a bracket is not closed");
        return node;
    }

    Node comparison_or_word()
    {
        if (values_.value_begins())
            return comparison_of_values();
        std::size_t const start = cursor_.place();
        Node node;
        node.kind = Node::Kind::search;
        node.word = cursor_.word(Letters::wide);
        if (cursor_.stopped() || !sees_operator(cursor_))
            return node;
        std::optional<Field> const field = field_named(node.word);
        if (field && !is_number(*field) && !cursor_.sees("&"))
            return comparison_of_words(*field);
        cursor_.go_back_to(start);
        return comparison_of_values();
    }

    static bool sees_operator(Cursor const& cursor)
    {
        bool const bit_test = cursor.sees("&") && !cursor.sees("&&");
        return bit_test ||
               std::any_of(operator_names.begin(), operator_names.end(),
                           [&](OperatorName const& known) { return cursor.sees(known.name); });
    }

    std::optional<Operator> take_operator()
    {
        for (OperatorName const& known : operator_names)
            if (cursor_.take(known.name))
                return known.comparison;
        return std::nullopt;
    }

    Node comparison_of_words(Field field)
    {
        Node node;
        node.kind = Node::Kind::compare_words;
        node.field = field;
        node.comparison = *take_operator();
        std::size_t const start = cursor_.place();
        node.word = cursor_.word(Letters::wide);
        if (node.comparison > Operator::unequal && node.comparison != Operator::has)
            cursor_.complain(fmt::format("{} takes ==, != or ~", info_of(field).name));
        if (field == Field::exit_class && node.word.size() == 1)
            node.field = Field::letter;
        if (!cursor_.problem().empty() || node.comparison == Operator::has)
            return node;
        std::optional<std::string> const word = canonical_word(field, node.word);
        if (!word)
            cursor_.complain_at(start,
                                fmt::format("there is no {} \"{}\"; there are: {}",
                                            info_of(field).name, node.word, known_words(field)));
        node.word = word.value_or(std::string());
        return node;
    }

    Node comparison_of_values()
    {
        std::size_t const start = cursor_.place();
        Node node;
        node.values.push_back(values_.value());
        std::string_view const name = cursor_.since(start);
        std::optional<Operator> const comparison = take_operator();
        if (!cursor_.problem().empty())
            return node;
        if (!comparison)
            return truth_of_value(std::move(node), name);
        node.comparison = *comparison;
        if (node.comparison == Operator::has)
            cursor_.complain(fmt::format("{} takes ==, !=, <, <=, > or >=", name));
        node.values.push_back(values_.value_for(name));
        node.kind = Node::Kind::compare_values;
        if (node.values[0].kind == Value::Kind::field &&
            node.values[1].kind == Value::Kind::constant) {
            node.kind = Node::Kind::compare_field;
            node.field = node.values[0].field;
            node.number = node.values[1].number;
            node.values.clear();
        }
        return node;
    }

    Node truth_of_value(Node node, std::string_view name)
    {
        node.kind = Node::Kind::not_zero;
        Value::Kind const kind = node.values[0].kind;
        if (kind != Value::Kind::bit_and && kind != Value::Kind::memory)
            cursor_.complain(fmt::format("what about {}? a comparison is missing, as == 0", name));
        return node;
    }

    Cursor cursor_;
    ValueParser values_;
};

} // namespace

Result<Condition> parse_condition(std::string_view text, Symbols const& symbols)
{
    return Parser(text, symbols).condition();
}

Result<Value> parse_value(std::string_view text, Symbols const& symbols)
{
    return Parser(text, symbols).value();
}

} // namespace ringside::query
