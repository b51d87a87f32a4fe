#include "visualizer/model/exit_class.hpp"

namespace ringside::visualizer {

ClassText const& text_of(ExitClass exit_class)
{
    static constexpr std::array<ClassText, class_count> table = {{
        {'I', "port I/O", "The guest used IN or OUT; every port access leaves guest mode."},
        {'M', "MMIO", "The guest touched a physical address that no RAM backs."},
        {'H', "halt", "The guest executed HLT, or its time slice was over: it waits."},
        {'C', "control", "An MSR, a control register or the CPU's mode changed hands."},
        {'Q', "interrupt", "An interrupt was raised, held back, injected or ended."},
        {'P', "page walk", "An address was translated through the guest's page tables."},
        {'X', "exception", "The guest faulted, or shut down after a fault it could not handle."},
        {'.', "other", "Anything else: markers, stepping, hypercalls, losses."},
    }};
    auto const index = static_cast<std::size_t>(exit_class);
    return table[index < class_count ? index : class_count - 1];
}

ExitClass class_of(trace::ExitKind kind)
{
    switch (kind) {
    case trace::ExitKind::port_in:
    case trace::ExitKind::port_out:
        return ExitClass::port;
    case trace::ExitKind::mmio_read:
    case trace::ExitKind::mmio_write:
        return ExitClass::mmio;
    case trace::ExitKind::halt:
    case trace::ExitKind::budget_spent:
        return ExitClass::halt;
    case trace::ExitKind::interrupt_window:
        return ExitClass::interrupt;
    case trace::ExitKind::msr_read:
    case trace::ExitKind::msr_write:
        return ExitClass::control;
    case trace::ExitKind::triple_fault:
    case trace::ExitKind::entry_failed:
        return ExitClass::exception;
    case trace::ExitKind::debug:
    case trace::ExitKind::hypercall:
    case trace::ExitKind::unhandled:
        return ExitClass::other;
    }
    return ExitClass::other; // a number from a newer trace
}

} // namespace ringside::visualizer
