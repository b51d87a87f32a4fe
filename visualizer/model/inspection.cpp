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

std::string capitalised(std::string_view text)
{
    std::string result(text);
    if (!result.empty() && result[0] >= 'a' && result[0] <= 'z')
        result[0] = static_cast<char>(result[0] - 'a' + 'A');
    return result;
}

// "out 0x3f8, 1 byte: 0x48 'H'", as kvm_run has it.
std::string fields_text(Moment const& moment)
{
    if (moment.width == 0)
        return {};
    std::string text = fmt::format("{} {}, {} byte{}", short_kind(moment), hex(moment.address),
                                   moment.width, moment.width == 1 ? "" : "s");
    return is_read(moment.kind) ? text : text + ": " + value_text(moment);
}

// What the CPU did: the instruction, and why it could not go on alone.
void tell_the_cpu(TraceModel const& model, Moment const& moment, std::vector<Step>& steps)
{
    auto const instruction = model.catalogue().instruction_at(moment.rip, moment.last);
    if (instruction && moment.rip != 0)
        steps.push_back({Actor::cpu, Evidence::derived, disassemble(*instruction),
                         fmt::format("{}: {}", place_text(model, moment), byte_text(*instruction)),
                         moment.first, "Decoded from the bytes at RIP.",
                         "SDM Vol. 2, \"Instruction Set Reference\""});

    KindText const& text = text_of(moment.kind);
    if (!model.catalogue().on_kvm()) {
        steps.push_back({Actor::cpu, Evidence::emulated, "Stops",
                         fmt::format("{}.", capitalised(text.software_stop)), moment.first,
                         "The Unicorn backend runs the guest; our code finds what must not run "
                         "there.",
                         text.manual});
        return;
    }
    steps.push_back({Actor::cpu, Evidence::not_visible, "VM exit",
                     fmt::format("Intel: {}.", text.vmx_reason), moment.first,
                     "The CPU tells the reason in its VMCS, and KVM keeps that to itself: this is "
                     "what an Intel CPU would say.",
                     text.manual});
    std::string const fields = fields_text(moment);
    steps.push_back({Actor::kernel, Evidence::observed, "KVM_RUN returns",
                     fmt::format("{}{}{}.", text.kvm_report, fields.empty() ? "" : ": ", fields),
                     moment.first, "The fields of struct kvm_run, as the kernel filled them in.",
                     "KVM API, \"KVM_RUN\""});
}

struct VerdictText {
    std::string_view title;
    std::string_view detail;
};

VerdictText verdict_text(trace::VerdictKind verdict)
{
    switch (verdict) {
    case trace::VerdictKind::resume:
        return {"Verdict: resume", "Nothing to hand back."};
    case trace::VerdictKind::answer:
        return {"Verdict: answer", ""}; // with the value
    case trace::VerdictKind::park:
        return {"Verdict: park", "The vCPU sleeps until an interrupt."};
    case trace::VerdictKind::fault:
        return {"Verdict: fault", "The guest gets an exception."};
    case trace::VerdictKind::stop:
        return {"Verdict: stop", "The run loop ends."};
    }
    return {"Verdict", "Unknown to this viewer."};
}

// What our trap layer did with it, and how the guest goes on.
void tell_the_end(TraceModel const& model, Moment const& moment, trace::ExitEnd const& end,
                  std::vector<Step>& steps)
{
    auto const [title, detail] = verdict_text(end.verdict);
    std::string const told = end.verdict == trace::VerdictKind::answer
                                 ? fmt::format("The guest's register gets {}.", hex(end.answer))
                                 : std::string(detail);
    steps.push_back(
        {Actor::vmm, Evidence::observed, std::string(title), told, moment.last, {}, {}});
    if (end.verdict == trace::VerdictKind::stop || end.next_rip == 0)
        return;
    std::string const symbol = model.catalogue().symbol_at(end.next_rip);
    std::string const next = "Next: " + (symbol.empty() ? hex(end.next_rip) : symbol) + ".";
    if (model.catalogue().on_kvm())
        steps.push_back({Actor::kernel,
                         Evidence::derived,
                         "KVM_RUN again",
                         next,
                         moment.last,
                         "The instruction is finished, so RIP stands behind it; the next KVM_RUN "
                         "enters the guest there.",
                         {}});
    else
        steps.push_back({Actor::cpu, Evidence::emulated, "Goes on", next, moment.last, {}, {}});
}

void tell_the_exit(TraceModel const& model, Moment const& moment, std::vector<Step>& steps)
{
    tell_the_cpu(model, moment, steps);
    KindText const& text = text_of(moment.kind);
    steps.push_back({Actor::vmm,
                     Evidence::observed,
                     fmt::format("Traps: {}", text.trap),
                     fmt::format("{}.", text.handling),
                     moment.first,
                     "One small function of engine/trap for each kind of exit decides who answers.",
                     {}});
}

void tell_the_records(TraceModel const& model, Moment const& moment, RecordIndex from,
                      RecordIndex to, std::vector<Step>& steps)
{
    for (RecordIndex index = from; index <= to; ++index) {
        if (steps.size() >= longest_inspection) {
            steps.push_back({Actor::vmm,
                             Evidence::observed,
                             "and more",
                             fmt::format("{} further records in this exit.", to - index + 1),
                             index,
                             {},
                             {}});
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
