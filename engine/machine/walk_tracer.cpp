#include "engine/machine/walk_tracer.hpp"

#include <array>

#include "engine/x86/decode.hpp"
#include "engine/x86/linear_memory.hpp"

namespace ringside::machine {

namespace {

x86::Privilege privilege_of(x86::CpuState const& state)
{
    return state.cpl() == 3 ? x86::Privilege::user : x86::Privilege::supervisor;
}

constexpr std::uint64_t page_of(std::uint64_t address)
{
    return address / memory::page_size;
}

} // namespace

void WalkTracer::at_exit(x86::CpuState const& state)
{
    std::uint64_t const page = page_of(state.linear_rip());
    if ((page == last_page_ && state.cr3 == last_cr3_) || !tracer_.on())
        return;
    last_page_ = page;
    last_cr3_ = state.cr3;
    x86::Paging const paging = x86::Paging::of(state);
    if (paging.mode == x86::PagingMode::none)
        return;
    x86::Walk const walk = x86::walk(memory_, paging, Gva(state.linear_rip()), x86::Access::fetch,
                                     privilege_of(state));
    tracer_.emit(x86::to_event(walk, paging, trace::WalkOrigin::reconstructed));
}

void WalkTracer::before_instruction(x86::CpuState const& state)
{
    x86::Paging const paging = x86::Paging::of(state);
    if (paging.mode == x86::PagingMode::none || !tracer_.on())
        return;
    tlb_.follow(paging);
    touch(paging, Gva(state.linear_rip()), x86::Access::fetch, privilege_of(state));
    touch_operands(state, paging);
}

void WalkTracer::touch_operands(x86::CpuState const& state, x86::Paging const& paging)
{
    std::array<std::uint8_t, 15> bytes{}; // the longest instruction there is
    std::size_t const count =
        x86::LinearMemory(memory_, state).fetch(state.linear_rip(), bytes, privilege_of(state));
    auto const decoded = x86::decode(std::span(bytes).first(count), state.code_size());
    if (!decoded)
        return;
    std::uint64_t const last_byte = state.linear_rip() + decoded->length() - 1;
    if (page_of(last_byte) != page_of(state.linear_rip()))
        touch(paging, Gva(last_byte), x86::Access::fetch, privilege_of(state));
    if (decoded->instruction.mnemonic == ZYDIS_MNEMONIC_INVLPG) {
        for (x86::Operand const& operand : x86::memory_operands(*decoded, state))
            tlb_.flush_page(Gva(operand.linear));
        return;
    }
    for (x86::Operand const& operand : x86::memory_operands(*decoded, state)) {
        auto const access = operand.writes ? x86::Access::write : x86::Access::read;
        touch(paging, Gva(operand.linear), access, privilege_of(state));
        std::uint64_t const last = operand.linear + (operand.width == 0 ? 0 : operand.width - 1U);
        if (page_of(last) != page_of(operand.linear))
            touch(paging, Gva(last), access, privilege_of(state));
    }
}

void WalkTracer::touch(x86::Paging const& paging, Gva gva, x86::Access access,
                       x86::Privilege privilege)
{
    if (tlb_.hit(gva, access, privilege))
        return;
    x86::Walk const walk = x86::walk(memory_, paging, gva, access, privilege);
    if (walk.ok())
        tlb_.insert(walk);
    tracer_.emit(x86::to_event(walk, paging, trace::WalkOrigin::reconstructed));
}

} // namespace ringside::machine
