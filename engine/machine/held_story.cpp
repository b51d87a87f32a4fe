#include "engine/machine/held_story.hpp"

#include <cstddef>
#include <cstring>

#include "engine/base/bits.hpp"
#include "engine/trace/events.hpp"

namespace ringside::machine {

void HeldStory::append(trace::RawRecord const& record)
{
    if (open_)
        return pass(record);
    bytes_.resize(align_up(bytes_.size(), alignof(std::max_align_t))); // they are structs
    records_.push_back({record, bytes_.size()});
    bytes_.insert(bytes_.end(), record.bytes.begin(), record.bytes.end());
}

void HeldStory::print(std::uint8_t byte)
{
    if (open_ && console_)
        console_(byte);
    else
        text_.push_back(static_cast<char>(byte));
}

void HeldStory::pass(trace::RawRecord const& record)
{
    ++passed_;
    if (out_ != nullptr)
        out_->append(record);
}

trace::RawRecord HeldStory::record_at(Held const& held) const
{
    trace::RawRecord record = held.record;
    record.bytes = std::span(bytes_).subspan(held.offset, held.record.bytes.size());
    return record;
}

void HeldStory::release(std::uint64_t shift)
{
    for (Held const& held : records_) {
        trace::RawRecord record = record_at(held);
        trace::ExitEnd end;
        if (record.id == trace::ExitEnd::id && shift != 0) { // it names its ExitBegin by number
            std::memcpy(&end, record.bytes.data(), sizeof end);
            end.began += shift;
            record.bytes = std::as_bytes(std::span(&end, 1));
        }
        pass(record);
    }
    if (console_)
        for (char const byte : text_)
            console_(static_cast<std::uint8_t>(byte));
    forget();
}

void HeldStory::replay()
{
    if (again_ != nullptr)
        for (Held const& held : records_)
            again_->append(record_at(held));
    forget();
}

void HeldStory::forget()
{
    records_.clear();
    bytes_.clear();
    text_.clear();
}

} // namespace ringside::machine
