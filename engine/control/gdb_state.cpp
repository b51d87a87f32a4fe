// The half of a conversation with gdb that looks at the machine: registers, memory, break- and
// watchpoints.
#include <algorithm>

#include <fmt/format.h>

#include "engine/control/gdb_registers.hpp"
#include "engine/control/gdb_session.hpp"

namespace ringside::control {

namespace {

struct Range {
    std::uint64_t address = 0;
    std::uint64_t length = 0;
};

/// "ADDRESS,LENGTH".
std::optional<Range> range_of(GdbText& text)
{
    std::optional<std::uint64_t> const address = text.hex();
    if (!address || !text.take(","))
        return std::nullopt;
    std::optional<std::uint64_t> const length = text.hex();
    return length ? std::optional(Range{*address, *length}) : std::nullopt;
}

/// "TYPE,ADDRESS,KIND": for a watchpoint, KIND is its length.
std::optional<Place> place_of(GdbText& text)
{
    std::optional<std::uint64_t> const type = text.hex();
    if (!type || !text.take(","))
        return std::nullopt;
    std::optional<Range> const range = range_of(text);
    if (!range || !text.at_end())
        return std::nullopt;
    if (*type <= 1)
        return ExecuteAt{Gva(range->address)};
    if (*type > 4 || range->length == 0)
        return std::nullopt;
    Touch const touch = *type == 2 ? Touch::write : *type == 3 ? Touch::read : Touch::either;
    return Watch{touch, query::AddressSpace::guest_virtual, range->address, range->length};
}

} // namespace

GdbSession::Reply GdbSession::read_registers(GdbText)
{
    Result<VcpuRegisters> const registers = target_.registers(selected_);
    if (!registers)
        return std::string(gdb_reply::refused);
    std::string reply;
    for (GdbRegister const& each : gdb_registers(layout_))
        reply += to_hex(read_register(each, *registers));
    return reply;
}

GdbSession::Reply GdbSession::write_registers(GdbText text)
{
    std::optional<std::vector<std::uint8_t>> const bytes = from_hex(text.rest());
    Result<VcpuRegisters> registers = target_.registers(selected_);
    if (!registers)
        return std::string(gdb_reply::refused);
    if (!bytes)
        return std::string(gdb_reply::invalid);
    std::span<std::uint8_t const> left = *bytes;
    for (GdbRegister const& each : gdb_registers(layout_)) {
        if (left.size() < each.bytes || !write_register(each, left.first(each.bytes), *registers))
            return std::string(gdb_reply::invalid);
        left = left.subspan(each.bytes);
    }
    if (!left.empty())
        return std::string(gdb_reply::invalid);
    return std::string(target_.set_registers(selected_, *registers) ? gdb_reply::ok
                                                                    : gdb_reply::refused);
}

GdbSession::Reply GdbSession::read_one_register(GdbText text)
{
    std::optional<std::uint64_t> const index = text.hex();
    std::span<GdbRegister const> const known = gdb_registers(layout_);
    if (!index || !text.at_end() || *index >= known.size())
        return std::string(gdb_reply::invalid);
    Result<VcpuRegisters> const registers = target_.registers(selected_);
    if (!registers)
        return std::string(gdb_reply::refused);
    return to_hex(read_register(known[static_cast<std::size_t>(*index)], *registers));
}

GdbSession::Reply GdbSession::write_one_register(GdbText text)
{
    std::optional<std::uint64_t> const index = text.hex();
    std::span<GdbRegister const> const known = gdb_registers(layout_);
    if (!index || *index >= known.size() || !text.take("="))
        return std::string(gdb_reply::invalid);
    std::optional<std::vector<std::uint8_t>> const bytes = from_hex(text.rest());
    Result<VcpuRegisters> registers = target_.registers(selected_);
    if (!registers)
        return std::string(gdb_reply::refused);
    if (!bytes || !write_register(known[static_cast<std::size_t>(*index)], *bytes, *registers))
        return std::string(gdb_reply::invalid);
    return std::string(target_.set_registers(selected_, *registers) ? gdb_reply::ok
                                                                    : gdb_reply::refused);
}

GdbSession::Reply GdbSession::read_memory(GdbText text)
{
    std::optional<Range> const range = range_of(text);
    if (!range || !text.at_end())
        return std::string(gdb_reply::invalid);
    // gdb asks again for what a shorter answer leaves out.
    constexpr std::uint64_t most = most_packet_bytes / 2;
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min(range->length, most)));
    std::size_t const read = target_.read_memory(selected_, Gva(range->address), bytes);
    if (read == 0 && !bytes.empty())
        return std::string(gdb_reply::no_memory);
    return to_hex(std::span(bytes).first(read));
}

GdbSession::Reply GdbSession::write_memory(GdbText text)
{
    std::optional<Range> const range = range_of(text);
    if (!range || !text.take(":"))
        return std::string(gdb_reply::invalid);
    std::optional<std::vector<std::uint8_t>> const bytes = from_hex(text.rest());
    if (!bytes)
        return std::string(gdb_reply::invalid);
    return write_bytes(range->address, range->length, *bytes);
}

GdbSession::Reply GdbSession::write_binary_memory(GdbText text)
{
    std::optional<Range> const range = range_of(text);
    if (!range || !text.take(":"))
        return std::string(gdb_reply::invalid);
    std::optional<std::string> const plain = unescaped(text.rest());
    if (!plain)
        return std::string(gdb_reply::invalid);
    return write_bytes(range->address, range->length,
                       std::vector<std::uint8_t>(plain->begin(), plain->end()));
}

std::string GdbSession::write_bytes(std::uint64_t address, std::uint64_t length,
                                    std::span<std::uint8_t const> bytes)
{
    if (bytes.size() != length)
        return std::string(gdb_reply::invalid);
    bool const all = target_.write_memory(selected_, Gva(address), bytes) == bytes.size();
    return std::string(all ? gdb_reply::ok : gdb_reply::no_memory);
}

GdbSession::Reply GdbSession::insert_point(GdbText text)
{
    std::optional<Place> const place = place_of(text);
    if (!place)
        return std::string(gdb_reply::invalid);
    return std::string(runner_.insert(*place) ? gdb_reply::ok : gdb_reply::refused);
}

GdbSession::Reply GdbSession::remove_point(GdbText text)
{
    std::optional<Place> const place = place_of(text);
    if (!place)
        return std::string(gdb_reply::invalid);
    return std::string(runner_.remove(*place) ? gdb_reply::ok : gdb_reply::refused);
}

} // namespace ringside::control
