#include "engine/backend/kvm/exiting_instruction.hpp"

#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/linear_memory.hpp"
#include "engine/x86/paging.hpp"

#include <algorithm>
#include <span>
#include <variant>

namespace ringside::kvm {

namespace {

using backend::ExitingInstruction;
using x86::CpuState;
using x86::Decoded;
namespace exit = backend::exit;

constexpr std::size_t longest = 15; // SDM Vol. 2A, "Instruction Format"

x86::Privilege privilege_of(CpuState const& state)
{
    return state.cpl() == 3 ? x86::Privilege::user : x86::Privilege::supervisor;
}

/// The bytes on one side of RIP, as many as are mapped.
class Window {
public:
    static Window at(CpuState const& state, memory::GuestMemory& memory)
    {
        Window window;
        x86::LinearMemory const linear(memory, state);
        window.size_ = linear.fetch(state.linear_rip(), window.bytes_, privilege_of(state));
        return window;
    }

    /// The page before RIP's may be unmapped: then only what lies in RIP's own page.
    static Window behind(CpuState const& state, memory::GuestMemory& memory)
    {
        Window window;
        x86::LinearMemory const linear(memory, state);
        std::uint64_t const end = state.linear_rip();
        for (std::uint64_t const wanted : {end, end % memory::page_size}) {
            auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, longest));
            std::span const target = std::span(window.bytes_).first(size);
            window.size_ = linear.fetch(end - size, target, privilege_of(state));
            if (window.size_ == size)
                return window;
        }
        return Window();
    }

    std::span<std::uint8_t const> bytes() const { return std::span(bytes_).first(size_); }

private:
    std::array<std::uint8_t, longest> bytes_{};
    std::size_t size_ = 0;
};

bool repeats(Decoded const& decoded)
{
    return (decoded.instruction.attributes & (ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPNE)) != 0;
}

bool is_string(Decoded const& decoded)
{
    return decoded.instruction.meta.category == ZYDIS_CATEGORY_STRINGOP ||
           decoded.instruction.meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
}

/// The count register of a REP, in the width that the instruction uses of it.
bool has_run_out(Decoded const& decoded, CpuState const& state)
{
    return truncate(state.gpr[x86::rcx], decoded.instruction.address_width / 8U) == 0;
}

/// In the opcodes that have a byte form and a full-size form, the low bit tells them apart.
unsigned element_width(Decoded const& decoded)
{
    bool const full = (decoded.instruction.opcode & 1U) != 0;
    return full ? std::min(decoded.instruction.operand_width / 8U, 4U) : 1U;
}

/// The registers as they were before one iteration of `decoded`, as far as they decide addresses:
/// a string store has moved its pointers, a push the stack pointer.
CpuState before(Decoded const& decoded, CpuState state)
{
    auto const move = [&](x86::Gpr name, std::uint64_t by, unsigned address_bits) {
        std::uint64_t const moved = state.gpr[name] + by;
        std::uint64_t const kept = state.gpr[name] - truncate(state.gpr[name], address_bits / 8);
        state.gpr[name] = kept + truncate(moved, address_bits / 8);
    };
    ZydisDecodedInstruction const& instruction = decoded.instruction;
    if (is_string(decoded)) {
        bool const full = (instruction.opcode & 1U) != 0;
        std::uint64_t const width = full ? instruction.operand_width / 8U : 1U;
        bool const downwards = (state.rflags & x86::rflags::df) != 0;
        move(x86::rdi, downwards ? width : 0 - width, instruction.address_width);
        move(x86::rsi, downwards ? width : 0 - width, instruction.address_width);
    } else if (instruction.meta.category == ZYDIS_CATEGORY_PUSH) {
        move(x86::rsp, instruction.operand_width / 8U, instruction.stack_width);
    }
    return state;
}

/// Does an instruction do what the exit says? Asked with the registers the exit left.
class Matcher {
public:
    Matcher(CpuState const& state, memory::GuestMemory const& memory)
        : state_(state), memory_(memory)
    {
    }

    bool operator()(Decoded const& decoded, exit::PortOut const& out) const
    {
        constexpr std::uint8_t out_imm8 = 0xe6, out_dx = 0xee, outs = 0x6e; // SDM Vol. 2B, OUT
        ZydisDecodedInstruction const& instruction = decoded.instruction;
        if (instruction.opcode_map != ZYDIS_OPCODE_MAP_DEFAULT ||
            element_width(decoded) != out.width)
            return false;
        bool const value_fits = truncate(state_.gpr[x86::rax], out.width) == out.value;
        bool const dx_fits = truncate(state_.gpr[x86::rdx], 2) == out.port;
        switch (instruction.opcode & ~1U) {
        case out_imm8:
            return value_fits && decoded.operands[0].imm.value.u == out.port;
        case out_dx:
            return value_fits && dx_fits;
        case outs:
            return dx_fits;
        default:
            return false;
        }
    }

    bool operator()(Decoded const& decoded, exit::MmioWrite const& write) const
    {
        CpuState const earlier = before(decoded, state_);
        for (x86::Operand const& operand : x86::memory_operands(decoded, earlier))
            if (operand.writes && is_piece_of(operand, write))
                return stores_value(decoded, operand, write);
        return false;
    }

