// A sink that keeps everything: what tests look into, and what short-lived tools use instead of a
// file.
//
// Not modelled: loss. It grows without bound and is for one thread.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "engine/trace/events.hpp"
#include "engine/trace/raw_record.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::trace {

class MemorySink final : public Sink {
public:
    void append(RawRecord const& record) override
    {
        std::uint64_t const seq = next_seq_[record.vcpu]++;
        records_.push_back(Record{seq, record.vcpu, record.time, 0, to_event(record)});
    }

    /// In the order of emission; sequence numbers count for each vCPU on its own.
    std::vector<Record> const& records() const { return records_; }

    /// Only the events of one type, in order.
    template <typename E>
    std::vector<E> all() const
    {
        std::vector<E> found;
        for (Record const& record : records_)
            if (E const* event = std::get_if<E>(&record.event))
                found.push_back(*event);
        return found;
    }

    /// Hands the records out and forgets them; the sequence numbers go on.
    std::vector<Record> take() { return std::exchange(records_, {}); }

private:
    std::vector<Record> records_;
    std::array<std::uint64_t, 256> next_seq_{};
};

} // namespace ringside::trace
