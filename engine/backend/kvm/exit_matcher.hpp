// Does this instruction do what the exit says? Asked for every guess at where an exit's instruction
// begins.
//
// The registers are those that the exit left: a string instruction or a push has already moved its
// pointers, a plain move still has the value that it stored.
#pragma once

#include "engine/backend/exit.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::kvm {

/// A string instruction with a REP prefix.
bool is_repeated_string(x86::Decoded const& decoded);
/// Its count register is zero, in the width that the instruction uses of it.
bool has_run_out(x86::Decoded const& decoded, x86::CpuState const& state);

x86::Privilege privilege_of(x86::CpuState const& state);

class ExitMatcher {
public:
    /// Both must outlive this.
    ExitMatcher(x86::CpuState const& state, memory::GuestMemory const& memory)
        : state_(state), memory_(memory)
    {
    }

    bool operator()(x86::Decoded const& decoded, backend::exit::PortOut const& out) const;
    bool operator()(x86::Decoded const& decoded, backend::exit::MmioWrite const& write) const;
    bool operator()(x86::Decoded const& decoded, backend::exit::Halt const& halt) const;

private:
    bool is_piece_of(x86::Operand const& operand, backend::exit::MmioWrite const& write) const;
    bool stores_value(x86::Decoded const& decoded, x86::Operand const& operand,
                      backend::exit::MmioWrite const& write) const;

    x86::CpuState const& state_;
    memory::GuestMemory const& memory_;
};

} // namespace ringside::kvm