    bool operator()(Decoded const& decoded, exit::Halt const&) const
    {
        return decoded.instruction.mnemonic == ZYDIS_MNEMONIC_HLT;
    }

private:
    /// KVM hands out an access in pieces that cross no page and are at most 8 bytes long. Is the
    /// exit one of those of this operand?
    bool is_piece_of(x86::Operand const& operand, exit::MmioWrite const& write) const
    {
        x86::Paging const paging = x86::Paging::of(state_);
        constexpr std::uint64_t largest = 8;
        for (std::uint64_t done = 0; done < operand.width;) {
            std::uint64_t const linear = operand.linear + done;
            std::uint64_t const left_in_page = memory::page_size - linear % memory::page_size;
            std::uint64_t const size = std::min({operand.width - done, left_in_page, largest});
            x86::Walk const walk =
                x86::walk(memory_, paging, Gva(linear), x86::Access::write, privilege_of(state_));
            if (walk.ok() && walk.gpa == write.gpa && size == write.width)
                return true;
            done += size;
        }
        return false;
    }

    /// A plain MOV says what it stores; that tells `mov [rdi], al` from `mov [rdi], r8b`.
    bool stores_value(Decoded const& decoded, x86::Operand const& operand,
                      exit::MmioWrite const& write) const
    {
        if (decoded.instruction.mnemonic != ZYDIS_MNEMONIC_MOV || operand.width != write.width)
            return true;
        ZydisDecodedOperand const& source = decoded.operands[1];
        std::uint64_t value = write.value;
        if (source.type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
            value = source.imm.value.u;
        else if (source.type == ZYDIS_OPERAND_TYPE_REGISTER && is_general(source.reg.value))
            value = x86::read_register(state_, source.reg.value);
        return truncate(value, write.width) == write.value;
    }

    static bool is_general(ZydisRegister name)
    {
        return name >= ZYDIS_REGISTER_AL && name <= ZYDIS_REGISTER_R15;
    }

    CpuState const& state_;
    memory::GuestMemory const& memory_;
};

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
    Search(CpuState const& state, memory::GuestMemory& memory) : state_(state), memory_(memory) {}

    Candidates operator()(exit::PortOut const& out) const
    {
        Candidates found = at_rip(out);
        found.behind = behind_rip(out);
        return found;
    }
    Candidates operator()(exit::MmioWrite const& write) const
    {
        Candidates found = at_rip(write);
        if (!found.at_repeats)
            found.at = {}; // a store has been executed: what stands at RIP only looks like it
        found.behind = behind_rip(write);
        return found;
    }
    Candidates operator()(exit::Halt const& halt) const
    {
        return {.at = {}, .behind = behind_rip(halt)};
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
    Candidates whatever_is_at_rip() const
    {
        Window const window = Window::at(state_, memory_);
        auto const decoded = x86::decode(window.bytes(), state_.code_size());
        return decoded ? found_at(window, *decoded) : Candidates{};
    }

    Candidates found_at(Window const& window, Decoded const& decoded) const
    {
        return {.at = make_instruction(state_.linear_rip(), window.bytes().first(decoded.length())),
                .behind = {},
                .at_repeats = is_string(decoded) && repeats(decoded)};
    }

    template <typename Kind>
    Candidates at_rip(Kind const& exit) const
    {
        Window const window = Window::at(state_, memory_);
        auto const decoded = x86::decode(window.bytes(), state_.code_size());
        if (!decoded || !Matcher(state_, memory_)(*decoded, exit))
            return {};
        return {.at =
                    make_instruction(state_.linear_rip(), window.bytes().first(decoded->length())),
                .behind = {},
                .at_repeats = is_string(*decoded) && repeats(*decoded)};
    }

    /// Shortest first: a byte before the instruction that happens to look like a prefix is not
    /// taken for one. Except a REP, when the count register says that one has just run out.
    template <typename Kind>
    ExitingInstruction behind_rip(Kind const& exit) const
    {
        Window const window = Window::behind(state_, memory_);
        std::size_t const available = window.bytes().size();
        std::size_t found = 0;
        for (std::size_t length = 1; length <= available; ++length) {
            if (found != 0 && length > found + 1)
                break;
            auto const decoded = x86::decode(window.bytes().last(length), state_.code_size());
            if (!decoded || decoded->length() != length ||
                !Matcher(state_, memory_)(*decoded, exit))
                continue;
            bool const a_rep_ran_out =
                is_string(*decoded) && repeats(*decoded) && has_run_out(*decoded, state_);
            if (found == 0 || a_rep_ran_out)
                found = length;
        }
        if (found == 0)
            return {};
        return make_instruction(state_.linear_rip() - found, window.bytes().last(found));
    }

    CpuState const& state_;
    memory::GuestMemory& memory_;
};

} // namespace

ExitingInstruction instruction_at_rip(CpuState const& state, memory::GuestMemory& memory)
{
    Window const window = Window::at(state, memory);
    auto const decoded = x86::decode(window.bytes(), state.code_size());
    std::size_t const length = decoded ? decoded->length() : 0;
    return make_instruction(state.linear_rip(), window.bytes().first(length));
}

Candidates find_instruction(CpuState const& state, memory::GuestMemory& memory,
                            backend::Exit const& exit)
{
    return std::visit(Search(state, memory), exit);
}

bool is_finished_repeat(CpuState const& state, ExitingInstruction const& instruction)
{
    if (instruction.length == 0 || state.linear_rip() != instruction.linear_rip)
        return false;
    auto const decoded =
        x86::decode(std::span(instruction.bytes).first(instruction.length), state.code_size());
    return decoded && is_string(*decoded) && repeats(*decoded) && has_run_out(*decoded, state);
}

} // namespace ringside::kvm
