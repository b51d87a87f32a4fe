#include "visualizer/model/code_view.hpp"

#include <algorithm>
#include <cstddef>

#include "visualizer/model/disassembly.hpp"

namespace ringside::visualizer {

namespace {

std::string_view base_of(std::string_view symbol)
{
    return symbol.substr(0, symbol.find('+'));
}

void tell_exits(TraceModel const& model, RecordIndex now, CodeLine& line)
{
    RecordList const& exits = model.occurrences().exits_at(line.address);
    line.exits = exits.size();
    line.exits_until_now = exits.count_until(now);
    line.last = exits.last_until(now);
    RecordIndex const shown = line.last != no_record ? line.last
                              : exits.size() > 0     ? exits.all().front()
                                                     : no_record;
    if (shown == no_record)
        return;
    Moment const& moment = model.moments()[model.moment_of(shown)];
    line.exit_class = moment.exit_class;
    line.kind = moment.kind;
}

std::uint64_t next_rip(TraceModel const& model, Moment const& moment)
{
    auto const end = model.records().get<trace::ExitEnd>(moment.last);
    return end ? end->next_rip : 0;
}

} // namespace

CodeView code_view(TraceModel const& model, MomentIndex row, RecordIndex now,
                   RegisterState const& registers)
{
    CodeView view;
    Moment const& moment = model.moments()[row];
    std::uint64_t const next = moment.is_exit() ? next_rip(model, moment) : 0;
    std::uint64_t const rip = moment.rip != 0 ? moment.rip : registers[trace::Register::rip];
    std::string symbol_before;
    std::uint64_t end_before = 0;
    constexpr int around = 200;
    auto const& known = model.catalogue().instructions();
    auto place = known.lower_bound(rip);
    auto end = place;
    for (int step = 0; step < around && place != known.begin(); ++step)
        --place;
    for (int step = 0; step < around && end != known.end(); ++step)
        ++end;
    for (; place != end; ++place) {
        std::uint64_t const address = place->first;
        auto const instruction = model.catalogue().instruction_at(address, now);
        if (!instruction)
            continue; // told later
        CodeLine line;
        line.address = address;
        line.bytes = byte_text(*instruction);
        line.text = disassemble(*instruction);
        line.target = branch_target(*instruction);
        line.here = address == moment.rip;
        line.next = address == next;
        line.gap = view.lines.empty() || address < end_before ? 0 : address - end_before;
        std::string const symbol(base_of(model.catalogue().symbol_at(address)));
        if (symbol != symbol_before)
            line.symbol = symbol_before = symbol;
        tell_exits(model, now, line);
        if (line.here)
            view.operands = operand_text(*instruction, registers);
        if (address <= rip)
            view.focus = view.lines.size();
        end_before = address + instruction->bytes.count;
        view.lines.push_back(std::move(line));
    }
    return view;
}

} // namespace ringside::visualizer
