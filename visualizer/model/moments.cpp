#include "visualizer/model/moments.hpp"

#include <algorithm>
#include <utility>

#include "engine/trace/raw_record.hpp"
#include "engine/trace/schema.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/never_a_row.hpp"

namespace ringside::visualizer {

namespace {

Moment row(ExitClass exit_class, std::uint64_t address, std::uint64_t value, std::uint64_t rip = 0)
{
    Moment moment;
    moment.exit_class = exit_class;
    moment.address = address;
    moment.value = value;
    moment.rip = rip;
    return moment;
}

// Which events are rows of their own when they happen outside an exit.
using Row = std::optional<Moment>;

struct RowOf : NeverARow<Row> {
    using NeverARow<Row>::operator();

    Row operator()(trace::MachineCreated const& e) const
    {
        return row(ExitClass::other, 0, e.memory_bytes);
    }
    Row operator()(trace::MachineStopped const& e) const
    {
        bool const fault = e.cause == trace::StopCause::triple_fault;
        return row(fault ? ExitClass::exception : ExitClass::other,
                   static_cast<std::uint64_t>(e.cause), e.code);
    }
    Row operator()(trace::Branched const& e) const
    {
        return row(ExitClass::other, static_cast<std::uint64_t>(e.cause), e.exits);
    }
    Row operator()(trace::ModeChanged const& e) const
    {
        return row(ExitClass::control, static_cast<std::uint64_t>(e.from),
                   static_cast<std::uint64_t>(e.to));
    }
    Row operator()(trace::LineChanged const& e) const
    {
        return row(ExitClass::interrupt, e.irq, e.level ? 1 : 0);
    }
    Row operator()(trace::InterruptPending const& e) const
    {
        return row(ExitClass::interrupt, e.irq, static_cast<std::uint64_t>(e.reason));
    }
    Row operator()(trace::InterruptInjected const& e) const
    {
        return row(ExitClass::interrupt, e.irq, e.vector);
    }
    Row operator()(trace::PageWalk const& e) const { return row(ExitClass::page, e.gva, e.gpa); }
    Row operator()(trace::Marker const&) const { return row(ExitClass::other, 0, 0); }
    Row operator()(trace::Assertion const& e) const
    {
        return row(ExitClass::other, 0, e.held ? 1 : 0);
    }
    Row operator()(trace::TracingSwitched const& e) const
    {
        return row(ExitClass::other, 0, e.on ? 1 : 0);
    }
    Row operator()(trace::Emulated const& e) const { return row(ExitClass::control, 0, 0, e.rip); }
    Row operator()(trace::Delivered const& e) const
    {
        // SDM Vol. 3A, "Exception and Interrupt Vectors": 0 to 31 are the CPU's own.
        bool const exception = e.vector < 32;
        return row(exception ? ExitClass::exception : ExitClass::interrupt, e.vector, e.error_code,
                   e.from_rip);
    }
    Row operator()(trace::Dropped const& e) const
    {
        return row(ExitClass::other, e.first_seq, e.count);
    }
    Row operator()(trace::ExitBegin const& e) const
    {
        Moment moment = row(class_of(e.kind), e.address, e.value, e.rip);
        moment.kind = e.kind;
        moment.width = e.width;
        moment.open = true;
        return moment;
    }
};

} // namespace

Moments::Change Moments::append(RecordIndex index, trace::Record const& record,
                                RegisterName const* reached)
{
    Cursor& cursor = cursors_[record.vcpu];
    if (auto const* end_event = std::get_if<trace::ExitEnd>(&record.event))
        return {no_moment, end(index, record, *end_event)};

    // A second beginning while an exit is open: the end of the first was lost.
    bool const begins = std::holds_alternative<trace::ExitBegin>(record.event);
    if (begins)
        cursor.open = no_moment;

    // A loss is a row of its own even in the middle of an exit, whose end may still come.
    auto const* lost = std::get_if<trace::Dropped>(&record.event);
    if (lost != nullptr && extend_loss(index, record, *lost))
        return {};
    if (cursor.open != no_moment && lost == nullptr) {
        rows_[cursor.open].last = index;
        enrich(rows_[cursor.open], record.event, reached);
        return {};
    }
    std::optional<Moment> const moment = std::visit(RowOf{}, record.event);
    return {moment ? begin(index, record, *moment) : no_moment, no_moment};
}

// Gaps in a row are one gap to a person.
bool Moments::extend_loss(RecordIndex index, trace::Record const& record,
                          trace::Dropped const& lost)
{
    if (rows_.empty())
        return false;
    Moment& newest = rows_.back();
    if (newest.event != trace::Dropped::id || newest.vcpu != record.vcpu)
        return false;
    newest.last = index;
    newest.value += lost.count;
    cursors_[record.vcpu].next_preface = index + 1;
    return true;
}

MomentIndex Moments::begin(RecordIndex index, trace::Record const& record, Moment moment)
{
    Cursor& cursor = cursors_[record.vcpu];
    moment.preface = cursor.next_preface;
    moment.first = moment.last = index;
    moment.seq = record.seq;
    moment.time = record.time;
    moment.host = latest_host_ = std::max(latest_host_, record.host);
    moment.vcpu = record.vcpu;
    moment.event = trace::raw_record(record.event, 0, 0).id;
    if (moment.is_exit()) {
        cursor.open = size();
        ++exits_;
    }
    cursor.next_preface = index + 1;
    rows_.push_back(moment);
    return size() - 1;
}

MomentIndex Moments::end(RecordIndex index, trace::Record const& record, trace::ExitEnd const& end)
{
    Cursor& cursor = cursors_[record.vcpu];
    cursor.next_preface = index + 1;
    if (cursor.open == no_moment || rows_[cursor.open].seq != end.began)
        return no_moment; // its beginning was lost: the loss itself is a row

    MomentIndex const ended = std::exchange(cursor.open, no_moment);
    Moment& moment = rows_[ended];
    moment.last = index;
    moment.open = false;
    moment.verdict = end.verdict;
    if (is_read(moment.kind))
        moment.value = end.answer;
    latest_host_ = std::max(latest_host_, record.host);
    if (moment.host != 0 && record.host > moment.host)
        moment.cost = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(record.host - moment.host, 0xffff'ffff));
    return ended;
}

void Moments::enrich(Moment& moment, trace::Event const& event, RegisterName const* reached)
{
    if (auto const* access = std::get_if<trace::DeviceAccess>(&event)) {
        if (moment.device == no_device) {
            moment.device = access->device;
            moment.offset = access->offset;
            moment.reg = reached;
        }
        if (access->direction == trace::Direction::read)
            moment.value = access->value; // known before the exit's end tells it
    }
    moment.unclaimed |= std::holds_alternative<trace::Unclaimed>(event);
    moment.told |= std::holds_alternative<trace::Marker>(event) ||
                   std::holds_alternative<trace::Symbol>(event) ||
                   std::holds_alternative<trace::Assertion>(event);
}

MomentIndex Moments::at(RecordIndex index, std::uint8_t vcpu) const
{
    MomentIndex candidate = 0; // the first row that begins behind the record
    for (MomentIndex end = size(); candidate < end;) {
        MomentIndex const middle = candidate + (end - candidate) / 2;
        if (rows_[middle].first <= index)
            candidate = middle + 1;
        else
            end = middle;
    }

    // Behind the last span, the record is the preface of the vCPU's next moment.
    MomentIndex previous = candidate;
    while (previous > 0 && rows_[previous - 1].vcpu != vcpu)
        --previous;
    if (previous > 0 && index <= rows_[previous - 1].last)
        return previous - 1;
    while (candidate < size() && rows_[candidate].vcpu != vcpu)
        ++candidate;
    if (candidate < size() && rows_[candidate].preface <= index)
        return candidate;
    return previous > 0 ? previous - 1 : (empty() ? no_moment : 0);
}

MomentIndex Moments::before(MomentIndex index) const
{
    for (MomentIndex candidate = index; candidate > 0; --candidate)
        if (rows_[candidate - 1].vcpu == rows_[index].vcpu)
            return candidate - 1;
    return no_moment;
}

std::string_view kind_name(Moment const& moment)
{
    return moment.is_exit() ? trace::name_of(moment.kind) : trace::event_name(moment.event);
}

bool same_kind(Moment const& a, Moment const& b)
{
    return a.event == b.event && (!a.is_exit() || a.kind == b.kind);
}

} // namespace ringside::visualizer
