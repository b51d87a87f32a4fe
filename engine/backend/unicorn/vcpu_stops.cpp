// Where direct execution ended: emulate, deliver, or leave it to the VMM.
#include "engine/backend/unicorn/vcpu.hpp"

#include <array>
#include <string>

#include "engine/backend/unicorn/faulting_access.hpp"
#include "engine/backend/unicorn/objections.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

using backend::Exit;

namespace {

std::string hex(std::uint64_t value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (; value != 0 || text.empty(); value /= 16)
        text.insert(text.begin(), digits[value % 16]);
    return "0x" + text;
}

/// The effect becomes an exit.
bool needs_the_vmm(x86::Effect const& effect)
{
    bool const within = std::holds_alternative<x86::effect::Done>(effect) ||
                        std::holds_alternative<x86::Fault>(effect) ||
                        std::holds_alternative<x86::effect::SoftwareInterrupt>(effect);
    return !within;
}

} // namespace

struct UnicornVcpu::AfterStop {
    UnicornVcpu& vcpu;

    MaybeExit operator()(stop::Limit) const { return std::nullopt; }
    MaybeExit operator()(stop::Attention) const { return vcpu.examine(); }
    MaybeExit operator()(stop::Exception const& exception) const
    {
        return vcpu.raise(exception.fault);
    }
    MaybeExit operator()(stop::Untranslated const& untranslated) const
    {
        return vcpu.raise(vcpu.fault_of(untranslated));
    }
    MaybeExit operator()(stop::DeviceLoad const& load) const { return vcpu.begin_load(load.piece); }
    MaybeExit operator()(stop::Lost const& lost) const
    {
        std::uint64_t const linear = vcpu.registers().linear_rip();
        vcpu.note_instruction(linear);
        return backend::exit::Unhandled{.reason = static_cast<std::uint32_t>(lost.error),
                                        .what = "the Unicorn library stopped by itself at " +
                                                hex(linear) + ": " + uc_strerror(lost.error),
                                        .bytes = {}};
    }
};

UnicornVcpu::MaybeExit UnicornVcpu::after(Stop const& stop)
{
    return std::visit(AfterStop{*this}, stop);
}

x86::Fault UnicornVcpu::fault_of(stop::Untranslated const& untranslated)
{
    Instruction const* const instruction = parts_.finder.decode(registers().linear_rip());
    return unicorn::fault_of(untranslated.refused, instruction ? &instruction->decoded : nullptr,
                             registers(), parts_.translation);
}

/// The finder wants this instruction looked at.
UnicornVcpu::MaybeExit UnicornVcpu::examine()
{
    Instruction const* const instruction = parts_.finder.decode(registers().linear_rip());
    if (instruction == nullptr)
        return unreadable();
    if (x86::is_sensitive(instruction->decoded.instruction))
        return emulate(*instruction);
    if (auto const objection = objection_to(instruction->decoded, registers()))
        return raise(*objection);
    if (is_floating_point(instruction->decoded.instruction))
        parts_.fpu.set_in_use();
    examined_ = true;
    return std::nullopt;
}

/// The instruction is undefined, or a byte of it cannot be fetched.
UnicornVcpu::MaybeExit UnicornVcpu::unreadable()
{
    std::uint64_t const linear = registers().linear_rip();
    std::array<std::uint8_t, 15> bytes{};
    if (parts_.code.barrier_at(linear) || parts_.code.barrier_at(linear + bytes.size() - 1)) {
        parts_.translation
            .flush(); // perhaps there is code by now where the library got the barrier
        if (parts_.finder.decode(linear) != nullptr)
            return std::nullopt;
    }
    std::size_t const fetched = parts_.finder.fetch(linear, bytes);
    if (fetched == bytes.size())
        return raise({.vector = x86::vector::ud, .error_code = {}, .cr2 = 0});
    x86::Walk const walk = parts_.translation.peek(linear + fetched, x86::Access::fetch);
    if (!walk.ok())
        return raise(to_fault(walk));

    note_instruction(linear);
    constexpr std::uint32_t internal_error =
        17; // what KVM calls it: KVM API, KVM_EXIT_INTERNAL_ERROR
    return backend::exit::Unhandled{.reason = internal_error,
                                    .what = "the guest fetched an instruction at " + hex(linear) +
                                            " from guest-physical address " + hex(walk.gpa.value) +
                                            ", which no memory backs",
                                    .bytes = {}};
}

