// The texts are written for a person who sees one line: what KVM said, in words. Reasons of other
// architectures and of features that this machine leaves off have no arm of their own.
#include "engine/backend/kvm/decode.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace ringside::kvm {

namespace {

using backend::Exit;
namespace exit = backend::exit;

std::string hex_bytes(std::span<std::uint8_t const> bytes)
{
    std::string text;
    for (std::uint8_t const byte : bytes) {
        char pair[4];
        std::snprintf(pair, sizeof pair, " %02x", byte);
        text += pair;
    }
    return text;
}

/// KVM's whole report: the union that every exit reason overlays.
std::vector<std::uint8_t> raw_report(kvm_run const& run)
{
    auto const* begin = reinterpret_cast<std::uint8_t const*>(run.padding);
    return {begin, begin + sizeof run.padding};
}

Exit unhandled(kvm_run const& run, std::string what)
{
    return exit::Unhandled{
        .reason = run.exit_reason, .what = std::move(what), .bytes = raw_report(run)};
}

Exit decode_port(RunPage const& page, std::uint32_t element)
{
    auto const& io = page.fields().io;
    if (io.direction == KVM_EXIT_IO_IN)
        return exit::PortIn{.port = io.port,
                            .width = io.size,
                            .element = static_cast<std::uint16_t>(element),
                            .elements = static_cast<std::uint16_t>(io.count)};
    return exit::PortOut{.port = io.port,
                         .width = io.size,
                         .value = static_cast<std::uint32_t>(load(page.port_element(element)))};
}

Exit decode_mmio(kvm_run const& run)
{
    auto const& mmio = run.mmio;
    auto const width = static_cast<std::uint8_t>(std::min<std::uint32_t>(mmio.len, 8));
    if (mmio.is_write == 0)
        return exit::MmioRead{.gpa = Gpa{mmio.phys_addr}, .width = width};
    return exit::MmioWrite{.gpa = Gpa{mmio.phys_addr},
                           .width = width,
                           .value = load(std::as_bytes(std::span(mmio.data, width)))};
}

Exit decode_hypercall(kvm_run const& run)
{
    exit::Hypercall call{.number = run.hypercall.nr, .arguments = {}};
    std::copy_n(std::begin(run.hypercall.args), call.arguments.size(), call.arguments.begin());
    return call;
}

Exit decode_failed_entry(kvm_run const& run)
{
    std::uint64_t const reason = run.fail_entry.hardware_entry_failure_reason;
    return exit::EntryFailed{.reason = reason,
                             .what = "the CPU refused the guest's state, hardware reason " +
                                     hex(reason) + " on host CPU " +
                                     std::to_string(run.fail_entry.cpu)};
}

// KVM API: "KVM_EXIT_INTERNAL_ERROR" and the comment at struct emulation_failure in <linux/kvm.h>.
// Older kernels report no instruction bytes.
Exit decode_internal_error(kvm_run const& run)
{
    if (run.internal.suberror != KVM_INTERNAL_ERROR_EMULATION)
        return unhandled(run, "KVM stopped with internal error " +
                                  std::to_string(run.internal.suberror));
    std::string what = "KVM cannot emulate this instruction";
    if (std::span<std::uint8_t const> const bytes = unemulated_instruction(run); !bytes.empty())
        what += ":" + hex_bytes(bytes);
    return unhandled(run, what);
}

// KVM API: "KVM_EXIT_SYSTEM_EVENT".
Exit decode_system_event(kvm_run const& run)
{
    auto const& event = run.system_event;
    std::string what = "KVM reports system event " + std::to_string(event.type) + ", data";
    for (std::uint32_t index = 0; index < std::min<std::uint32_t>(event.ndata, 16); ++index)
        what += " " + hex(event.data[index]);
    return unhandled(run, event.ndata == 0 ? what + " none" : what);
}

/// What a reason that needs no answer of ours is about, so that its number need not be looked up.
std::string_view subject_of(std::uint32_t reason)
{
    switch (reason) {
    case KVM_EXIT_EXCEPTION:
        return "an exception that it hands to the VMM";
    case KVM_EXIT_SET_TPR:
    case KVM_EXIT_TPR_ACCESS:
    case KVM_EXIT_IOAPIC_EOI:
        return "an interrupt controller that this machine does not have";
    case KVM_EXIT_NMI:
        return "a non-maskable interrupt of the host";
    case KVM_EXIT_WATCHDOG:
        return "a watchdog";
    case KVM_EXIT_HYPERV:
    case KVM_EXIT_XEN:
        return "a call to another hypervisor's interface";
    case KVM_EXIT_DIRTY_RING_FULL:
        return "a full dirty ring";
    case KVM_EXIT_AP_RESET_HOLD:
        return "a processor that waits to be started";
    case KVM_EXIT_X86_BUS_LOCK:
        return "a split lock";
    case KVM_EXIT_NOTIFY:
        return "a guest that takes no interrupts for too long";
    default:
        return "something this program does not know";
    }
}

} // namespace

