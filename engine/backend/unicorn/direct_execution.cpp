#include "engine/backend/unicorn/direct_execution.hpp"

#include "engine/backend/unicorn/repetition.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

Result<void> DirectExecution::install()
{
    TRY(engine_.add_hook(UC_HOOK_CODE, reinterpret_cast<void*>(&on_instruction), this));
    TRY(engine_.add_hook(UC_HOOK_INTR, reinterpret_cast<void*>(&on_interrupt), this));
    return engine_.add_hook(UC_HOOK_INSN_INVALID, reinterpret_cast<void*>(&on_undefined), this);
}

// [book: direct-execution]
Result<Stop> DirectExecution::run(x86::CpuState& state, Manner manner)
{
    manner_ = manner;
    TRY(prepare(state));

    uc_err const ended = engine_.run(state.rip);
    registers_.load(state);
    Stop const why = explain(state, ended);

    if (progress_.executed != executed_before_) { // they last for one instruction
        state.interrupt_shadow = false;
        state.rflags &= ~x86::rflags::rf;
    }
    return why;
}
// [/book: direct-execution]

Result<void> DirectExecution::prepare(x86::CpuState const& state)
{
    Worlds::Entered const entered = TRY(worlds_.enter(state));
    if (entered != Worlds::Entered::already)
        registers_.forget();
    if (entered == Worlds::Entered::made)
        translation_.flush();
    translation_.follow(state);
    invalidation_.apply();
    registers_.store(state);

    finder_.set_code_size(state.code_size());
    watched_ = watched(state, fpu_.in_use());
    first_linear_ = state.linear_rip();
    executed_before_ = progress_.executed;
    noted_ = Noted::nothing;
    return {};
}

void DirectExecution::on_instruction(uc_engine*, std::uint64_t linear, std::uint32_t size,
                                     void* self)
{
    auto& execution = *static_cast<DirectExecution*>(self);
    if (execution.engine_.hidden() || !execution.may_run(linear))
        return;
    ++execution.progress_.executed;
    execution.translation_.fetched(linear);
    if (size <= CodePages::longest_instruction) // for an undefined one it is anything
        execution.translation_.fetched(linear + size - 1);
}

/// The look before each instruction. All of the guest's plain code passes here.
bool DirectExecution::may_run(std::uint64_t linear)
{
    Attention const reasons = finder_.look_at(linear);
    if (linear == progress_.linear && (reasons & attention::may_come_again) == 0) [[unlikely]]
        take_back();
    progress_.linear = linear;
    if ((reasons & watched_) != 0 && !excused()) [[unlikely]] {
        end(Noted::attention);
        translation_.fetched(linear);
        return false;
    }
    if (progress_.exhausted() && !repeats_on(linear)) [[unlikely]] {
        end(Noted::limit);
        return false;
    }
    return true;
}

/// The same instruction again, though it is none that repeats: it stored into its own block of
/// translated code, and the library undid it to translate the block anew.
void DirectExecution::take_back()
{
    if (progress_.executed != executed_before_)
        --progress_.executed;
}

bool DirectExecution::excused()
{
    return manner_.first_was_examined && progress_.executed == executed_before_;
}

/// A step over a REP runs all its iterations, but comes up for air each time the low ten bits of
/// the count are zero: so does KVM's emulator, and both backends shall step alike.
bool DirectExecution::repeats_on(std::uint64_t linear)
{
    if (!manner_.finish_repeats || progress_.executed == executed_before_ ||
        linear != first_linear_ || !devices_.stores().empty())
        return false;
    SensitiveFinder::Instruction const* const instruction = finder_.decode(linear);
    if (instruction == nullptr || !repeats(instruction->decoded))
        return false;
    std::uint64_t count = 0;
    uc_reg_read(engine_.handle(), UC_X86_REG_RCX, &count);
    return bits(count, 0, 10) != 0;
}

void DirectExecution::end(Noted why)
{
    if (noted_ == Noted::nothing)
        noted_ = why;
    engine_.stop();
}

void DirectExecution::on_interrupt(uc_engine*, std::uint32_t vector, void* self)
{
    auto& execution = *static_cast<DirectExecution*>(self);
    execution.vector_ = static_cast<std::uint8_t>(vector);
    execution.end(Noted::interrupt);
}

bool DirectExecution::on_undefined(uc_engine*, void* self)
{
    static_cast<DirectExecution*>(self)->end(Noted::undefined);
    return false;
}

Stop DirectExecution::explain(x86::CpuState& state, uc_err ended)
{
    std::optional<DeviceWindow::Piece> const wanted = devices_.take_wanted();
    auto const refused = translation_.take_refused();
    switch (noted_) {
    case Noted::limit:
        return stop::Limit{};
    case Noted::attention:
        return stop::Attention{};
    case Noted::interrupt:
    case Noted::undefined:
        return raised(state);
    case Noted::nothing:
        break;
    }
    if (!wanted && !refused)
        return stop::Lost{ended};
    --progress_.executed; // it was counted when it was looked at, and did not happen
    devices_.forget_stores();
    if (refused)
        return stop::Untranslated{*refused};
    return stop::DeviceLoad{*wanted};
}

/// An exception of the library's own CPU. It leaves RIP sometimes at the instruction and sometimes
/// behind it; we know where the instruction is.
Stop DirectExecution::raised(x86::CpuState& state)
{
    --progress_.executed;
    devices_.forget_stores();
    worlds_.leave(); // the library would take the next exception for one within this one
    state.rip = state.code_size() == x86::CodeSize::bits64
                    ? progress_.linear
                    : truncate(progress_.linear - state[x86::cs].base, 4);
    if (noted_ == Noted::undefined)
        return stop::Exception{{.vector = x86::vector::ud, .error_code = {}, .cr2 = 0}};
    // SDM Vol. 3A, Table "Protected-Mode Exceptions and Interrupts": those with an error code. It
    // is 0 where no selector is involved, and none is: selectors are loaded by us.
    bool const has_error_code = vector_ == x86::vector::df || vector_ == x86::vector::ac ||
                                (vector_ >= x86::vector::ts && vector_ <= x86::vector::pf);
    x86::Fault fault{.vector = vector_, .error_code = {}, .cr2 = 0};
    if (has_error_code)
        fault.error_code = std::uint16_t{0};
    return stop::Exception{fault};
}

} // namespace ringside::unicorn
