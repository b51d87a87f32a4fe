#include "engine/stream/parity.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <set>

#include "engine/stream/export_text.hpp"

namespace ringside::stream {

namespace {

constexpr auto differences = std::to_array<KnownDifference>({
    {"software-vmm events", "Emulated, Delivered and observed page walks appear on Unicorn only",
     "they tell what the Unicorn backend did itself; on KVM the hardware or the kernel does it out "
     "of "
     "our sight"},
    {"backend name", "MachineCreated says which backend ran", "that is the point of comparing"},
    {"sequence numbers", "ExitEnd.began and the order numbers differ",
     "the Unicorn stream has more records; the order of the common ones is compared"},
    {"exiting instruction", "ExitBegin.rip and Instruction may be missing on one side",
     "KVM reports OUT and stores behind the instruction; where it cannot be found again, it says "
     "so"},
    {"CPUID leaves 1 and 7",
     "on some hosts KVM answers the feature words of these leaves itself, whatever it was told",
     "the emulating KVM of such a host copies the host's features; no shipped guest asks for them"},
    {"1 GiB pages", "some hosts' KVM does not translate them; Unicorn does",
     "the host's KVM lacks the feature; no shipped guest uses them"},
    {"CMPXCHG of 32 bits in 64-bit code",
     "after a successful one, bits 32 to 63 of RAX are 0 on Unicorn and unchanged on KVM",
     "the Unicorn library writes the accumulator back even when the comparison succeeds; the CPU "
     "does "
     "not (SDM Vol. 2A, CMPXCHG, Operation). No shipped guest uses it"},
    {"RFLAGS.RF and RFLAGS.AF", "these two bits of RFLAGS are not compared",
     "RF only suspends code breakpoints, and KVM's emulator leaves it set at other moments than a "
     "CPU does; AF is undefined after AND, OR, XOR, TEST and shifts (SDM Vol. 1, EFLAGS "
     "Cross-Reference)"},
});

/// One record, reduced to what must be equal.
struct Comparable {
    trace::Event event;
    std::uint64_t time = 0;
    std::size_t index = 0; ///< in the records it came from
};

struct Normalise {
    bool operator()(trace::MachineCreated& event) const
    {
        event.backend = trace::BackendKind::scripted;
        return true;
    }
    bool operator()(trace::ExitEnd& event) const
    {
        event.began = 0;
        return true;
    }
    bool operator()(trace::PageWalk& event) const
    {
        return event.origin != trace::WalkOrigin::observed;
    }
    bool operator()(trace::Instruction&) const { return false; } // compared by same_code()
    template <typename E>
    bool operator()(E&) const
    {
        return E::category != trace::Category::software_vmm;
    }
};

/// Takes RF and AF out of RFLAGS. A change of nothing but these bits is no change.
class FlagFilter {
public:
    /// False when nothing is left of the event.
    bool keep(trace::Event& event)
    {
        if (auto* const keyframe = std::get_if<trace::Keyframe>(&event))
            last_ = clean(keyframe->values.items[rflags]);
        auto* const changed = std::get_if<trace::RegistersChanged>(&event);
        if (changed == nullptr || ((changed->mask >> rflags) & 1U) == 0)
            return true;
        std::uint64_t const now = clean(changed->values.items[place(*changed)]);
        if (now == last_)
            forget(*changed);
        last_ = now;
        return changed->mask != 0;
    }

private:
    static constexpr unsigned rflags = static_cast<unsigned>(trace::Register::rflags);

    static std::uint64_t clean(std::uint64_t& value)
    {
        constexpr std::uint64_t rf = 1ULL << 16, af = 1ULL << 4;
        return value &= ~(rf | af);
    }
    static std::size_t place(trace::RegistersChanged const& changed)
    {
        std::uint64_t const before = changed.mask & ((1ULL << rflags) - 1);
        return static_cast<std::size_t>(std::popcount(before));
    }
    static void forget(trace::RegistersChanged& changed)
    {
        auto const at = changed.values.items.begin() + static_cast<std::ptrdiff_t>(place(changed));
        std::copy(at + 1, changed.values.items.begin() + changed.values.count, at);
        --changed.values.count;
        changed.mask &= ~(1ULL << rflags);
    }

