#include "visualizer/model/record_store.hpp"

#include <algorithm>

namespace ringside::visualizer {

bool RecordStore::append(trace::Record const& record)
{
    if (bytes_used_ >= byte_limit_ || size_ >= no_record - 1)
        return false;
    if (growing_ == nullptr || growing_->size() == records_in_block) {
        growing_ = std::make_shared<RecordBlock>();
        slots_.push_back({size_, 0, kept, growing_});
    }
    Slot& slot = slots_.back();
    bytes_used_ -= growing_->memory();
    growing_->append(record);
    bytes_used_ += growing_->memory();
    enter(growing_->head(slot.count), static_cast<std::uint32_t>(slots_.size() - 1));
    ++slot.count;
    ++size_;
    return true;
}

bool RecordStore::append_block(std::shared_ptr<RecordBlock const> block, std::uint32_t number)
{
    bool const keep = number == kept;
    if (block->size() >= no_record - 1 - size_ || (keep && bytes_used_ >= byte_limit_))
        return false;
    growing_.reset();
    for (RecordHead const& head : block->heads())
        enter(head, static_cast<std::uint32_t>(slots_.size()));
    std::uint32_t const count = block->size();
    bytes_used_ += keep ? block->memory() : 0;
    slots_.push_back({size_, count, number, keep ? std::move(block) : nullptr});
    size_ += count;
    return true;
}

void RecordStore::enter(RecordHead const& head, std::uint32_t slot)
{
    if (by_vcpu_.size() <= head.vcpu)
        by_vcpu_.resize(std::size_t{head.vcpu} + 1);
    std::vector<Entry>& entries = by_vcpu_[head.vcpu];
    if (entries.empty() || entries.back().slot != slot)
        entries.push_back({head.seq, slot});
}

std::uint32_t RecordStore::slot_of(RecordIndex index) const
{
    auto const after =
        std::upper_bound(slots_.begin(), slots_.end(), index,
                         [](RecordIndex wanted, Slot const& slot) { return wanted < slot.first; });
    return static_cast<std::uint32_t>(after - slots_.begin()) - 1;
}

RecordStore::Place RecordStore::find_place(RecordIndex index) const
{
    std::uint32_t const slot = slot_of(index);
    return {block_of(slot), index - slots_[slot].first};
}

std::shared_ptr<RecordBlock const> RecordStore::block_of(std::uint32_t slot) const
{
    if (slots_[slot].block != nullptr)
        return slots_[slot].block;
    {
        std::lock_guard const lock(cache_->mutex);
        for (Loaded& each : cache_->loaded)
            if (each.slot == slot && each.block != nullptr) {
                each.used = ++cache_->uses;
                return each.block;
            }
    }
    auto block = load(slot); // for long enough that others should go on meanwhile
    std::lock_guard const lock(cache_->mutex);
    auto const oldest =
        std::min_element(cache_->loaded.begin(), cache_->loaded.end(),
                         [](Loaded const& a, Loaded const& b) { return a.used < b.used; });
    *oldest = {slot, ++cache_->uses, block};
    return block;
}

// A file that changed under us must not break the indexes: its records are there, and say nothing.
std::shared_ptr<RecordBlock const> RecordStore::load(std::uint32_t slot) const
{
    Slot const& wanted = slots_[slot];
    auto block = source_->load(wanted.number);
    if (block != nullptr && block->size() == wanted.count)
        return block;
    auto gone = std::make_shared<RecordBlock>();
    for (std::uint32_t place = 0; place < wanted.count; ++place)
        gone->append({0, 0, 0, 0, trace::Dropped{0, 1, trace::DropReason::unreadable}});
    return gone;
}

RecordHead RecordStore::head(RecordIndex index) const
{
    Place const place = find_place(index);
    return place.block->head(place.within);
}

trace::Event RecordStore::event(RecordIndex index) const
{
    Place const place = find_place(index);
    return place.block->event(place.within);
}

RecordIndex RecordStore::find(std::uint8_t vcpu, std::uint64_t seq) const
{
    if (vcpu >= by_vcpu_.size())
        return no_record;
    std::vector<Entry> const& entries = by_vcpu_[vcpu];
    auto const after = std::upper_bound(
        entries.begin(), entries.end(), seq,
        [](std::uint64_t wanted, Entry const& entry) { return wanted < entry.seq; });
    if (after == entries.begin())
        return no_record;
    std::uint32_t const slot = (after - 1)->slot;
    auto const block = block_of(slot);
    RecordIndex found = no_record;
    for (std::uint32_t place = 0; place < block->size(); ++place)
        if (block->head(place).vcpu == vcpu && block->head(place).seq <= seq)
            found = slots_[slot].first + place;
    return found;
}

} // namespace ringside::visualizer
