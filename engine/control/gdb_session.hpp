// One conversation with gdb: packets in, packets out, no sockets. Debugging with GDB, appendix "GDB
// Remote Serial Protocol", all-stop mode.
//
//     stands   every packet is answered at once
//     runs     after a packet that resumes, and right after gdb came: only Ctrl-C counts, and
//              packets wait for the machine to stand, whose stop reply comes first
//
// gdb's threads are our vCPUs, counted from 1. Signals that gdb sends along are left out: a machine
// has none. Packets we do not know are answered with an empty one, as the manual asks.
// Not modelled: non-stop mode, several processes, tracepoints, files, ranges of steps (vCont;r).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/control/gdb_packet.hpp"
#include "engine/control/gdb_target.hpp"
#include "engine/control/gdb_text.hpp"

namespace ringside::control {

class GdbSession {
public:
    GdbSession(GdbTarget& target, GdbRunner& runner) : target_(target), runner_(runner) {}

    /// gdb has come: the machine is asked to stand still.
    void begin() { runner_.interrupt(); }
    void receive(std::string_view bytes);
    /// The machine stands. May be called from inside the runner's functions; surplus calls count
    /// for nothing.
    void stopped(Stopped const& why);
    /// Text for the person while the machine runs.
    void print(std::string_view text);
    /// The connection broke without a farewell.
    void lost();

    /// To be sent; whoever sends takes it away from the front.
    std::string& output() { return output_; }
    bool over() const { return over_; } ///< close when the output is sent
    bool guest_runs() const { return runs_; }

private:
    using Reply = std::optional<std::string>; ///< nothing: the answer comes when the machine stands
    using Handler = Reply (GdbSession::*)(GdbText);
    enum class Match : std::uint8_t { whole, beginning };
    struct Command {
        std::string_view name;
        Match match;
        Handler handler;           ///< null: always the same answer,
        std::string_view constant; ///< this
    };
    static std::span<Command const> commands();

    void take(Received const& received);
    void answer(std::string_view packet);
    void send(std::string_view payload);
    void end(Farewell farewell);
    void handle_waiting();

    // gdb_motion.cpp: why it stands, and how it goes on
    std::string stop_reply() const;
    Reply why(GdbText text);
    Reply go(GdbText text);
    Reply step(GdbText text);
    Reply go_back(GdbText text);
    Reply step_back(GdbText text);
    Reply go_in_several_ways(GdbText text);
    Reply resume(Resume const& resume);
    Reply resume_selected(Heading heading, Motion motion);
    Reply detach(GdbText text);
    Reply kill(GdbText text);
    Reply kill_process(GdbText text);
    Reply select_vcpu(GdbText text);
    Reply vcpu_alive(GdbText text);

    // gdb_state.cpp: registers, memory, break- and watchpoints
    Reply read_registers(GdbText text);
    Reply write_registers(GdbText text);
    Reply read_one_register(GdbText text);
    Reply write_one_register(GdbText text);
    Reply read_memory(GdbText text);
    Reply write_memory(GdbText text);
    Reply write_binary_memory(GdbText text);
    std::string write_bytes(std::uint64_t address, std::uint64_t length,
                            std::span<std::uint8_t const> bytes);
    Reply insert_point(GdbText text);
    Reply remove_point(GdbText text);

    // gdb_queries.cpp: what each side can do, threads, the description, the monitor
    Reply supported(GdbText text);
    Reply no_acknowledgments(GdbText text);
    Reply current_vcpu(GdbText text);
    Reply list_vcpus(GdbText text);
    Reply about_vcpu(GdbText text);
    Reply description(GdbText text);
    Reply monitor(GdbText text);
    std::string describe_as(std::string_view size);

    std::optional<VcpuId> vcpu_of(std::uint64_t thread) const;

    GdbTarget& target_;
    GdbRunner& runner_;
    PacketReader reader_;
    std::string output_;
    std::string last_frame_;          ///< for a "-"
    std::deque<std::string> waiting_; ///< packets that came while the machine ran
    bool acknowledges_ = true;
    bool stops_acknowledging_ = false; ///< after the next answer
    bool knows_breakpoint_reasons_ = false;
    bool runs_ = true;
    bool reply_owed_ = false; ///< gdb waits for the stop of a resume
    bool over_ = false;
    Stopped stopped_;
    VcpuId selected_; ///< whose registers and memory are meant
    VcpuId mover_;    ///< who steps
    x86::CodeSize layout_ = x86::CodeSize::bits64;
    x86::CodeSize next_layout_ = x86::CodeSize::bits64; ///< when the description is read again
};

} // namespace ringside::control
