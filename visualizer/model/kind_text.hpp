// What to say about each kind of exit: why the CPU left guest mode, who reported it and how, and
// which manual section has the rest. One table; the inspector, tooltips and sentences read it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/trace/names.hpp"

namespace ringside::visualizer {

struct KindText {
    std::string_view cause;         ///< "because every port access exits"
    std::string_view vmx_reason;    ///< what an Intel CPU's VMCS would say; we cannot read it
    std::string_view kvm_report;    ///< the field of kvm_run that told us
    std::string_view software_stop; ///< how the software CPU came to stop there
    std::string_view trap;          ///< the trap function that takes it
    std::string_view handling;      ///< what that does, as a short sentence
    std::string_view manual;        ///< where the manual explains it
};

KindText const& text_of(trace::ExitKind kind);

bool is_read(trace::ExitKind kind); ///< the guest waits for a value
bool is_port(trace::ExitKind kind);
bool is_mmio(trace::ExitKind kind);

/// "#PF page fault", "vector 0x20".
std::string vector_text(std::uint8_t vector);
/// "IF=0": why an interrupt cannot be delivered now, in as few words as possible.
std::string_view short_reason(trace::NotNow reason);
/// The same as the rest of a sentence: "the guest has interrupts off (RFLAGS.IF = 0)".
std::string_view long_reason(trace::NotNow reason);

} // namespace ringside::visualizer
