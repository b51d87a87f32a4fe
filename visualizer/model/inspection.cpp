#include "visualizer/model/inspection.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "visualizer/model/cpu_view.hpp"
#include "visualizer/model/disassembly.hpp"
#include "visualizer/model/event_steps.hpp"
#include "visualizer/model/format.hpp"
#include "visualizer/model/kind_text.hpp"
#include "visualizer/model/row_text.hpp"
#include "visualizer/model/sentence.hpp"

namespace ringside::visualizer {

namespace {

std::string access_text(Moment const& moment)
{
    if (moment.width == 0)
        return {};
    std::string const place = is_port(moment.kind)   ? "port "
                              : is_mmio(moment.kind) ? "gpa "
                                                     : "MSR ";
    std::string text = fmt::format("{}{}, {} byte{}", place, hex(moment.address), moment.width,
                                   moment.width == 1 ? "" : "s");
    return is_read(moment.kind) ? text : text + ", data " + value_text(moment);
}

// What the CPU did: the instruction, and why it could not go on alone.
void tell_the_cpu(TraceModel const& model, Moment const& moment, std::vector<Step>& steps)
{
    bool const on_kvm = model.catalogue().on_kvm();
    auto const instruction = model.catalogue().instruction_at(moment.rip, moment.last);
    if (instruction && moment.rip != 0)
        steps.push_back(
            {Actor::cpu, Evidence::derived, disassemble(*instruction),
             fmt::format("at {}, bytes {}", place_text(model, moment), byte_text(*instruction)),
             moment.first, "SDM Vol. 2, \"Instruction Set Reference\""});

    KindText const& text = text_of(moment.kind);
    if (!on_kvm) {
        steps.push_back({Actor::cpu, Evidence::emulated, "Stops",
                         fmt::format("The software CPU {}.", text.software_stop), moment.first,
                         text.manual});
        return;
    }
    steps.push_back(
        {Actor::cpu, Evidence::not_visible, "VM exit",
         fmt::format("Intel's reason would be {}; KVM keeps it to itself.", text.vmx_reason),
         moment.first, text.manual});
    std::string const fields = access_text(moment);
    steps.push_back({Actor::kernel, Evidence::observed, "KVM_RUN returns",
                     fmt::format("{}{}{}.", text.kvm_report, fields.empty() ? "" : ": ", fields),
                     moment.first, "KVM API, \"KVM_RUN\""});
}

// What our trap layer did with it, and how the guest goes on.
void tell_the_end(TraceModel const& model, Moment const& moment, trace::ExitEnd const& end,
                  std::vector<Step>& steps)
{
    bool const on_kvm = model.catalogue().on_kvm();
    std::string const place = model.catalogue().symbol_at(end.next_rip);
    std::string const next =
        place.empty() ? hex(end.next_rip) : fmt::format("{} ({})", place, hex(end.next_rip));
    std::string title;
    std::string detail;
    switch (end.verdict) {
    case trace::VerdictKind::resume:
        title = "Verdict: resume";
        detail = "Nothing to hand back; the guest goes on.";
        break;
    case trace::VerdictKind::answer:
        title = "Verdict: answer " + hex(end.answer);
        detail = "The value goes into the guest's register.";
        break;
    case trace::VerdictKind::park:
        title = "Verdict: park";
        detail = "The vCPU sleeps until an interrupt wakes it.";
        break;
    case trace::VerdictKind::fault:
        title = "Verdict: fault";
        detail = "The guest gets an exception instead of an answer.";
        break;
    case trace::VerdictKind::stop:
        title = "Verdict: stop";
        detail = "The run loop ends here.";
        break;
    }
    steps.push_back({Actor::vmm, Evidence::observed, title, detail, moment.last, ""});
    if (end.verdict == trace::VerdictKind::stop || end.next_rip == 0)
        return;
    steps.push_back({on_kvm ? Actor::kernel : Actor::cpu,
                     on_kvm ? Evidence::derived : Evidence::emulated,
                     on_kvm ? "KVM_RUN again" : "Goes on", "The guest continues at " + next + ".",
                     moment.last, ""});
}

void tell_the_exit(TraceModel const& model, Moment const& moment, std::vector<Step>& steps)
{
    tell_the_cpu(model, moment, steps);
    steps.push_back(
        {Actor::vmm, Evidence::observed, fmt::format("Traps: {}", text_of(moment.kind).trap),
         "The trap layer's function for this exit decides who answers.", moment.first, ""});
}

void tell_the_records(TraceModel const& model, Moment const& moment, RecordIndex from,
                      RecordIndex to, std::vector<Step>& steps)
{
    for (RecordIndex index = from; index <= to; ++index) {
        if (steps.size() >= longest_inspection) {
            steps.push_back({Actor::vmm, Evidence::observed, "and more",
                             fmt::format("{} further records in this exit.", to - index + 1), index,
                             ""});
            return;
        }
        if (model.records().head(index).vcpu != moment.vcpu)
            continue;
        if (auto step = step_of(model, moment, index))
            steps.push_back(std::move(*step));
    }
}

} // namespace

Inspection inspect(TraceModel const& model, MomentIndex index)
{
    Moment const& moment = model.moments()[index];
    Inspection result;
    result.sentence = sentence(model, moment);
    result.actors = {Actor::cpu, Actor::kernel, Actor::vmm, Actor::device};
    if (!model.catalogue().on_kvm())
        std::erase(result.actors, Actor::kernel);

    if (moment.first > moment.preface)
        tell_the_records(model, moment, moment.preface, moment.first - 1, result.steps);
    if (!moment.is_exit()) {
        tell_the_records(model, moment, moment.first, moment.first, result.steps);
        return result;
    }
    tell_the_exit(model, moment, result.steps);
    if (moment.last > moment.first)
        tell_the_records(model, moment, moment.first + 1, moment.last, result.steps);
    if (auto const end = model.records().get<trace::ExitEnd>(moment.last))
        tell_the_end(model, moment, *end, result.steps);
    return result;
}

std::string_view actor_title(Actor actor, bool on_kvm)
{
    switch (actor) {
    case Actor::cpu:
        return on_kvm ? "Hardware" : "Software CPU";
    case Actor::kernel:
        return "Kernel (KVM)";
    case Actor::vmm:
        return "Our VMM";
    case Actor::device:
        return "Device";
    }
    return "";
}

char letter_of(Evidence evidence)
{
    switch (evidence) {
    case Evidence::observed:
        return 'O';
    case Evidence::derived:
        return 'D';
    case Evidence::emulated:
        return 'E';
    case Evidence::not_visible:
        return 'N';
    }
    return '?';
}

std::string_view meaning_of(Evidence evidence)
{
    switch (evidence) {
    case Evidence::observed:
        return "Observed: a field of kvm_run, or a result of our own code.";
    case Evidence::derived:
        return "Derived: decoded or concluded from what was observed.";
    case Evidence::emulated:
        return "Emulated: our own model of a device or CPU did it.";
    case Evidence::not_visible:
        return "Not visible: user space cannot see it; told so that nothing is missing.";
    }
    return "";
}

} // namespace ringside::visualizer
