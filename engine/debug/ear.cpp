#include "engine/debug/ear.hpp"

#include "engine/trace/raw_record.hpp"

namespace ringside::debug {

void Ear::begin(std::uint64_t sequence)
{
    next_ = sequence;
    heard_.clear();
}

void Ear::Side::append(trace::RawRecord const& record)
{
    if (out_ != nullptr)
        out_->append(record);
    trace::Record heard;
    heard.seq = ear_.next_++;
    heard.vcpu = record.vcpu;
    heard.time = record.time;
    heard.event = trace::to_event(record);
    ear_.heard_.push_back(std::move(heard));
}

} // namespace ringside::debug
