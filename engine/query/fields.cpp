#include "engine/query/fields.hpp"

#include <array>
#include <cstddef>

#include <fmt/format.h>

#include "engine/query/text.hpp"

namespace ringside::query {

namespace {

constexpr auto table = std::to_array<FieldInfo>({
    {Field::port, "port", "the port of an IN or OUT"},
    {Field::gpa, "gpa", "guest-physical address of an MMIO access or a page walk"},
    {Field::msr, "msr", "number of the MSR that was read or written"},
    {Field::irq, "irq", "input pin of the interrupt controllers, 0 to 15"},
    {Field::vector, "vector", "entry of the IDT that was injected or delivered"},
    {Field::address, "address", "port, address, MSR or pin, whatever the event has"},
    {Field::value, "value", "what was written, or the answer a read was given"},
    {Field::width, "width", "bytes moved by an access"},
    {Field::rip, "rip", "linear address of the instruction (eip is the same)"},
    {Field::seq, "seq", "number of the event, counted for each vCPU"},
    {Field::time, "time", "virtual time; write it as 12us or 3ms"},
    {Field::cost, "cost", "host time the exit took, where it was measured"},
    {Field::vcpu, "vcpu", "which virtual CPU"},
    {Field::exits, "exits", "exits since the machine started"},
    {Field::cpl, "cpl", "privilege level: 0 is the kernel, 3 the user"},
    {Field::kind, "kind", "what happened, as halt, port-out, page-walk, delivered"},
    {Field::exit_class, "class", "the group of the kind, as the viewer colours it"},
    {Field::letter, "letter", "the class as one letter: I M H C Q P X ."},
    {Field::device, "device", "the device that took part"},
    {Field::verdict, "verdict", "what the trap layer decided, as answer or stop"},
    {Field::symbol, "symbol", "the guest's function at the instruction"},
    {Field::what, "what", "the event in words, as the list shows it"},
    {Field::mode, "mode", "real, protected16, protected32, compatibility, long64"},
    {Field::marker, "marker", "words of a marker the guest placed"},
});

constexpr bool in_order()
{
    for (std::size_t index = 0; index < table.size(); ++index)
        if (static_cast<std::size_t>(table[index].field) != index)
            return false;
    return true;
}
static_assert(in_order());

constexpr std::string_view rest_of_help = R"(
Registers: rax to r15 and their parts (eax, ax, al, ah, r8d), ip (the offset in CS), rflags, cr0
cr2 cr3 cr4 cr8, efer, cs ss ds es fs gs tr ldtr (selectors; cs.base, cs.limit, cs.attributes),
gdtr.base, gdtr.limit, idtr.base, idtr.limit, star, lstar, fmask, kernel_gs_base.
Memory: byte[rsp+8] word[...] dword[...] qword[...] at a guest-virtual address, phys qword[...] at
a guest-physical one. Numbers: 1000, 0x3f8, 'A', 20us, a symbol, and sums of all these.
Comparisons: == != < <= > >= for numbers; == != ~ (contains) for words. A bit test needs none:
cr0 & 0x80000000. Join with && and ||, turn round with !, group with ( ). A word alone is searched
for. What an event does not have (the port of a HLT) matches nothing.
)";

} // namespace

std::span<FieldInfo const> field_table()
{
    return table;
}

FieldInfo const& info_of(Field field)
{
    return table[static_cast<std::size_t>(field)];
}

std::optional<Field> field_named(std::string_view name)
{
    if (same_name(name, "eip"))
        return Field::rip;
    for (FieldInfo const& info : table)
        if (same_name(name, info.name))
            return info.field;
    return std::nullopt;
}

std::string help_text()
{
    std::string text = "Expressions, as port == 0x3f8 && value == 'A'. Fields with numbers:\n";
    for (FieldInfo const& info : table) {
        if (info.field == Field::kind)
            text += "Fields with words:\n";
        text += fmt::format("  {:8} {}\n", info.name, info.sentence);
    }
    return text.append(rest_of_help);
}

} // namespace ringside::query
