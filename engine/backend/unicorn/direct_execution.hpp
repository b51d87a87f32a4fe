// Direct execution: the library runs plain guest instructions at full speed, until one of them
// needs the monitor. This file is the border between the two.
//
//     registers in ──► world ──► run ──► [before each instruction: look, count] ──► registers out
//                                             │
//                       a hook stops the run ─┴─► Stop: why, with the state at an instruction's edge
//
// Whatever the reason, the state afterwards is at the edge of an instruction: behind it if it
// completed, before it if it did not.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "engine/backend/unicorn/device_window.hpp"
#include "engine/backend/unicorn/general_registers.hpp"
#include "engine/backend/unicorn/progress.hpp"
#include "engine/backend/unicorn/sensitive_finder.hpp"
#include "engine/backend/unicorn/shadow_translation.hpp"
#include "engine/backend/unicorn/worlds.hpp"

namespace ringside::unicorn {

namespace stop {
/// The counter's limit is reached; or a device store was noted, which lowers the limit.
struct Limit {};
/// Before an instruction that the finder wants looked at.
struct Attention {};
/// The instruction raised an exception and changed nothing.
struct Exception {
    x86::Fault fault;
};
/// The instruction touches a page that cannot be translated, and changed nothing.
struct Untranslated {
    ShadowTranslation::Refused refused;
};
/// The instruction loads from a device and has not happened yet.
struct DeviceLoad {
    DeviceWindow::Piece piece;
};
/// The library gave up for a reason of its own.
struct Lost {
    uc_err error = UC_ERR_OK;
};
} // namespace stop

using Stop = std::variant<stop::Limit, stop::Attention, stop::Exception, stop::Untranslated,
                          stop::DeviceLoad, stop::Lost>;

/// How the run treats its first instruction and its last.
struct Manner {
    bool first_was_examined = false; ///< do not stop before the first for attention's sake
    bool finish_repeats = false;     ///< a limit does not fall between the iterations of a REP
};

class DirectExecution {
public:
    DirectExecution(Engine& engine, Worlds& worlds, Fpu& fpu, ShadowTranslation& translation,
                    CodeInvalidation& invalidation, SensitiveFinder& finder, DeviceWindow& devices,
                    Progress& progress)
        : engine_(engine),
          worlds_(worlds),
          fpu_(fpu),
          translation_(translation),
          invalidation_(invalidation),
          finder_(finder),
          devices_(devices),
          progress_(progress),
          registers_(engine)
    {
    }
    Result<void> install();

    /// Runs from `state` until something stops it, and brings `state` up to date.
    Result<Stop> run(x86::CpuState& state, Manner manner = {});

private:
    /// What a hook noted before it stopped the run.
    enum class Noted : std::uint8_t { nothing, limit, attention, interrupt, undefined };

    static void on_instruction(uc_engine*, std::uint64_t linear, std::uint32_t size, void* self);
    static void on_interrupt(uc_engine*, std::uint32_t vector, void* self);
    static bool on_undefined(uc_engine*, void* self);

    Result<void> prepare(x86::CpuState const& state);
    bool may_run(std::uint64_t linear);
    void take_back();
    bool excused();
    bool repeats_on(std::uint64_t linear);
    void end(Noted why);
    Stop explain(x86::CpuState& state, uc_err ended);
    Stop raised(x86::CpuState& state);

    Engine& engine_;
    Worlds& worlds_;
    Fpu& fpu_;
    ShadowTranslation& translation_;
    CodeInvalidation& invalidation_;
    SensitiveFinder& finder_;
    DeviceWindow& devices_;
    Progress& progress_;
    GeneralRegisters registers_;

    Manner manner_;
    Attention watched_ = attention::always;
    std::uint64_t executed_before_ = 0;
    std::uint64_t first_linear_ = 0; ///< of the run's first instruction
    Noted noted_ = Noted::nothing;
    std::uint8_t vector_ = 0;
};

} // namespace ringside::unicorn
