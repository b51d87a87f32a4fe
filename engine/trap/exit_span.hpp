// The event span of one exit: ExitBegin, what happens inside it, and ExitEnd with the RIP that both
// backends agree on. One ExitStory for each vCPU remembers what the stream already knows about it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "engine/backend/backend.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/trap/register_tracker.hpp"
#include "engine/trap/verdict.hpp"

namespace ringside::trap {

class ExitStory {
public:
    explicit ExitStory(trace::Tracer& tracer) : tracer_(tracer) {}

    struct KnownInstruction {
        std::uint64_t rip = ~0ULL;
        std::uint8_t length = 0;
        std::array<std::uint8_t, 15> bytes{};
        trace::CodeSize code_size = trace::CodeSize::bits16;
    };
    /// What the stream already knows between two exits, and how many there were.
    struct State {
        std::uint64_t exits = 0;
        std::optional<trace::CpuMode> mode; ///< as told
        x86::CpuState told;
        std::array<KnownInstruction, 256> known{}; ///< direct-mapped by rip
    };
    State state() const { return {exits_, mode_, registers_.told(), known_}; }
    void restore(State const& state);
    /// Tells a new stream the instructions that will not be told again.
    void tell_known();

    /// Before the trap layer looks at the exit.
    void open(backend::Exit const& exit, backend::Vcpu const& vcpu);
    /// After finish(): the vCPU as it will go on.
    void close(Verdict const& verdict, backend::Vcpu const& vcpu);

    /// A full picture of the registers; the story goes on from here.
    void keyframe(x86::CpuState const& state);

    std::uint64_t exits() const { return exits_; } ///< opened so far

private:
    void tell_instruction(backend::Standing const& standing);
    void emit_instruction(KnownInstruction const& known);
    void tell_mode(x86::CpuState const& state);

    trace::Tracer& tracer_;
    RegisterTracker registers_;
    std::array<KnownInstruction, 256> known_{};
    std::optional<trace::CpuMode> mode_; ///< as told; the first keyframe shows it without a change
    std::uint64_t began_ = 0;
    std::uint64_t exits_ = 0;
};

} // namespace ringside::trap
