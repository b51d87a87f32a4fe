// The filter of the exit list: a small expression over the fields of a row, or words to search for.
//
//     port == 0x3f8 && value == 'A'          kind == halt || class == Q
//     !(device == COM1) && cost > 20us       value >= 0x20        printed "page fault"
//
// Fields with numbers: port gpa msr irq vector address value width rip seq time cost vcpu; they
// take == != < <= > >= and a number (decimal, 0x hexadecimal, 'c', or with ns us ms s). Fields
// with words: kind class device verdict symbol what; they take ==, != and ~ (contains), without
// regard to case, '-' or '_'. A field that a row does not have (the port of a HLT) matches
// nothing. Words outside comparisons are searched for in everything the row shows. `&&` may be
// left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

enum class FilterField : std::uint8_t {
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
    kind,
    exit_class,
    device,
    verdict,
    symbol,
    what,
};

enum class FilterOperator : std::uint8_t {
    equal,
    unequal,
    less,
    less_equal,
    more,
    more_equal,
    has
};

/// A node of the expression: a comparison, a word to search for, or a combination of nodes.
struct FilterNode {
    enum class Kind : std::uint8_t { every, any, negation, compare, search };
    Kind kind = Kind::every;
    FilterField field = FilterField::what;
    FilterOperator comparison = FilterOperator::equal;
    std::uint64_t number = 0;
    std::string word;
    std::vector<FilterNode> children;
};

class Filter {
public:
    /// Matches everything.
    Filter() = default;
    explicit Filter(FilterNode root) : root_(std::move(root)) {}

    bool matches(TraceModel const& model, Moment const& moment) const;
    FilterNode const& root() const { return root_; }
    bool matches_everything() const { return root_.children.empty() && is_combination(); }

private:
    bool is_combination() const { return root_.kind == FilterNode::Kind::every; }
    FilterNode root_;
};

struct ParsedFilter {
    Filter filter;
    std::string problem; ///< empty when the text made sense: "expected a value after ==, column 9"
};

ParsedFilter parse_filter(std::string_view text);

} // namespace ringside::visualizer
