// A machine as gdb sees it: what its packets ask of a machine, done by a Debugger.
//
//     gdb ──packets──► GdbServer ──► GdbMachine ──► Debugger ──► Machine
//         ◄────────────────────────── why it stands ◄──
//
// Where the guest ends, gdb is told that there is no more history ahead, so that one may go back
// from there; going on once more ends the program. When gdb breaks off without a farewell the
// machine stands and waits for the next one; after `detach` it runs on alone.
//
// Not modelled: writing the FPU's registers, several vCPUs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/control/gdb_server.hpp"
#include "engine/debug/debugger.hpp"

namespace ringside::debug {

class GdbMachine final : public control::GdbTarget, public control::GdbRunner {
public:
    /// What "monitor" does with a line; the answer is shown.
    using Monitor = std::function<std::string(std::string_view line)>;

    GdbMachine(Debugger& debugger, Monitor monitor)
        : debugger_(debugger), monitor_(std::move(monitor))
    {
    }

    /// Serves gdb until the machine ends or gdb kills it. `go_on` is asked often; false ends it.
    Result<machine::Stop> serve(control::GdbServer& server, std::function<bool()> const& go_on);

    unsigned vcpus() const override { return 1; }
    Result<control::VcpuRegisters> registers(VcpuId vcpu) override;
    Result<void> set_registers(VcpuId vcpu, control::VcpuRegisters const& registers) override;
    std::size_t read_memory(VcpuId vcpu, Gva address, std::span<std::uint8_t> out) override;
    std::size_t write_memory(VcpuId vcpu, Gva address,
                             std::span<std::uint8_t const> bytes) override;
    std::string monitor(VcpuId vcpu, std::string_view line) override;

    bool can_go_back() const override { return debugger_.machine().reach().has_value(); }
    void resume(control::Resume const& resume) override { wanted_ = resume; }
    void interrupt() override;
    Result<void> insert(control::Place const& place) override;
    Result<void> remove(control::Place const& place) override;
    void let_go(control::Farewell farewell) override;

private:
    Result<Halt> move(control::Resume const& wanted, Debugger::Patience const& patience);
    void report(Halt const& halt);
    control::Stopped stopped_by(control::Breakpoint const& breakpoint) const;
    Result<machine::Stop> run_alone(std::function<bool()> const& go_on);

    Debugger& debugger_;
    Monitor monitor_;
    control::GdbServer* server_ = nullptr;
    std::optional<control::Resume> wanted_;
    std::optional<control::Farewell> farewell_;
    std::optional<machine::Stop> ended_; ///< and gdb has heard of it
    bool moving_ = false;
    bool interrupt_ = false;
};

} // namespace ringside::debug
