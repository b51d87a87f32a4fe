#include "visualizer/model/filter.hpp"

#include <algorithm>
#include <optional>

#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/row_text.hpp"

namespace ringside::visualizer {

namespace {

using trace::ExitKind;

std::optional<std::uint64_t> only_if(bool applies, std::uint64_t value)
{
    return applies ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> number_of(FilterField field, Moment const& row)
{
    bool const exit = row.is_exit();
    bool const msr = exit && (row.kind == ExitKind::msr_read || row.kind == ExitKind::msr_write);
    switch (field) {
    case FilterField::port:
        return only_if(exit && is_port(row.kind), row.address);
    case FilterField::gpa:
        if (row.event == trace::PageWalk::id)
            return row.value;
        return only_if(exit && is_mmio(row.kind), row.address);
    case FilterField::msr:
        return only_if(msr, row.address);
    case FilterField::irq:
        return only_if(row.event == trace::InterruptInjected::id ||
                           row.event == trace::InterruptPending::id ||
                           row.event == trace::LineChanged::id,
                       row.address);
    case FilterField::vector:
        if (row.event == trace::InterruptInjected::id)
            return row.value;
        return only_if(row.event == trace::Delivered::id, row.address);
    case FilterField::address:
        return row.address;
    case FilterField::value:
        return only_if(exit && row.width != 0, row.value);
    case FilterField::width:
        return only_if(exit && row.width != 0, row.width);
    case FilterField::rip:
        return only_if(row.rip != 0, row.rip);
    case FilterField::seq:
        return row.seq;
    case FilterField::time:
        return row.time;
    case FilterField::cost:
        return only_if(row.cost != 0, row.cost);
    case FilterField::vcpu:
        return row.vcpu;
    default:
        return std::nullopt; // a field of words
    }
}

bool compare(std::uint64_t left, FilterOperator comparison, std::uint64_t right)
{
    switch (comparison) {
    case FilterOperator::equal:
        return left == right;
    case FilterOperator::unequal:
        return left != right;
    case FilterOperator::less:
        return left < right;
    case FilterOperator::less_equal:
        return left <= right;
    case FilterOperator::more:
        return left > right;
    case FilterOperator::more_equal:
        return left >= right;
    case FilterOperator::has:
        return false; // the parser refuses it
    }
    return false;
}

bool compare(std::string_view left, FilterOperator comparison, std::string_view right)
{
    if (comparison == FilterOperator::has)
        return contains(left, right);
    return same_name(left, right) == (comparison == FilterOperator::equal);
}

std::string words_of(FilterField field, TraceModel const& model, Moment const& row)
{
    switch (field) {
    case FilterField::kind:
        return std::string(kind_name(row));
    case FilterField::exit_class:
        return std::string(text_of(row.exit_class).name);
    case FilterField::device:
        return device_text(model, row);
    case FilterField::verdict:
        return row.is_exit() ? std::string(trace::name_of(row.verdict)) : std::string();
    case FilterField::symbol:
        return model.catalogue().symbol_at(row.rip);
    default:
        return what_text(model, row);
    }
}

bool compare_words(FilterNode const& node, TraceModel const& model, Moment const& row)
{
    if (node.field == FilterField::exit_class && node.word.size() == 1) {
        std::string_view const letter(&text_of(row.exit_class).letter, 1);
        return compare(letter, node.comparison, node.word);
    }
    std::string const left = words_of(node.field, model, row);
    return !left.empty() && compare(left, node.comparison, node.word);
}

bool found(std::string const& word, TraceModel const& model, Moment const& row)
{
    return contains(kind_name(row), word) || contains(what_text(model, row), word) ||
           contains(value_text(row), word) || contains(place_text(model, row), word) ||
           contains(device_text(model, row), word);
}

bool matches_node(FilterNode const& node, TraceModel const& model, Moment const& row)
{
    auto const child_matches = [&](FilterNode const& child) {
        return matches_node(child, model, row);
    };
    switch (node.kind) {
    case FilterNode::Kind::every:
        return std::all_of(node.children.begin(), node.children.end(), child_matches);
    case FilterNode::Kind::any:
        return std::any_of(node.children.begin(), node.children.end(), child_matches);
    case FilterNode::Kind::negation:
        return std::none_of(node.children.begin(), node.children.end(), child_matches);
    case FilterNode::Kind::search:
        return found(node.word, model, row);
    case FilterNode::Kind::compare:
        break;
    }
    if (node.field >= FilterField::kind)
        return compare_words(node, model, row);
    auto const left = number_of(node.field, row);
    return left && compare(*left, node.comparison, node.number);
}

} // namespace

bool Filter::matches(TraceModel const& model, Moment const& moment) const
{
    return matches_node(root_, model, moment);
}

} // namespace ringside::visualizer
