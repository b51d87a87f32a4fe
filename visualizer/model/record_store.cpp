#include "visualizer/model/record_store.hpp"

#include <algorithm>

#include "engine/base/bits.hpp"
#include "engine/trace/raw_record.hpp"

namespace ringside::visualizer {

bool RecordStore::append(trace::Record const& record)
{
    if (bytes_used() >= byte_limit_ || heads_.size() >= no_record - 1)
        return false;
    RecordHead head;
    head.seq = record.seq;
    head.time = record.time;
    head.host = record.host;
    head.vcpu = record.vcpu;
    trace::RawRecord const raw = trace::raw_record(record.event, record.vcpu, record.time);
    head.id = raw.id;
    store(head, raw.bytes);

    if (by_vcpu_.size() <= record.vcpu)
        by_vcpu_.resize(std::size_t{record.vcpu} + 1);
    by_vcpu_[record.vcpu].push_back(size());
    heads_.push_back(head);
    return true;
}

void RecordStore::store(RecordHead& head, std::span<std::byte const> bytes)
{
    std::size_t const room = align_up(bytes.size(), 8);
    if (used_in_page_ + room > page_bytes) {
        pages_.push_back(std::make_unique<std::byte[]>(page_bytes));
        used_in_page_ = 0;
    }
    std::memcpy(pages_.back().get() + used_in_page_, bytes.data(), bytes.size());
    head.page = static_cast<std::uint32_t>(pages_.size() - 1);
    head.offset = static_cast<std::uint16_t>(used_in_page_ / 8);
    head.size = static_cast<std::uint16_t>(bytes.size());
    used_in_page_ += room;
}

std::span<std::byte const> RecordStore::payload(RecordHead const& head) const
{
    return {pages_[head.page].get() + std::size_t{head.offset} * 8, head.size};
}

trace::Event RecordStore::event(RecordIndex index) const
{
    RecordHead const& head = heads_[index];
    return trace::to_event({head.id, head.vcpu, {}, head.time, payload(head)});
}

std::size_t RecordStore::bytes_used() const
{
    return pages_.size() * page_bytes + heads_.size() * (sizeof(RecordHead) + sizeof(RecordIndex));
}

std::span<RecordIndex const> RecordStore::of_vcpu(std::uint8_t vcpu) const
{
    return vcpu < by_vcpu_.size() ? std::span<RecordIndex const>(by_vcpu_[vcpu])
                                  : std::span<RecordIndex const>();
}

RecordIndex RecordStore::find(std::uint8_t vcpu, std::uint64_t seq) const
{
    std::span<RecordIndex const> const records = of_vcpu(vcpu);
    auto const after = std::upper_bound(
        records.begin(), records.end(), seq,
        [this](std::uint64_t wanted, RecordIndex index) { return wanted < heads_[index].seq; });
    return after == records.begin() ? no_record : *(after - 1);
}

} // namespace ringside::visualizer