    std::uint64_t last_ = 0;
};

std::vector<Comparable> normalise(std::span<trace::Record const> records)
{
    FlagFilter flags;
    std::vector<Comparable> kept;
    for (std::size_t index = 0; index < records.size(); ++index) {
        Comparable candidate{records[index].event, records[index].time, index};
        if (std::visit(Normalise{}, candidate.event) && flags.keep(candidate.event))
            kept.push_back(candidate);
    }
    return kept;
}

/// An exit whose instruction one side does not know is compared without it.
void forget_unknown_instruction(trace::Event& left, trace::Event& right)
{
    auto* const begin_left = std::get_if<trace::ExitBegin>(&left);
    auto* const begin_right = std::get_if<trace::ExitBegin>(&right);
    if (begin_left == nullptr || begin_right == nullptr)
        return;
    if (begin_left->length != 0 && begin_right->length != 0)
        return;
    for (trace::ExitBegin* begin : {begin_left, begin_right}) {
        begin->rip = 0;
        begin->length = 0;
    }
}

bool same(Comparable left, Comparable right, ParityOptions options)
{
    forget_unknown_instruction(left.event, right.event);
    return left.event == right.event && (!options.compare_time || left.time == right.time);
}

std::string describe(std::span<trace::Record const> records, std::size_t index)
{
    return index < records.size() ? record_text(records[index]) : "(the stream ends)";
}

using Code = std::map<std::uint64_t, std::set<std::string>>;

Code code_of(std::span<trace::Record const> records)
{
    Code code;
    for (trace::Record const& record : records)
        if (auto const* instruction = std::get_if<trace::Instruction>(&record.event))
            code[instruction->rip].insert(event_text(record.event));
    return code;
}

/// The first address whose exiting instruction both streams know and tell differently.
std::string different_code(std::span<trace::Record const> left,
                           std::span<trace::Record const> right)
{
    Code const code_left = code_of(left);
    Code const code_right = code_of(right);
    for (auto const& [rip, told] : code_left) {
        auto const other = code_right.find(rip);
        if (other != code_right.end() && other->second != told)
            return *told.begin() + " against " + *other->second.begin();
    }
    return "";
}

} // namespace

std::span<KnownDifference const> known_differences()
{
    return differences;
}

std::optional<Divergence> first_divergence(std::span<trace::Record const> left,
                                           std::span<trace::Record const> right,
                                           ParityOptions options)
{
    std::vector<Comparable> const kept_left = normalise(left);
    std::vector<Comparable> const kept_right = normalise(right);
    std::size_t const longest = std::max(kept_left.size(), kept_right.size());
    for (std::size_t index = 0; index < longest; ++index) {
        bool const both = index < kept_left.size() && index < kept_right.size();
        if (both && same(kept_left[index], kept_right[index], options))
            continue;
        Divergence found;
        found.left = index < kept_left.size() ? kept_left[index].index : left.size();
        found.right = index < kept_right.size() ? kept_right[index].index : right.size();
        found.what =
            describe(left, found.left) + "\n    against\n  " + describe(right, found.right);
        return found;
    }
    std::string const code = different_code(left, right);
    if (!code.empty())
        return Divergence{left.size(), right.size(), code};
    return std::nullopt;
}

namespace {

/// What a preempted guest's run must have in common on both backends.
std::map<std::string, std::string> properties_of(std::span<trace::Record const> records)
{
    std::map<std::string, std::string> properties;
    std::string console;
    std::string markers;
    std::set<std::string> accessed;
    std::uint64_t injected = 0;
    std::uint64_t ended = 0;
    for (trace::Record const& record : records) {
        if (auto const* byte = std::get_if<trace::ConsoleByte>(&record.event)) {
            if (byte->direction == trace::Direction::write)
                console += static_cast<char>(byte->byte);
        } else if (auto const* marker = std::get_if<trace::Marker>(&record.event)) {
            markers += std::string(marker->text.text()) + "; ";
        } else if (auto const* access = std::get_if<trace::DeviceAccess>(&record.event)) {
            accessed.insert(std::to_string(access->device) + "+" + std::to_string(access->offset));
        } else if (auto const* stop = std::get_if<trace::MachineStopped>(&record.event)) {
            properties["how it ended"] = event_text(*stop);
        } else if (std::holds_alternative<trace::InterruptInjected>(record.event)) {
            ++injected;
        } else if (std::holds_alternative<trace::EndOfInterrupt>(record.event)) {
            ++ended;
        }
    }
    std::string registers;
    for (std::string const& name : accessed)
        registers += name + " ";
    properties["console text"] = console;
    properties["markers"] = markers;
    properties["device registers used"] = registers;
    properties["interrupts were injected"] = injected != 0 ? "yes" : "no";
    properties["every interrupt but the last was ended"] =
        injected == ended || injected == ended + 1 ? "yes" : "no";
    return properties;
}

} // namespace

std::vector<std::string> different_properties(std::span<trace::Record const> left,
                                              std::span<trace::Record const> right)
{
    std::map<std::string, std::string> const ours = properties_of(left);
    std::map<std::string, std::string> theirs = properties_of(right);
    std::vector<std::string> lines;
    for (auto const& [name, value] : ours)
        if (theirs[name] != value)
            lines.push_back(name + ": \"" + value + "\" against \"" + theirs[name] + "\"");
    return lines;
}

} // namespace ringside::stream
