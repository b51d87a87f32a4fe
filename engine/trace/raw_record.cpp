#include "engine/trace/raw_record.hpp"

#include "engine/base/assert.hpp"
#include "engine/trace/schema.hpp"

#include <cstring>
#include <variant>

namespace ringside::trace {

namespace {

struct AsRawRecord {
    std::uint8_t vcpu;
    std::uint64_t time;

    template <typename E>
    RawRecord operator()(E const& event) const
    {
        return raw_record(event, vcpu, time);
    }
};

} // namespace

Event to_event(RawRecord const& record)
{
    Event event;
    bool const known = with_event_type(record.id, [&](auto tag) {
        using E = typename decltype(tag)::type;
        ASSERT(record.bytes.size() <= sizeof(E));
        E& copy = event.emplace<E>();
        std::memcpy(&copy, record.bytes.data(), record.bytes.size());
    });
    ASSERT(known);
    return event;
}

RawRecord raw_record(Event const& event, std::uint8_t vcpu, std::uint64_t time)
{
    return std::visit(AsRawRecord{vcpu, time}, event);
}

} // namespace ringside::trace
