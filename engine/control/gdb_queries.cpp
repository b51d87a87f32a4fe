// The half of a conversation with gdb that is about the conversation: what each side can do, which
// threads there are, the target description, and what the person types behind "monitor".
#include <algorithm>

#include <fmt/format.h>

#include "engine/control/gdb_registers.hpp"
#include "engine/control/gdb_session.hpp"

namespace ringside::control {

namespace {

std::string_view without_blanks(std::string_view text)
{
    constexpr std::string_view blanks = " \t\n";
    std::size_t const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

} // namespace

GdbSession::Reply GdbSession::supported(GdbText text)
{
    text.take(":");
    while (!text.at_end())
        if (text.up_to(';') == "swbreak+")
            knows_breakpoint_reasons_ = true;
    return fmt::format("PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;swbreak+;hwbreak+;"
                       "vContSupported+{}",
                       most_packet_bytes,
                       runner_.can_go_back() ? ";ReverseStep+;ReverseContinue+" : "");
}

GdbSession::Reply GdbSession::no_acknowledgments(GdbText)
{
    stops_acknowledging_ = true;
    return std::string(gdb_reply::ok);
}

GdbSession::Reply GdbSession::current_vcpu(GdbText)
{
    return fmt::format("QC{:x}", selected_.value + 1);
}

GdbSession::Reply GdbSession::list_vcpus(GdbText)
{
    std::string reply;
    for (unsigned vcpu = 0; vcpu < target_.vcpus(); ++vcpu)
        reply += fmt::format("{}{:x}", vcpu == 0 ? 'm' : ',', vcpu + 1);
    return reply;
}

GdbSession::Reply GdbSession::about_vcpu(GdbText text)
{
    std::optional<std::uint64_t> const thread = text.hex();
    std::optional<VcpuId> const vcpu = thread && *thread != 0 ? vcpu_of(*thread) : std::nullopt;
    if (!vcpu)
        return std::string(gdb_reply::invalid);
    Result<VcpuRegisters> const registers = target_.registers(*vcpu);
    if (!registers)
        return std::string(gdb_reply::invalid);
    return text_to_hex(fmt::format("vCPU {}, {} mode, CPL {}", vcpu->value,
                                   trace::name_of(registers->cpu.mode()), registers->cpu.cpl()));
}

// qXfer:features:read:target.xml:OFFSET,LENGTH, answered by "m" and a piece, or "l" and the last.
GdbSession::Reply GdbSession::description(GdbText text)
{
    if (!text.take("target.xml:"))
        return std::string(gdb_reply::no_annex);
    std::optional<std::uint64_t> const offset = text.hex();
    if (!offset || !text.take(","))
        return std::string(gdb_reply::invalid);
    std::optional<std::uint64_t> const length = text.hex();
    if (!length || !text.at_end())
        return std::string(gdb_reply::invalid);
    if (*offset == 0)
        layout_ = next_layout_;
    std::string_view const whole = gdb_description(layout_);
    if (*offset > whole.size())
        return std::string(gdb_reply::invalid);
    constexpr std::uint64_t most = most_packet_bytes / 2; // escapes may double it
    auto const start = static_cast<std::size_t>(*offset);
    std::string_view const piece =
        whole.substr(start, static_cast<std::size_t>(std::min(*length, most)));
    bool const last = start + piece.size() == whole.size();
    return (last ? "l" : "m") + escaped(piece);
}

GdbSession::Reply GdbSession::monitor(GdbText text)
{
    std::optional<std::vector<std::uint8_t>> const bytes = from_hex(text.rest());
    if (!bytes)
        return std::string(gdb_reply::invalid);
    std::string const typed(bytes->begin(), bytes->end());
    std::string_view const line = without_blanks(typed);
    constexpr std::string_view own = "description";
    print(line.starts_with(own) ? describe_as(without_blanks(line.substr(own.size())))
                                : target_.monitor(selected_, line));
    return std::string(gdb_reply::ok);
}

std::string GdbSession::describe_as(std::string_view size)
{
    if (size == "16")
        next_layout_ = x86::CodeSize::bits16;
    else if (size == "32")
        next_layout_ = x86::CodeSize::bits32;
    else if (size == "64")
        next_layout_ = x86::CodeSize::bits64;
    else
        return "description takes 16, 32 or 64: the code size gdb is to disassemble\n";
    return fmt::format("{}-bit code: now type \"unset tdesc filename\", and gdb changes over\n",
                       size);
}

} // namespace ringside::control
