#include "engine/trace/codec.hpp"

#include "engine/base/assert.hpp"
#include "engine/trace/bytes.hpp"
#include "engine/trace/schema.hpp"

#include <array>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>

namespace ringside::trace {

namespace {

template <typename T>
concept Listed = requires(T list)
{
    list.items;
    list.count;
    T::capacity;
};

// ---------------------------------------------------------------- how long a record can get

template <typename T>
consteval std::size_t longest();

template <typename T>
consteval std::size_t longest_fields()
{
    std::size_t sum = 0;
    for_each_field<T>([&](auto const& field) {
        sum += longest<std::remove_cvref_t<decltype(std::declval<T&>().*(field.member))>>();
    });
    return sum;
}

template <typename T>
consteval std::size_t longest()
{
    if constexpr (Listed<T>)
        return longest_varint + T::capacity * longest<typename decltype(T::items)::value_type>();
    else if constexpr (Described<T>)
        return longest_fields<T>();
    else
        return sizeof(T) == 1 ? 1 : longest_varint;
}

// ---------------------------------------------------------------- encoding

/// Numbers that are likely to be small negative ones, or addresses in a kernel's half.
constexpr bool is_zigzagged(Show show)
{
    return show == Show::address || show == Show::list;
}

template <typename T>
void put(ByteWriter& out, Show show, T const& value)
{
    if constexpr (Described<T>) {
        for_each_field<T>([&](auto const& field) { put(out, field.show, value.*(field.member)); });
    } else if constexpr (Listed<T>) {
        out.varint(value.count);
        if constexpr (sizeof(value.items[0]) == 1)
            out.raw(value.items.data(), value.count);
        else
            for (auto const& item : value.view())
                put(out, show, item);
    } else if constexpr (sizeof(T) == 1) {
        out.byte(static_cast<std::uint8_t>(value));
    } else {
        out.varint(is_zigzagged(show) ? zigzag(value) : value);
    }
}

template <Described E>
void append_encoded(RawRecord const& record, std::uint64_t time_delta, std::vector<std::byte>& out)
{
    ASSERT(record.bytes.size() <= sizeof(E));
    E event;
    std::memcpy(&event, record.bytes.data(), record.bytes.size());

    std::array<std::byte, longest_varint + longest_fields<E>()> body;
    ByteWriter body_writer(body.data());
    body_writer.varint(time_delta);
    put(body_writer, Show::list, event);
    auto const body_size = static_cast<std::size_t>(body_writer.position() - body.data());

    std::array<std::byte, 1 + longest_varint> head;
    ByteWriter head_writer(head.data());
    head_writer.byte(E::id);
    head_writer.varint(body_size);
    out.insert(out.end(), head.data(), head_writer.position());
    out.insert(out.end(), body.data(), body_writer.position());
}

// ---------------------------------------------------------------- decoding

bool take_byte(ByteReader& in, bool& value)
{
    value = in.byte() != 0;
    return in.ok();
}

/// An enumerator we do not have is kept: it prints as "unknown".
template <typename T>
bool take_byte(ByteReader& in, T& value)
{
    value = static_cast<T>(in.byte());
    return in.ok();
}

template <typename T>
bool take_number(ByteReader& in, Show show, T& value)
{
    std::uint64_t const coded = in.varint();
    std::uint64_t const wide = is_zigzagged(show) ? unzigzag(coded) : coded;
    if (!in.ok() || wide > std::numeric_limits<T>::max())
        return false;
    value = static_cast<T>(wide);
    return true;
}

template <typename T>
bool take(ByteReader& in, Show show, T& value);

template <typename T>
bool take_list(ByteReader& in, Show show, T& list)
{
    using Item = typename decltype(T::items)::value_type;
    std::uint64_t const count = in.varint();
    if (!in.ok() || count > T::capacity)
        return false;
    if constexpr (sizeof(Item) == 1) {
        auto const bytes = in.take(count);
        if (!bytes.empty())
            std::memcpy(list.items.data(), bytes.data(), bytes.size());
    } else {
        for (std::size_t index = 0; index < count; ++index)
            if (!take(in, show, list.items[index] = Item{}))
                return false;
    }
    list.count = static_cast<std::uint16_t>(count);
    return in.ok();
}

/// False: the bytes end early, or hold what the type cannot.
template <typename T>
bool take(ByteReader& in, Show show, T& value)
{
    if constexpr (Described<T>) {
        bool ok = true;
        for_each_field<T>(
            [&](auto const& field) { ok = ok && take(in, field.show, value.*(field.member)); });
        return ok;
    } else if constexpr (Listed<T>) {
        return take_list(in, show, value);
    } else if constexpr (sizeof(T) == 1) {
        return take_byte(in, value);
    } else {
        return take_number(in, show, value);
    }
}

/// The name of the first field that made no sense; empty when all is well.
template <Described E>
std::string_view take_event(ByteReader& in, FieldRule rule, E& event)
{
    std::string_view trouble;
    for_each_field<E>([&](auto const& field) {
        bool const older = rule == FieldRule::other_minor && in.left() == 0;
        if (trouble.empty() && !older && !take(in, field.show, event.*(field.member)))
            trouble = field.name;
    });
    if (trouble.empty() && rule == FieldRule::exact && in.left() != 0)
        return "(bytes left over)";
    return trouble;
}

tl::unexpected<Error> refuse(std::uint8_t id, std::string_view what)
{
    std::string text = "event '";
    text += event_name(id);
    text += "' (id ";
    text += std::to_string(id);
    text += ") makes no sense at ";
    text += what;
    return fail(Blame::input, std::move(text));
}

} // namespace

void encode(RawRecord const& record, std::uint64_t previous_time, std::vector<std::byte>& out)
{
    bool const known = with_event_type(record.id, [&](auto tag) {
        append_encoded<typename decltype(tag)::type>(record, record.time - previous_time, out);
    });
    ASSERT(known);
}

Result<Decoded> decode(std::span<std::byte const>& bytes, FieldRule rule, Event& event)
{
    ByteReader in(bytes);
    Decoded decoded;
    decoded.id = in.byte();
    std::uint64_t const length = in.varint();
    ByteReader body(in.take(length));
    if (!in.ok())
        return refuse(decoded.id, "its length");
    decoded.time_delta = body.varint();
    if (!body.ok())
        return refuse(decoded.id, "its time");

    std::string_view trouble;
    decoded.known = with_event_type(decoded.id, [&](auto tag) {
        trouble = take_event(body, rule, event.emplace<typename decltype(tag)::type>());
    });
    if (!trouble.empty())
        return refuse(decoded.id, trouble);
    bytes = bytes.last(in.left());
    return decoded;
}

} // namespace ringside::trace
