#include "engine/backend/unicorn/vcpu.hpp"

#include <algorithm>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

using backend::Exit;

UnicornVcpu::UnicornVcpu(memory::GuestMemory& memory, trace::Tracer& tracer, backend::Slice slice,
                         VcpuList& others, std::unique_ptr<Engine> engine)
    : memory_(memory),
      tracer_(tracer),
      slice_(slice),
      others_(others),
      parts_(memory, tracer, std::move(engine))
{
    others_.push_back(this);
}

UnicornVcpu::~UnicornVcpu()
{
    std::erase(others_, this);
}

Result<std::unique_ptr<UnicornVcpu>> UnicornVcpu::create(memory::GuestMemory& memory,
                                                         trace::Tracer& tracer,
                                                         backend::Slice slice, VcpuList& others)
{
    std::unique_ptr<Engine> engine = TRY(Engine::open(memory));
    std::unique_ptr<UnicornVcpu> vcpu(
        new UnicornVcpu(memory, tracer, slice, others, std::move(engine)));
    TRY(vcpu->parts_.install());
    return vcpu;
}

Result<Exit> UnicornVcpu::enter(backend::Budget budget)
{
    ASSERT(!answer_due_);
    bool const one = budget == backend::Budget::one_instruction;
    budget_ = budget;
    // A slice that was stepped through for a while ends where it would have ended.
    std::uint64_t const left = slice_.instructions - std::min(stepped_, slice_.instructions);
    deadline_ = parts_.progress.executed + (one ? 1 : left);

    MaybeExit exit;
    if (!outbox_.empty())
        exit = hand_out();
    while (!exit)
        exit = TRY(turn());
    answer_due_ = true;
    stepped_ = one && std::holds_alternative<backend::exit::Debug>(*exit) ? stepped_ + 1 : 0;
    look_around();
    return *std::move(exit);
}

// [book: unicorn-turn]
/// One stretch of direct execution, and what came of it.
Result<UnicornVcpu::MaybeExit> UnicornVcpu::turn()
{
    if (pending_fault_)
        return raise(*std::exchange(pending_fault_, std::nullopt));
    if (parts_.progress.executed >= deadline_)
        return budget_spent();

    bool const trap_flag = (registers().rflags & x86::rflags::tf) != 0;
    parts_.progress.limit = trap_flag ? parts_.progress.executed + 1 : deadline_;
    std::uint64_t const before = parts_.progress.executed;
    Manner const manner{.first_was_examined = std::exchange(examined_, false),
                        .finish_repeats = single_stepping()};
    Stop const stop = TRY(parts_.execution.run(registers(), manner));
    if (parts_.progress.executed != before)
        trap_if_stepped(trap_flag);
    if (!parts_.devices.stores().empty()) {
        post_stores();
        return hand_out();
    }
    if (pending_fault_ || parts_.progress.executed >= deadline_)
        return MaybeExit();
    return after(stop);
}
// [/book: unicorn-turn]

bool UnicornVcpu::single_stepping() const
{
    return budget_ == backend::Budget::one_instruction ||
           (standing_.registers.rflags & x86::rflags::tf) != 0;
}

Exit UnicornVcpu::budget_spent()
{
    standing_.instruction = {}; // none in particular
    if (budget_ == backend::Budget::slice)
        return backend::exit::BudgetSpent{};
    // SDM Vol. 3B, "Debug Status Register (DR6)": BS, the single step, over the bits that read 1.
    constexpr std::uint64_t single_step = 0xffff'4ff0;
    return backend::exit::Debug{single_step};
}

Exit UnicornVcpu::hand_out()
{
    Exit exit = std::move(outbox_.front());
    outbox_.pop_front();
    return exit;
}

/// Brings `standing_` up to date.
void UnicornVcpu::look_around()
{
    bool const between_instructions = outbox_.empty() && !pending_fault_;
    standing_.instructions = parts_.progress.executed;
    standing_.window.open =
        between_instructions && registers().interrupts_on() && !registers().interrupt_shadow;
    if (!registers().interrupts_on())
        standing_.window.reason = trace::NotNow::interrupts_off;
    else if (registers().interrupt_shadow)
        standing_.window.reason = trace::NotNow::shadow;
    else
        standing_.window.reason = trace::NotNow::backend_busy;
}

void UnicornVcpu::note_instruction(std::uint64_t linear)
{
    standing_.instruction = {.linear_rip = linear, .length = 0, .bytes = {}};
    if (Instruction const* const instruction = parts_.finder.decode(linear)) {
        standing_.instruction.length = instruction->decoded.length();
        standing_.instruction.bytes = instruction->bytes;
    }
}

Result<void> UnicornVcpu::set_state(x86::CpuState const& state)
{
    TRY(abandon());
    registers() = state;
    parts_.translation.flush(); // the tables may be others, under the same CR3
    look_around();
    return {};
}

Result<void> UnicornVcpu::inject(std::uint8_t vector)
{
    ASSERT(!answer_due_ && standing_.window.open);
    x86::Interrupt const interrupt{.source = x86::Source::external,
                                   .what = {.vector = vector, .error_code = {}, .cr2 = 0}};
    if (MaybeExit exit = deliver(interrupt))
        outbox_.push_back(*std::move(exit));
    look_around();
    return {};
}

} // namespace ringside::unicorn
