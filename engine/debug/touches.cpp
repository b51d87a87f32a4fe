#include "engine/debug/touches.hpp"

#include <algorithm>
#include <array>

#include "engine/debug/subject.hpp"
#include "engine/x86/decode.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::debug {

namespace {

constexpr std::uint64_t page_size = 4096;
using query::AddressSpace;

/// Bytes from `linear` on that one operand touches: all the iterations of a REP, which is one step.
struct Range {
    std::uint64_t linear = 0;
    std::uint64_t size = 0;
};

bool is_repeated(x86::Decoded const& decoded)
{
    constexpr ZydisInstructionAttributes repeats =
        ZYDIS_ATTRIB_HAS_REP | ZYDIS_ATTRIB_HAS_REPE | ZYDIS_ATTRIB_HAS_REPNE;
    return (decoded.instruction.attributes & repeats) != 0;
}

Range range_of(x86::Operand const& operand, x86::Decoded const& decoded,
               x86::CpuState const& registers)
{
    if (!is_repeated(decoded))
        return {operand.linear, operand.width};
    constexpr std::uint64_t most = 1ULL << 32; // no guest's memory is larger
    std::uint64_t const width_mask = decoded.instruction.address_width == 64
                                         ? ~0ULL
                                         : (1ULL << decoded.instruction.address_width) - 1;
    std::uint64_t const count = registers.gpr[x86::rcx] & width_mask;
    std::uint64_t const size = std::min(count, most / operand.width) * operand.width;
    bool const downwards = (registers.rflags & (1U << 10)) != 0; // DF
    return {downwards ? operand.linear + operand.width - size : operand.linear, size};
}

class Finder {
public:
    Finder(memory::GuestMemory const& memory, x86::CpuState const& registers)
        : memory_(memory),
          paging_(x86::Paging::of(registers)),
          privilege_(registers.cpl() == 3 ? x86::Privilege::user : x86::Privilege::supervisor)
    {
    }

    void add(Range range, control::Touch touch)
    {
        x86::Access const access =
            touch == control::Touch::read ? x86::Access::read : x86::Access::write;
        std::uint64_t done = 0;
        while (done < range.size) {
            std::uint64_t const here = range.linear + done;
            std::uint64_t const piece =
                std::min(page_size - (here & (page_size - 1)), range.size - done);
            x86::Walk const walk = x86::walk(memory_, paging_, Gva(here), access, privilege_);
            if (!walk.ok())
                return;
            found.push_back({touch, AddressSpace::guest_virtual, here, piece});
            found.push_back({touch, AddressSpace::guest_physical, walk.gpa.value, piece});
            done += piece;
        }
    }

    std::vector<control::Watch> found;

private:
    memory::GuestMemory const& memory_;
    x86::Paging paging_;
    x86::Privilege privilege_;
};

} // namespace

std::vector<control::Watch> touched_next(memory::GuestMemory const& memory,
                                         x86::CpuState const& registers)
{
    std::array<std::byte, 15> bytes{};
    std::size_t const length = read_virtual(memory, registers, Gva(registers.linear_rip()), bytes);
    auto const decoded =
        x86::decode(std::span(reinterpret_cast<std::uint8_t const*>(bytes.data()), length),
                    registers.code_size());
    if (!decoded)
        return {};
    Finder finder(memory, registers);
    for (x86::Operand const& operand : x86::memory_operands(*decoded, registers)) {
        Range const range = range_of(operand, *decoded, registers);
        if (operand.reads)
            finder.add(range, control::Touch::read);
        if (operand.writes)
            finder.add(range, control::Touch::write);
    }
    return std::move(finder.found);
}

} // namespace ringside::debug
