// Listens to what one turn of a machine tells, be it news or told before, and passes only the news on.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/trace/events.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::debug {

class Ear {
public:
    /// `out` hears the news, and may be null.
    explicit Ear(trace::Sink* out) : news_(*this, out), again_(*this, nullptr) {}

    trace::Sink& news() { return news_; }   ///< Surroundings::sink
    trace::Sink& again() { return again_; } ///< Surroundings::replayed

    /// Forgets what it heard. The next event has this number.
    void begin(std::uint64_t sequence);
    std::vector<trace::Record> const& heard() const { return heard_; }

private:
    class Side final : public trace::Sink {
    public:
        Side(Ear& ear, trace::Sink* out) : ear_(ear), out_(out) {}
        void append(trace::RawRecord const& record) override;

    private:
        Ear& ear_;
        trace::Sink* out_;
    };

    Side news_;
    Side again_;
    std::uint64_t next_ = 0;
    std::vector<trace::Record> heard_;
};

} // namespace ringside::debug
