#include "engine/trap/traps.hpp"

#include "engine/trap/hypercall.hpp"

namespace ringside::trap {

using namespace backend;

// [book: traps]
Verdict Traps::operator()(exit::PortIn const& exit) const
{
    return verdict::Answer{ports.read(exit.port, exit.width)};
}

Verdict Traps::operator()(exit::PortOut const& exit) const
{
    ports.write(exit.port, exit.width, exit.value);
    if (auto const result = devices.exit_requested())
        return Stop{trace::StopCause::guest_exit, *result, "the guest wrote its result"};
    return verdict::Resume{};
}

Verdict Traps::operator()(exit::MmioRead const& exit) const
{
    return verdict::Answer{mmio.read(exit.gpa.value, exit.width)};
}

Verdict Traps::operator()(exit::MmioWrite const& exit) const
{
    mmio.write(exit.gpa.value, exit.width, exit.value);
    return verdict::Resume{};
}

Verdict Traps::operator()(exit::Halt const&) const
{
    return verdict::Park{};
}
// [/book: traps]

// The guest did nothing that needs an answer: it only gave us a chance to look.
Verdict Traps::operator()(exit::InterruptWindow const&) const
{
    return verdict::Resume{};
}
Verdict Traps::operator()(exit::BudgetSpent const&) const
{
    return verdict::Resume{};
}
Verdict Traps::operator()(exit::Debug const&) const
{
    return verdict::Resume{};
}

// Only MSRs that the machine does not have come here: x86/msr.hpp names the ones it has.
Verdict Traps::operator()(exit::MsrRead const&) const
{
    return verdict::Fault{};
}
Verdict Traps::operator()(exit::MsrWrite const&) const
{
    return verdict::Fault{};
}

Verdict Traps::operator()(exit::Hypercall const&) const
{
    return verdict::Answer{no_such_hypercall};
}

Verdict Traps::operator()(exit::TripleFault const&) const
{
    return Stop{trace::StopCause::triple_fault, code_bad_guest,
                "triple fault: a fault could not be delivered, nor the double fault that followed"};
}

Verdict Traps::operator()(exit::EntryFailed const& exit) const
{
    return Stop{trace::StopCause::entry_failed, code_bad_guest,
                "the CPU refused the guest's state: " + exit.what};
}

Verdict Traps::operator()(exit::Unhandled const& exit) const
{
    // KVM API: KVM_EXIT_INTERNAL_ERROR. The guest went where no instruction can be run; any other reason
    // is one that we should have known.
    constexpr std::uint32_t internal_error = 17;
    bool const guests_doing = exit.reason == internal_error;
    return Stop{trace::StopCause::failed, guests_doing ? code_bad_guest : code_our_fault,
                "the backend met something it cannot run: " + exit.what};
}

} // namespace ringside::trap
