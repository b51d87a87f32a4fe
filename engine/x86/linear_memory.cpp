// An access is translated as a whole, page by page, before its first byte moves: that is what lets
// a fault in the second page leave the first one alone.
#include "engine/x86/linear_memory.hpp"

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/control_bits.hpp"

#include <algorithm>

namespace ringside::x86 {

namespace {

constexpr unsigned page_size = static_cast<unsigned>(memory::page_size);

unsigned left_in_page(std::uint64_t linear)
{
    return page_size - static_cast<unsigned>(linear % page_size);
}

tl::unexpected<Fault> fault_of(Walk const& walk)
{
    if (walk.problem == WalkProblem::non_canonical)
        return raise(vector::gp, 0);
    return tl::unexpected<Fault>(
        Fault{.vector = vector::pf, .error_code = walk.error_code, .cr2 = walk.gva.value});
}

} // namespace

// Outside long mode linear addresses have 32 bits. SDM Vol. 3A, "Address Translation in IA-32e
// Mode".
std::uint64_t LinearMemory::wrap(std::uint64_t linear) const
{
    return state_.long_mode_active() ? linear : truncate(linear, 4);
}

// SDM Vol. 3A, "Determination of Access Rights": implicit supervisor-mode accesses to user pages
// fail under SMAP regardless of EFLAGS.AC.
Paging LinearMemory::table_paging() const
{
    Paging paging = Paging::of(state_);
    paging.smap = (state_.cr4 & cr4::smap) != 0;
    return paging;
}

Outcome<LinearMemory::Pieces> LinearMemory::translate(Paging const& paging, std::uint64_t linear,
                                                      unsigned width, Access access,
                                                      Privilege privilege) const
{
    ASSERT(width >= 1 && width <= 8);
    std::array<Walk, 2> walks;
    Pieces pieces;
    std::size_t count = 0;
    for (unsigned done = 0; done < width; ++count) {
        std::uint64_t const start = wrap(linear + done);
        unsigned const size = std::min(width - done, left_in_page(start));
        walks[count] = walk(memory_, paging, Gva(start), access, privilege);
        if (!walks[count].ok())
            return fault_of(walks[count]);
        pieces[count] = {.gpa = walks[count].gpa, .size = size};
        done += size;
    }
    for (std::size_t index = 0; index < count; ++index)
        set_accessed_and_dirty(memory_, paging, walks[index]);
    return pieces;
}

std::uint64_t LinearMemory::load(Pieces const& pieces) const
{
    std::array<std::byte, 8> bytes{};
    std::size_t done = 0;
    for (Piece const& piece : pieces) {
        std::span const part = std::span(bytes).subspan(done, piece.size);
        if (!memory_.read(piece.gpa, part))
            std::ranges::fill(part, std::byte{0xff});
        done += piece.size;
    }
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < done; ++index)
        value |= std::to_integer<std::uint64_t>(bytes[index]) << (8 * index);
    return value;
}

void LinearMemory::store(Pieces const& pieces, std::uint64_t value)
{
    for (Piece const& piece : pieces) {
        std::array<std::byte, 8> bytes{};
        for (std::size_t index = 0; index < piece.size; ++index) {
            bytes[index] = static_cast<std::byte>(value);
            value >>= 8;
        }
        // Where no RAM takes it, the write is lost: see the head of the header.
        static_cast<void>(memory_.write(piece.gpa, std::span(bytes).first(piece.size)));
    }
}

Outcome<std::uint64_t> LinearMemory::read(std::uint64_t linear, unsigned width,
                                          Privilege privilege) const
{
    return load(GUEST_TRY(translate(Paging::of(state_), linear, width, Access::read, privilege)));
}

Outcome<void> LinearMemory::write(std::uint64_t linear, std::uint64_t value, unsigned width,
                                  Privilege privilege)
{
    store(GUEST_TRY(translate(Paging::of(state_), linear, width, Access::write, privilege)), value);
    return {};
}

Outcome<std::uint64_t> LinearMemory::read_table(std::uint64_t linear, unsigned width) const
{
    return load(
        GUEST_TRY(translate(table_paging(), linear, width, Access::read, Privilege::supervisor)));
}

Outcome<void> LinearMemory::write_table(std::uint64_t linear, std::uint64_t value, unsigned width)
{
    store(GUEST_TRY(translate(table_paging(), linear, width, Access::write, Privilege::supervisor)),
          value);
    return {};
}

std::uint64_t LinearMemory::read_physical(Gpa gpa, unsigned width) const
{
    return load({Piece{.gpa = gpa, .size = width}, Piece{}});
}

std::size_t LinearMemory::fetch(std::uint64_t linear, std::span<std::uint8_t> bytes,
                                Privilege privilege) const
{
    Paging const paging = Paging::of(state_);
    std::size_t done = 0;
    while (done < bytes.size()) {
        std::uint64_t const start = wrap(linear + done);
        std::size_t const size = std::min<std::size_t>(bytes.size() - done, left_in_page(start));
        Walk const step = walk(memory_, paging, Gva(start), Access::fetch, privilege);
        if (!step.ok() ||
            !memory_.read(step.gpa, std::as_writable_bytes(bytes).subspan(done, size)))
            break;
        done += size;
    }
    return done;
}

} // namespace ringside::x86
