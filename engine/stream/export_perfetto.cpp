#include "engine/stream/export_perfetto.hpp"

#include <cerrno>
#include <fstream>
#include <set>

#include "engine/stream/export_json.hpp"

#include <nlohmann/json.hpp>

namespace ringside::stream {

namespace {

/// A protobuf message under construction (protobuf, "Encoding"): tag = field number << 3 | wire
/// type.
class Message {
public:
    Message& number(unsigned field, std::uint64_t value)
    {
        varint(std::uint64_t{field} << 3U);
        varint(value);
        return *this;
    }
    Message& bytes(unsigned field, std::string_view value)
    {
        varint(std::uint64_t{field} << 3U | 2U);
        varint(value.size());
        text_ += value;
        return *this;
    }
    Message& message(unsigned field, Message const& value) { return bytes(field, value.text_); }
    std::string const& text() const { return text_; }

private:
    void varint(std::uint64_t value)
    {
        for (; value >= 0x80; value >>= 7U)
            text_ += static_cast<char>((value & 0x7fU) | 0x80U);
        text_ += static_cast<char>(value);
    }
    std::string text_;
};

// Field numbers of the messages named in the header comment.
namespace packet {
constexpr unsigned timestamp = 8, sequence_id = 10, track_event = 11, sequence_flags = 13,
                   track_descriptor = 60, in_trace = 1;
}
namespace event {
constexpr unsigned debug_annotations = 4, type = 9, track_uuid = 11, name = 23;
constexpr std::uint64_t slice_begin = 1, slice_end = 2, instant = 3;
} // namespace event
namespace annotation {
constexpr unsigned unsigned_value = 3, string_value = 6, name = 10;
}
namespace track {
constexpr unsigned uuid = 1, name = 2;
}

class Writer {
public:
    void record(trace::Record const& record)
    {
        declare_track(record.vcpu);
        if (std::holds_alternative<trace::ExitEnd>(record.event)) {
            // A trace that begins inside an exit has an end without a beginning.
            if (open_.erase(record.vcpu) != 0)
                emit(record, event::slice_end, "");
            return;
        }
        if (auto const* begin = std::get_if<trace::ExitBegin>(&record.event)) {
            if (!open_.insert(record.vcpu).second)
                emit(record, event::slice_end, "");
            emit(record, event::slice_begin, name_of(begin->kind));
            return;
        }
        std::string_view const name = std::visit(
            [](auto const& known) { return std::string_view(known.name); }, record.event);
        emit(record, event::instant, name);
    }

    std::string const& bytes() const { return trace_.text(); }

private:
    static std::uint64_t uuid_of(std::uint8_t vcpu) { return 0x52000000ULL + vcpu; }

    void declare_track(std::uint8_t vcpu)
    {
        if (!declared_.insert(vcpu).second)
            return;
        Message descriptor;
        descriptor.number(track::uuid, uuid_of(vcpu))
            .bytes(track::name, "vCPU " + std::to_string(vcpu));
        Message written;
        constexpr std::uint64_t incremental_state_cleared = 1;
        written.number(packet::sequence_id, 1)
            .number(packet::sequence_flags, incremental_state_cleared)
            .message(packet::track_descriptor, descriptor);
        trace_.message(packet::in_trace, written);
    }

    void emit(trace::Record const& record, std::uint64_t type, std::string_view name)
    {
        Message track_event;
        track_event.number(event::type, type).number(event::track_uuid, uuid_of(record.vcpu));
        if (!name.empty())
            track_event.bytes(event::name, name);
        if (type != event::slice_end)
            annotate(track_event, record);
        Message written;
        written.number(packet::timestamp, record.time)
            .number(packet::sequence_id, 1)
            .message(packet::track_event, track_event);
        trace_.message(packet::in_trace, written);
    }

    static void annotate(Message& track_event, trace::Record const& record)
    {
        nlohmann::ordered_json const object = to_json(record);
        for (auto const& [key, value] : object.items()) {
            if (key == "event" || key == "time" || key == "vcpu")
                continue;
            Message one;
            one.bytes(annotation::name, key);
            if (value.is_number_unsigned())
                one.number(annotation::unsigned_value, value.get<std::uint64_t>());
            else
                one.bytes(annotation::string_value,
                          value.is_string() ? value.get<std::string>() : value.dump());
            track_event.message(event::debug_annotations, one);
        }
    }

    Message trace_;
    std::set<std::uint8_t> declared_;
    std::set<std::uint8_t> open_;
};

} // namespace

std::string to_perfetto(std::span<trace::Record const> records)
{
    Writer writer;
    for (trace::Record const& record : records)
        writer.record(record);
    return writer.bytes();
}

Result<void> write_perfetto(std::span<trace::Record const> records,
                            std::filesystem::path const& path)
{
    std::ofstream file(path, std::ios::binary);
    file << to_perfetto(records);
    file.close();
    if (!file)
        return fail(host_error("write " + path.string(), errno));
    return {};
}

} // namespace ringside::stream
