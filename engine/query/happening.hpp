// What expressions ask about: one exit, from its beginning to its end, or one event by itself, with
// its fields by name.
//
// An exit is one happening, told when it ends: only then is known what a read was given, which
// device took part and what the trap layer decided. An event inside an exit is a happening of its
// own before that.
// Not modelled: `cost`, `class`, `letter`, `symbol` and `what`. They belong to whoever shows the
// events, whose subject answers them first.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bits.hpp"
#include "engine/query/evaluate.hpp"
#include "engine/query/fields.hpp"
#include "engine/trace/events.hpp"

namespace ringside::query {

/// A subject of evaluate.hpp without a machine: derive, or hold one, to add registers and memory.
class Happening : public NoMachine {
public:
    std::optional<std::uint64_t> number(Field field) const
    {
        auto const index = static_cast<unsigned>(field);
        return bit(present_, index) ? std::optional(numbers_[index]) : std::nullopt;
    }
    std::string_view words(Field field) const;
    bool mentions(std::string_view word) const;

    void set(Field field, std::uint64_t number);
    std::string_view kind() const { return kind_; }

private:
    friend class HappeningReader;
    friend struct FieldsOf;

    std::array<std::uint64_t, number_field_count> numbers_{};
    std::uint32_t present_ = 0; ///< bit n: numbers_[n] is known
    std::string_view kind_;     ///< the words of a closed set: they live for ever
    std::string_view verdict_;
    std::string_view mode_;
    std::string device_;
    std::string marker_; ///< and other words of the guest's own
};

/// Reads the stream as it is told, and makes happenings of it.
class HappeningReader {
public:
    /// What this record completes; nothing for the beginning of an exit. Valid until the next call.
    Happening const* take(trace::Record const& record);

private:
    friend struct FieldsOf;
    Happening const* end_exit(trace::Record const& record, trace::ExitEnd const& end);
    std::string device_name(std::uint8_t device) const;

    Happening event_;
    std::map<std::uint8_t, Happening> exits_; ///< the open one of each vCPU
    std::map<std::uint8_t, std::string> devices_;
};

} // namespace ringside::query
