// What the gdb layer asks of a machine. Two small doors: one to look at it while it stands, one to
// make it move. The machine stands still whenever the first is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/control/breakpoint.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/fpu_state.hpp"

namespace ringside::control {

struct VcpuRegisters {
    x86::CpuState cpu;
    x86::FpuState fpu;
};

class GdbTarget {
public:
    GdbTarget() = default;
    GdbTarget(GdbTarget const&) = delete;
    GdbTarget& operator=(GdbTarget const&) = delete;
    virtual ~GdbTarget() = default;

    virtual unsigned vcpus() const = 0; ///< at least 1
    virtual Result<VcpuRegisters> registers(VcpuId vcpu) = 0;
    virtual Result<void> set_registers(VcpuId vcpu, VcpuRegisters const& registers) = 0;
    /// How many bytes could be read, from the first on: up to a page that is not mapped.
    virtual std::size_t read_memory(VcpuId vcpu, Gva address, std::span<std::uint8_t> out) = 0;
    virtual std::size_t write_memory(VcpuId vcpu, Gva address,
                                     std::span<std::uint8_t const> bytes) = 0;
    /// What a person typed behind "monitor"; the answer is shown as it is.
    virtual std::string monitor(VcpuId vcpu, std::string_view line) = 0;
};

enum class Motion : std::uint8_t { stand, run, step };

/// How to go on.
struct Resume {
    Heading heading = Heading::forward;
    std::vector<Motion> motions; ///< of each vCPU
};

/// Why the machine stands.
struct Stopped {
    enum class Reason : std::uint8_t {
        stepped,
        interrupted,          ///< by Ctrl-C, or because gdb has just come
        breakpoint,           ///< set by gdb, of either kind
        hardware_breakpoint,  ///< the same, when gdb asked for a hardware one
        watchpoint,           ///< `touch` of `address`
        beginning_of_history, ///< no further back
        end_of_history,       ///< no further on: the machine has ended, and still can go back
        condition,            ///< something that gdb did not ask for: a stop of the monitor's
        exited,               ///< it is over, with `code`
    };
    Reason reason = Reason::stepped;
    VcpuId vcpu;
    Touch touch = Touch::write;
    Gva address;
    std::uint8_t code = 0;
};

enum class Farewell : std::uint8_t {
    detached, ///< gdb wants the guest to go on alone
    lost,     ///< the connection broke
    killed,   ///< gdb wants the machine to end
};

/// Every call returns at once. After resume() or interrupt() the machine reports with
/// GdbServer::stopped() as soon as it stands; if it stands already, before interrupt() returns.
class GdbRunner {
public:
    GdbRunner() = default;
    GdbRunner(GdbRunner const&) = delete;
    GdbRunner& operator=(GdbRunner const&) = delete;
    virtual ~GdbRunner() = default;

    virtual bool can_go_back() const = 0;
    virtual void resume(Resume const& resume) = 0;
    virtual void interrupt() = 0;
    /// `place` is ExecuteAt or Watch. Doing it twice is the same as once.
    virtual Result<void> insert(Place const& place) = 0;
    virtual Result<void> remove(Place const& place) = 0;
    /// gdb is gone, and its break- and watchpoints with it.
    virtual void let_go(Farewell farewell) = 0;
};

} // namespace ringside::control
