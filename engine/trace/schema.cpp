#include "engine/trace/schema.hpp"

namespace ringside::trace {

namespace {

// What the ring, the recorder and the aim "at most 32 bytes an event" rest on. A size that moves is
// a change of every record's cost: decide it, do not let it happen.
static_assert(sizeof(MachineCreated) == 80);
static_assert(sizeof(SlotMapped) == 88);
static_assert(sizeof(DeviceDefined) == 96);
static_assert(sizeof(RegisterDefined) == 72);
static_assert(sizeof(MachineStopped) == 68);
static_assert(sizeof(Branched) == 16);
static_assert(sizeof(ExitBegin) == 32);
static_assert(sizeof(ExitEnd) == 32);
static_assert(sizeof(Instruction) == 32);
static_assert(sizeof(RegistersChanged) == 528);
static_assert(sizeof(Keyframe) == 520);
static_assert(sizeof(DeviceState) == 196);
static_assert(sizeof(ModeChanged) == 2);
static_assert(sizeof(DeviceAccess) == 16);
static_assert(sizeof(Unclaimed) == 24);
static_assert(sizeof(DeviceNote) == 88);
static_assert(sizeof(ConsoleByte) == 2);
static_assert(sizeof(LineChanged) == 2);
static_assert(sizeof(InterruptPending) == 2);
static_assert(sizeof(InterruptInjected) == 2);
static_assert(sizeof(EndOfInterrupt) == 1);
static_assert(sizeof(PageWalk) == 104);
static_assert(sizeof(Marker) == 66);
static_assert(sizeof(Symbol) == 80);
static_assert(sizeof(Assertion) == 68);
static_assert(sizeof(TracingSwitched) == 1);
static_assert(sizeof(Scheduling) == 16);
static_assert(sizeof(Emulated) == 80);
static_assert(sizeof(Delivered) == 32);
static_assert(sizeof(Dropped) == 24);

consteval bool ids_ascend()
{
    int last = 0; // id 0 is no event: the ring uses it for padding
    bool ascend = true;
    for_each_event_type([&](auto tag) {
        ascend = ascend && decltype(tag)::type::id > last;
        last = decltype(tag)::type::id;
    });
    return ascend;
}
static_assert(ids_ascend(), "every event has its own id, and the variant lists them in order");

/// FNV-1a with 64 bits, as published by Fowler, Noll and Vo.
class Hash {
public:
    constexpr void add(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001b3; }
    constexpr void add(std::string_view text)
    {
        for (char character : text)
            add(static_cast<std::uint8_t>(character));
        add(std::uint8_t{0}); // so that "ab","c" and "a","bc" differ
    }
    constexpr std::uint64_t value() const { return state_; }

private:
    std::uint64_t state_ = 0xcbf29ce484222325;
};

template <typename T>
constexpr void add_fields(Hash& hash)
{
    for_each_field<T>([&](auto const& field) {
        hash.add(field.name);
        hash.add(static_cast<std::uint8_t>(field.show));
    });
}

consteval std::uint64_t hash_of_schema()
{
    Hash hash;
    for_each_event_type([&](auto tag) {
        using E = typename decltype(tag)::type;
        hash.add(E::id);
        hash.add(E::name);
        add_fields<E>(hash);
    });
    add_fields<WalkStep>(hash);
    return hash.value();
}

} // namespace

std::string_view event_name(std::uint8_t id)
{
    std::string_view name = "unknown";
    with_event_type(id, [&](auto tag) { name = decltype(tag)::type::name; });
    return name;
}

Category event_category(std::uint8_t id)
{
    Category category = Category::detail;
    with_event_type(id, [&](auto tag) { category = decltype(tag)::type::category; });
    return category;
}

std::uint64_t schema_hash()
{
    static constexpr std::uint64_t hash = hash_of_schema();
    return hash;
}

} // namespace ringside::trace
