// Reading x86 code backwards is guessing, so every guess is checked against what the exit carried,
// and what does not fit is not told.
#include "engine/backend/kvm/exiting_instruction.hpp"

#include "engine/backend/kvm/exit_matcher.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/linear_memory.hpp"

#include <algorithm>
#include <variant>

namespace ringside::kvm {

namespace {

using backend::ExitingInstruction;
using x86::CpuState;
using x86::Decoded;
namespace exit = backend::exit;

ExitingInstruction make_instruction(std::uint64_t linear_rip, std::span<std::uint8_t const> bytes)
{
    ExitingInstruction instruction{
        .linear_rip = linear_rip, .length = static_cast<std::uint8_t>(bytes.size()), .bytes = {}};
    std::copy(bytes.begin(), bytes.end(), instruction.bytes.begin());
    return instruction;
}

/// The visitor: where to look, for each kind of exit.
class Search {
public:
    Search(CpuState const& state, memory::GuestMemory const& memory,
           Surroundings const& surroundings)
        : state_(state), does_(state, memory), surroundings_(surroundings)
    {
    }

    Candidates operator()(exit::PortOut const& out) const
    {
        Candidates found = at_rip([&](Decoded const& decoded) { return does_(decoded, out); });
        found.behind = behind_rip(out);
        return found;
    }
    Candidates operator()(exit::MmioWrite const& write) const
    {
        // The store has been executed. What stands at RIP only looks like it, unless it repeats.
        Candidates found = at_rip([&](Decoded const& decoded) {
            return is_repeated_string(decoded) && does_(decoded, write);
        });
        found.behind = behind_rip(write);
        return found;
    }
    Candidates operator()(exit::Halt const& halt) const
    {
        Candidates found;
        found.behind = behind_rip(halt);
        return found;
    }
    Candidates operator()(exit::PortIn const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::MmioRead const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::MsrRead const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::MsrWrite const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::Hypercall const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::TripleFault const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::EntryFailed const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::Unhandled const&) const { return whatever_is_at_rip(); }
    Candidates operator()(exit::InterruptWindow const&) const { return {}; }
    Candidates operator()(exit::BudgetSpent const&) const { return {}; }
    Candidates operator()(exit::Debug const&) const { return {}; }

private:
    template <typename Test>
    Candidates at_rip(Test is_it) const
    {
        auto const decoded = x86::decode(surroundings_.at(), state_.code_size());
        if (!decoded || !is_it(*decoded))
            return {};
        return {.at = make_instruction(state_.linear_rip(),
                                       surroundings_.at().first(decoded->length())),
                .behind = {},
                .at_repeats = is_repeated_string(*decoded)};
    }

    Candidates whatever_is_at_rip() const
    {
        return at_rip([](Decoded const&) { return true; });
    }

    /// Shortest first: a byte before the instruction that happens to look like a prefix is not
    /// taken for one. Except a REP, when the count register says that one has just run out.
    template <typename Kind>
    ExitingInstruction behind_rip(Kind const& exit) const
    {
        std::span<std::uint8_t const> const bytes = surroundings_.behind();
        std::size_t found = 0;
        for (std::size_t length = 1; length <= bytes.size(); ++length) {
            if (found != 0 && length > found + 1)
                break;
            auto const decoded = x86::decode(bytes.last(length), state_.code_size());
            if (!decoded || decoded->length() != length || !does_(*decoded, exit))
                continue;
            bool const a_rep_ran_out =
                is_repeated_string(*decoded) && has_run_out(*decoded, state_);
            if (found == 0 || a_rep_ran_out)
                found = length;
        }
        if (found == 0)
            return {};
        return make_instruction(state_.linear_rip() - found, bytes.last(found));
    }

    CpuState const& state_;
    ExitMatcher does_;
    Surroundings const& surroundings_;
};

} // namespace

/// One fetch as a rule. When the page before RIP's is not mapped: only what lies in RIP's own page.
Surroundings Surroundings::of(CpuState const& state, memory::GuestMemory& memory)
{
    Surroundings around;
    x86::LinearMemory const linear(memory, state);
    x86::Privilege const privilege = privilege_of(state);
    std::uint64_t const rip = state.linear_rip();
    for (std::uint64_t const wanted : {rip, rip % memory::page_size}) {
        auto const before = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, longest));
        std::span const target =
            std::span(around.bytes_).subspan(longest - before, before + longest);
        std::size_t const count = linear.fetch(rip - before, target, privilege);
        if (count >= before) {
            around.behind_ = static_cast<std::uint8_t>(before);
            around.at_ = static_cast<std::uint8_t>(count - before);
            return around;
        }
    }
    return around;
}

// Two kinds of findings depend on more than the bytes, and are not kept: one of two candidates, and
// a REP, whose place depends on its count.
Candidates InstructionFinder::find(CpuState const& state, backend::Exit const& exit)
{
    Surroundings const surroundings = Surroundings::of(state, memory_);
    std::uint64_t const rip = state.linear_rip();
    Memo& memo = memos_[rip % memos_.size()];
    bool const remembered = memo.linear_rip == rip && memo.kind == exit.index() &&
                            memo.code_size == state.code_size() &&
                            memo.surroundings == surroundings;
    if (remembered)
        return memo.found;
    Candidates const found = std::visit(Search(state, memory_, surroundings), exit);
    if (found.found_at() != found.found_behind() && !found.at_repeats)
        memo = {rip, exit.index(), state.code_size(), surroundings, found};
    return found;
}

ExitingInstruction InstructionFinder::at_rip(CpuState const& state)
{
    Surroundings const surroundings = Surroundings::of(state, memory_);
    auto const decoded = x86::decode(surroundings.at(), state.code_size());
    std::size_t const length = decoded ? decoded->length() : 0;
    return make_instruction(state.linear_rip(), surroundings.at().first(length));
}

bool is_finished_repeat(CpuState const& state, ExitingInstruction const& instruction)
{
    if (instruction.length == 0 || state.linear_rip() != instruction.linear_rip)
        return false;
    auto const decoded =
        x86::decode(std::span(instruction.bytes).first(instruction.length), state.code_size());
    return decoded && is_repeated_string(*decoded) && has_run_out(*decoded, state);
}

} // namespace ringside::kvm
