#include "engine/query/uses.hpp"

namespace ringside::query {

namespace {

std::uint32_t only(Field field)
{
    return 1U << static_cast<unsigned>(field);
}

void collect(Value const& value, Uses& uses)
{
    if (value.kind == Value::Kind::field)
        uses.fields |= only(value.field);
    uses.registers |= value.kind == Value::Kind::register_part;
    uses.memory |= value.kind == Value::Kind::memory;
    for (Value const& operand : value.operands)
        collect(operand, uses);
}

void collect(Node const& node, Uses& uses)
{
    bool const names_field =
        node.kind == Node::Kind::compare_field || node.kind == Node::Kind::compare_words;
    if (names_field)
        uses.fields |= only(node.field);
    uses.search |= node.kind == Node::Kind::search;
    for (Value const& value : node.values)
        collect(value, uses);
    for (Node const& child : node.children)
        collect(child, uses);
}

} // namespace

Uses uses_of(Condition const& condition)
{
    Uses uses;
    collect(condition.root(), uses);
    return uses;
}

Uses uses_of(Value const& value)
{
    Uses uses;
    collect(value, uses);
    return uses;
}

} // namespace ringside::query
