#include "visualizer/model/record_block.hpp"

#include "engine/base/assert.hpp"
#include "engine/trace/raw_record.hpp"
#include "engine/trace/schema.hpp"

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

void RecordBlock::read(std::uint32_t place, trace::Event& event) const
{
    RecordHead const& head = heads_[place];
    std::span<std::byte const> const bytes = payload(head);
    bool const known = trace::with_event_type(head.id, [&](auto tag) {
        using E = typename decltype(tag)::type;
        ASSERT(bytes.size() <= sizeof(E));
        std::memcpy(static_cast<void*>(&event.emplace<E>()), bytes.data(), bytes.size());
    });
    ASSERT(known);
}

} // namespace ringside::visualizer
