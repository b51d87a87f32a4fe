// Plain values as bytes, little-endian, each with its full width: equal kinds of state have equal sizes,
// so that two of them can be compared byte by byte (history.hpp) and stored (engine/snapshot).
//
//     template <typename Archive> void describe(Archive& archive, Segment& segment)
//     { archive(segment.selector, segment.attributes, segment.limit, segment.base); }
//
// One such list of fields for each type serves both directions: neither can forget a field. Reading
// trusts nothing: once something is missing or out of its range, ok() stays false.
// Not modelled: versions; whoever stores the bytes numbers them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/base/ids.hpp"

namespace ringside::machine {

/// A value of fewer than its type's values: an enumeration, a count. `last` is the largest.
template <typename T>
struct Limited {
    T& value;
    std::uint64_t last;
};
template <typename T>
Limited(T&, std::uint64_t) -> Limited<T>;

class Packer {
public:
    static constexpr bool reading = false;
    explicit Packer(std::vector<std::byte>& out) : out_(out) {}

    template <typename... Fields>
    void operator()(Fields&&... fields)
    {
        (field(fields), ...);
    }
    bool ok() const { return true; }
    void refuse() {}

private:
    template <typename T>
    void field(T const& value)
    {
        if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
            raw(&value, sizeof value);
        else
            describe(*this, const_cast<T&>(value)); // only read
    }
    template <typename T>
    void field(Limited<T> const& limited)
    {
        field(limited.value);
    }
    template <typename Tag, typename Integer>
    void field(StrongInteger<Tag, Integer> const& strong)
    {
        field(strong.value);
    }
    template <typename T, std::size_t Count>
    void field(std::array<T, Count> const& items)
    {
        if constexpr (std::is_integral_v<T>)
            raw(items.data(), sizeof items);
        else
            for (T const& item : items)
                field(item);
    }
    template <typename T>
    void field(std::optional<T> const& maybe) // of one size, there or not
    {
        field(maybe.has_value());
        field(maybe.value_or(T{}));
    }
    template <typename T>
    void field(std::vector<T> const& items)
    {
        field(static_cast<std::uint32_t>(items.size()));
        for (T const& item : items)
            field(item);
    }
    void field(std::string const& text)
    {
        field(static_cast<std::uint32_t>(text.size()));
        raw(text.data(), text.size());
    }
    void raw(void const* bytes, std::size_t size)
    {
        auto const* const first = static_cast<std::byte const*>(bytes);
        out_.insert(out_.end(), first, first + size);
    }

    std::vector<std::byte>& out_;
};

class Unpacker {
public:
    static constexpr bool reading = true;
    /// No list or text has more items than this.
    static constexpr std::uint32_t longest = 1U << 20;

    explicit Unpacker(std::span<std::byte const> bytes) : bytes_(bytes) {}

    template <typename... Fields>
    void operator()(Fields&&... fields)
    {
        (field(fields), ...);
    }
    bool ok() const { return ok_; }
    bool complete() const { return ok_ && bytes_.empty(); }
    void refuse() { ok_ = false; }

private:
    template <typename T>
    void field(T& value)
    {
        if constexpr (std::is_same_v<T, bool>) {
            std::uint8_t byte = 0;
            field(byte);
            ok_ = ok_ && byte <= 1;
            value = byte == 1;
        } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
            raw(&value, sizeof value);
        else
            describe(*this, value);
    }
    template <typename T>
    void field(Limited<T>& limited)
    {
        field(limited.value);
        ok_ = ok_ && static_cast<std::uint64_t>(limited.value) <= limited.last;
    }
    template <typename Tag, typename Integer>
    void field(StrongInteger<Tag, Integer>& strong)
    {
        field(strong.value);
    }
    template <typename T, std::size_t Count>
    void field(std::array<T, Count>& items)
    {
        if constexpr (std::is_integral_v<T>)
            raw(items.data(), sizeof items);
        else
            for (T& item : items)
                field(item);
    }
    template <typename T>
    void field(std::optional<T>& maybe)
    {
        bool there = false;
        T value{};
        field(there);
        field(value);
        maybe = there ? std::optional<T>(value) : std::nullopt;
    }
    template <typename T>
    void field(std::vector<T>& items)
    {
        for (std::uint32_t left = count(); left != 0 && ok_; --left)
            field(items.emplace_back());
    }
    void field(std::string& text)
    {
        text.resize(count());
        raw(text.data(), text.size());
    }
    /// How many items follow: no more than there are bytes.
    std::uint32_t count()
    {
        std::uint32_t value = 0;
        field(value);
        ok_ = ok_ && value <= longest && value <= bytes_.size();
        return ok_ ? value : 0;
    }
    void raw(void* bytes, std::size_t size)
    {
        ok_ = ok_ && size <= bytes_.size();
        if (!ok_ || size == 0)
            return;
        std::memcpy(bytes, bytes_.data(), size);
        bytes_ = bytes_.subspan(size);
    }

    std::span<std::byte const> bytes_;
    bool ok_ = true;
};

} // namespace ringside::machine
