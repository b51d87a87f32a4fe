// A machine small enough to be right at sight: flat memory, a handful of x86 instructions, and a
// copy of everything before each step, so that going back is exact. It stands behind the gdb layer
// where the real Machine will stand.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/control/breakpoint.hpp"
#include "engine/control/gdb_target.hpp"

namespace ringside::control {

class FakeMachine final : public GdbTarget, public GdbRunner {
public:
    static constexpr std::uint64_t code_start = 0x1000; ///< where every vCPU begins
    static constexpr std::uint64_t data_start = 0x2000; ///< where RDI points
    static constexpr std::uint64_t memory_end = 0x4000; ///< nothing is mapped from here on

    /// In 64-bit mode; an endless program that counts, stores and jumps back.
    explicit FakeMachine(unsigned vcpus = 1);

    std::function<void(Stopped const&)> report; ///< called when it comes to stand

    /// Runs at most so many instructions of what was asked for.
    void run(unsigned instructions = 1'000);
    bool wants_to_run() const { return going_.has_value(); }

    // GdbTarget
    unsigned vcpus() const override { return static_cast<unsigned>(now_.vcpus.size()); }
    Result<VcpuRegisters> registers(VcpuId vcpu) override { return now_.vcpus[vcpu.value]; }
    Result<void> set_registers(VcpuId vcpu, VcpuRegisters const& registers) override;
    std::size_t read_memory(VcpuId vcpu, Gva address, std::span<std::uint8_t> out) override;
    std::size_t write_memory(VcpuId vcpu, Gva address,
                             std::span<std::uint8_t const> bytes) override;
    std::string monitor(VcpuId vcpu, std::string_view line) override;

    // GdbRunner
    bool can_go_back() const override { return remembers; }
    void resume(Resume const& resume) override { going_ = resume; }
    void interrupt() override;
    Result<void> insert(Place const& place) override;
    Result<void> remove(Place const& place) override;
    void let_go(Farewell farewell) override;

    x86::CpuState& cpu(unsigned vcpu = 0) { return now_.vcpus[vcpu].cpu; }
    std::uint8_t& byte(std::uint64_t address) { return now_.memory[address]; }
    Breakpoints const& breakpoints() const { return breakpoints_; }

    bool remembers = true;
    std::optional<Farewell> farewell;
    std::uint64_t interrupts = 0;
    std::string monitored;

private:
    struct State {
        std::vector<VcpuRegisters> vcpus;
        std::vector<std::uint8_t> memory;
    };

    void stop(Stopped::Reason reason, VcpuId vcpu = VcpuId(0));
    bool step_forward();
    bool step_back();
    void one_instruction(unsigned vcpu);
    void store(unsigned vcpu, std::uint64_t address, std::uint8_t value);
    bool stop_at_breakpoint();

    State now_;
    std::vector<State> past_;
    std::optional<Resume> going_;
    std::optional<Watch> touched_; ///< by the last step
    Breakpoints breakpoints_;
};

} // namespace ringside::control
