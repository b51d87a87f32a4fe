#include "visualizer/model/record_block.hpp"

#include "engine/trace/raw_record.hpp"

namespace ringside::visualizer {

void RecordBlock::append(trace::Record const& record)
{
    trace::RawRecord const raw = trace::raw_record(record.event, record.vcpu, record.time);
    RecordHead head;
    head.seq = record.seq;
    head.time = record.time;
    head.host = record.host;
    head.offset = static_cast<std::uint32_t>(bytes_.size());
    head.size = static_cast<std::uint16_t>(raw.bytes.size());
    head.vcpu = record.vcpu;
    head.id = raw.id;
    bytes_.insert(bytes_.end(), raw.bytes.begin(), raw.bytes.end());
    heads_.push_back(head);
}

void RecordBlock::reserve(std::size_t records, std::size_t bytes)
{
    heads_.reserve(records);
    bytes_.reserve(bytes);
}

trace::Event RecordBlock::event(std::uint32_t place) const
{
    RecordHead const& head = heads_[place];
    return trace::to_event({head.id, head.vcpu, {}, head.time, payload(head)});
}

} // namespace ringside::visualizer
