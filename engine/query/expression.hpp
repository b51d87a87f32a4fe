// The one expression language of the house: filters of the viewer, stops of the terminal stepper,
// conditions of gdb's monitor, checks of the labs.
//
//     port == 0x3f8 && value == 'A'            kind == page-walk || vector == 14
//     mode == long64 && qword[rsp+8] > main    cr0 & 0x80000000     marker ~ "phase 2"
//
//     any       = every { "||" every }
//     every     = single { ["&&"] single }
//     single    = "!" single | "(" any ")" | comparison | word to search for
//     comparison= value [ operator value ] | field operator word
//     value     = sum { "&" sum }              sum  = term { ("+" | "-") term }
//     term      = number | field | register | symbol | ["phys"] width "[" value "]"
//
// A text is parsed once into a tree, and the tree asked as often as there is something new
// (evaluate.hpp). Sums wrap around at 64 bits, like the CPU's.
// Not modelled: multiplication and shifts; nobody has missed them in a breakpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/query/fields.hpp"
#include "engine/query/registers.hpp"

namespace ringside::query {

/// Where a guest's symbol lies; nothing for a name it does not have. Asked while parsing.
using Symbols = std::function<std::optional<std::uint64_t>(std::string_view name)>;

enum class AddressSpace : std::uint8_t { guest_virtual, guest_physical };

/// A number that may depend on the event and the machine.
struct Value {
    enum class Kind : std::uint8_t { constant, field, register_part, memory, sum, bit_and };
    Kind kind = Kind::constant;
    bool negative = false; ///< as a part of a sum: to be taken away
    Field field = Field::port;
    AddressSpace space = AddressSpace::guest_virtual;
    std::uint8_t width = 0; ///< of memory, in bytes; the address is the only operand
    RegisterPart part;
    std::uint64_t number = 0;
    std::vector<Value> operands;
};

enum class Operator : std::uint8_t { equal, unequal, less, less_equal, more, more_equal, has };

/// A node of the expression: a comparison, a word to search for, or a combination of nodes.
struct Node {
    enum class Kind : std::uint8_t {
        every,
        any,
        negation,
        search,         ///< `word`
        compare_field,  ///< `field` with `number`: most comparisons, so with a door of their own
        compare_words,  ///< `field` with `word`
        compare_values, ///< values[0] with values[1]
        not_zero,       ///< values[0]: a bit test, or memory
    };
    Kind kind = Kind::every;
    Field field = Field::what;
    Operator comparison = Operator::equal;
    std::uint64_t number = 0;
    std::string word;
    std::vector<Value> values;
    std::vector<Node> children;
};

/// What is true or not of an event and of the machine where it happened.
class Condition {
public:
    /// True of everything.
    Condition() = default;
    explicit Condition(Node root) : root_(std::move(root)) {}

    Node const& root() const { return root_; }
    bool matches_everything() const
    {
        return root_.kind == Node::Kind::every && root_.children.empty();
    }

private:
    Node root_;
};

/// Errors (Blame::usage) are one line that ends in the place: "port takes a number, as 0x3f8, 12,
/// 'A' or 20us (column 9)". An empty text is true of everything.
Result<Condition> parse_condition(std::string_view text, Symbols const& symbols = {});

/// An address or a number alone: "main+4", "qword[rsp]", "0x7c00".
Result<Value> parse_value(std::string_view text, Symbols const& symbols = {});

} // namespace ringside::query