std::string hex(std::uint64_t value)
{
    char text[19];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

std::span<std::uint8_t const> unemulated_instruction(kvm_run const& run)
{
    auto const& failure = run.emulation_failure;
    constexpr std::uint32_t words_with_bytes = 3; // flags, then sixteen bytes: size and instruction
    bool const has_bytes = run.exit_reason == KVM_EXIT_INTERNAL_ERROR &&
                           failure.suberror == KVM_INTERNAL_ERROR_EMULATION &&
                           failure.ndata >= words_with_bytes &&
                           (failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES);
    if (!has_bytes)
        return {};
    return {failure.insn_bytes, std::min<std::size_t>(failure.insn_size, 15)};
}

std::uint32_t elements_of(kvm_run const& run)
{
    return run.exit_reason == KVM_EXIT_IO ? run.io.count : 1;
}

Exit decode(RunPage const& page, std::uint32_t element)
{
    kvm_run const& run = page.fields();
    switch (run.exit_reason) {
    case KVM_EXIT_IO:
        return decode_port(page, element);
    case KVM_EXIT_MMIO:
        return decode_mmio(run);
    case KVM_EXIT_HLT:
        return exit::Halt{};
    case KVM_EXIT_IRQ_WINDOW_OPEN:
        return exit::InterruptWindow{};
    case KVM_EXIT_INTR:
        return exit::BudgetSpent{};
    case KVM_EXIT_DEBUG:
        return exit::Debug{.dr6 = run.debug.arch.dr6};
    case KVM_EXIT_X86_RDMSR:
        return exit::MsrRead{.index = run.msr.index};
    case KVM_EXIT_X86_WRMSR:
        return exit::MsrWrite{.index = run.msr.index, .value = run.msr.data};
    case KVM_EXIT_HYPERCALL:
        return decode_hypercall(run);
    case KVM_EXIT_SHUTDOWN:
        return exit::TripleFault{};
    case KVM_EXIT_FAIL_ENTRY:
        return decode_failed_entry(run);
    case KVM_EXIT_INTERNAL_ERROR:
        return decode_internal_error(run);
    case KVM_EXIT_SYSTEM_EVENT:
        return decode_system_event(run);
    case KVM_EXIT_UNKNOWN:
        return unhandled(run, "the CPU left the guest for a reason KVM does not know: " +
                                  hex(run.hw.hardware_exit_reason));
    default:
        return unhandled(run, "KVM stopped for reason " + std::to_string(run.exit_reason) + ": " +
                                  std::string(subject_of(run.exit_reason)));
    }
}

void store_answer(RunPage& page, std::uint32_t element, backend::Answer answer)
{
    kvm_run& run = page.fields();
    switch (run.exit_reason) {
    case KVM_EXIT_IO:
        if (run.io.direction == KVM_EXIT_IO_IN)
            store(page.port_element(element), answer.value);
        break;
    case KVM_EXIT_MMIO:
        if (run.mmio.is_write == 0)
            std::memcpy(run.mmio.data, &answer.value, sizeof run.mmio.data);
        break;
    case KVM_EXIT_X86_RDMSR:
        run.msr.data = answer.value;
        [[fallthrough]];
    case KVM_EXIT_X86_WRMSR:
        run.msr.error = answer.general_protection ? 1 : 0;
        break;
    case KVM_EXIT_HYPERCALL:
        run.hypercall.ret = answer.value;
        break;
    default:
        break;
    }
}

} // namespace ringside::kvm