/// Turns what an instruction did into what the vCPU does next.
struct UnicornVcpu::AfterEffect {
    UnicornVcpu& vcpu;
    Instruction const& instruction;
    bool trap_flag = false;

    MaybeExit operator()(x86::effect::Done done) const
    {
        ++vcpu.parts_.progress.executed;
        if (done.translations_stale)
            vcpu.parts_.translation.flush();
        vcpu.trap_if_stepped(trap_flag);
        return std::nullopt;
    }
    MaybeExit operator()(x86::Fault const& fault) const { return vcpu.raise(fault); }
    MaybeExit operator()(x86::effect::SoftwareInterrupt interrupt) const
    {
        ++vcpu.parts_.progress.executed;
        x86::Fault const what{.vector = interrupt.vector, .error_code = {}, .cr2 = 0};
        return vcpu.deliver({interrupt.source, what}, instruction.decoded.length());
    }
    MaybeExit operator()(x86::effect::PortIn in) const
    {
        return wait(in, backend::exit::PortIn{in.port, in.width, 0, in.elements});
    }
    MaybeExit operator()(x86::effect::PortOut out) const
    {
        return wait(out, backend::exit::PortOut{out.port, out.width, out.value});
    }
    MaybeExit operator()(x86::effect::Halt halt) const { return wait(halt, backend::exit::Halt{}); }
    MaybeExit operator()(x86::effect::MsrRead read) const
    {
        return wait(read, backend::exit::MsrRead{read.index});
    }
    MaybeExit operator()(x86::effect::MsrWrite write) const
    {
        return wait(write, backend::exit::MsrWrite{write.index, write.value});
    }
    MaybeExit operator()(x86::effect::Hypercall call) const
    {
        auto const& gpr = vcpu.registers().gpr;
        return wait(call,
                    backend::exit::Hypercall{
                        call.number, {gpr[x86::rbx], gpr[x86::rcx], gpr[x86::rdx], gpr[x86::rsi]}});
    }

private:
    MaybeExit wait(x86::Effect const& effect, Exit exit) const
    {
        vcpu.standing_.instruction = {.linear_rip = vcpu.registers().linear_rip(),
                                      .length = instruction.decoded.length(),
                                      .bytes = instruction.bytes};
        vcpu.emulation_ = Emulation{&instruction.decoded, effect, {}};
        return exit;
    }
};

UnicornVcpu::MaybeExit UnicornVcpu::emulate(Instruction const& instruction)
{
    std::uint64_t const linear = registers().linear_rip();
    bool const trap_flag = (registers().rflags & x86::rflags::tf) != 0;
    x86::Effect const effect =
        x86::execute(registers(), memory_, instruction.decoded, parts_.progress.executed);
    if (tracer_.on() && !needs_the_vmm(effect)) { // an exit tells its own story
        trace::Emulated event;
        event.rip = linear;
        event.mnemonic = trace::Text(x86::mnemonic(instruction.decoded));
        tracer_.emit(event);
    }
    return std::visit(AfterEffect{*this, instruction, trap_flag}, effect);
}

UnicornVcpu::MaybeExit UnicornVcpu::begin_load(DeviceWindow::Piece piece)
{
    std::uint64_t const linear = registers().linear_rip();
    Instruction const* const instruction = parts_.finder.decode(linear);
    auto loads = device_loads(piece, instruction ? &instruction->decoded : nullptr, registers(),
                              parts_.translation);
    if (!loads)
        return raise(loads.error());
    note_instruction(linear);
    for (DeviceAccess const& access : *loads)
        outbox_.push_back(access.read);
    loads_ = *std::move(loads);
    loads_answered_ = 0;
    return hand_out();
}

/// The last instruction wrote to devices and is complete; each of its stores becomes an exit.
void UnicornVcpu::post_stores()
{
    note_instruction(parts_.devices.stored_at());
    for (backend::exit::MmioWrite const& store : parts_.devices.stores())
        outbox_.push_back(store);
    parts_.devices.forget_stores();
}

} // namespace ringside::unicorn
