// Random tables and addresses, walked by the engine and by a second model written for this test
// alone: plain if-chains per mode, from the manual's format tables, sharing nothing with the
// engine.
#include "engine/x86/paging.hpp"

#include "tests/x86/page_tables.hpp"

#include <cstddef>
#include <random>
#include <vector>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

/// What the second model says: a physical address, or an error code, or "no #PF at all".
struct Verdict {
    bool translated = false;
    bool canonical = true;
    std::uint64_t gpa = 0;
    unsigned error = 0;
};

class SecondModel {
public:
    SecondModel(memory::GuestMemory const& memory, Paging const& paging, std::uint64_t gva,
                Access access, Privilege privilege)
        : memory_(memory),
          paging_(paging),
          gva_(gva),
          access_(access),
          by_user_(privilege == Privilege::user)
    {
    }

    Verdict run()
    {
        switch (paging_.mode) {
        case PagingMode::none:
            return {.translated = true, .gpa = gva_ & 0xffffffff};
        case PagingMode::bits32:
            return bits32();
        case PagingMode::pae:
            return pae();
        case PagingMode::level4:
            return level4();
        }
        return {};
    }

private:
    Verdict bits32()
    {
        gva_ &= 0xffffffff;
        std::uint64_t pde = 0;
        if (!load((paging_.cr3 & 0xfffff000) + (gva_ >> 22) * 4, 4, pde))
            return fault(0);
        gather(pde);
        if (paging_.page_size_extensions && (pde & 0x80) != 0) {
            if ((pde & 0x200000) != 0) // M = 40: bit 21 alone is reserved
                return fault(9);
            std::uint64_t const high = (pde >> 13 & 0xff) << 32;
            return judge(high | (pde & 0xffc00000) | (gva_ & 0x3fffff));
        }
        std::uint64_t pte = 0;
        if (!load((pde & 0xfffff000) + (gva_ >> 12 & 0x3ff) * 4, 4, pte))
            return fault(0);
        gather(pte);
        return judge((pte & 0xfffff000) | (gva_ & 0xfff));
    }

    Verdict pae()
    {
        gva_ &= 0xffffffff;
        std::uint64_t pdpte = 0;
        if (!load((paging_.cr3 & 0xffffffe0) + (gva_ >> 30) * 8, 8, pdpte))
            return fault(0);
        if ((pdpte & 0xffffff00000001e6) != 0)
            return fault(9);
        return directory(pdpte, 0x7fffff0000000000);
    }

    Verdict level4()
    {
        std::uint64_t const upper = gva_ >> 47;
        if (upper != 0 && upper != 0x1ffff)
            return {.canonical = false};
        constexpr std::uint64_t too_high = 0x000fff0000000000;
        std::uint64_t pml4e = 0;
        if (!load((paging_.cr3 & 0xfffffff000) + (gva_ >> 39 & 0x1ff) * 8, 8, pml4e))
            return fault(0);
        if ((pml4e & too_high) != 0 || (pml4e & 0x80) != 0 || early_xd(pml4e))
            return fault(9);
        gather(pml4e);
        std::uint64_t pdpte = 0;
        if (!load((pml4e & 0xfffffff000) + (gva_ >> 30 & 0x1ff) * 8, 8, pdpte))
            return fault(0);
        if ((pdpte & too_high) != 0 || early_xd(pdpte))
            return fault(9);
        gather(pdpte);
        if ((pdpte & 0x80) != 0) {
            if ((pdpte & 0x3fffe000) != 0)
                return fault(9);
            return judge((pdpte & 0xffc0000000) | (gva_ & 0x3fffffff));
        }
        return directory(pdpte, too_high);
    }

    /// Page directory and page table, alike in PAE and 4-level paging but for their high bits.
    Verdict directory(std::uint64_t pdpte, std::uint64_t too_high)
    {
        std::uint64_t pde = 0;
        if (!load((pdpte & 0xfffffff000) + (gva_ >> 21 & 0x1ff) * 8, 8, pde))
            return fault(0);
        if ((pde & too_high) != 0 || early_xd(pde))
            return fault(9);
        gather(pde);
        if ((pde & 0x80) != 0) {
            if ((pde & 0x1fe000) != 0)
                return fault(9);
            return judge((pde & 0xffffe00000) | (gva_ & 0x1fffff));
        }
        std::uint64_t pte = 0;
        if (!load((pde & 0xfffffff000) + (gva_ >> 12 & 0x1ff) * 8, 8, pte))
            return fault(0);
        if ((pte & too_high) != 0 || early_xd(pte))
            return fault(9);
        gather(pte);
        return judge((pte & 0xfffffff000) | (gva_ & 0xfff));
    }

    /// False when the entry is missing: not in memory, or not present.
    bool load(std::uint64_t address, unsigned width, std::uint64_t& entry)
    {
        auto const value = memory_.read_integer(Gpa(address), width);
        entry = value.value_or(0);
        return (entry & 1) != 0;
    }

    bool early_xd(std::uint64_t entry) const
    {
        return !paging_.no_execute && (entry & execute_disable) != 0;
    }

    void gather(std::uint64_t entry)
    {
        read_only_ = read_only_ || (entry & 2) == 0;
        for_supervisor_ = for_supervisor_ || (entry & 4) == 0;
        no_fetch_ = no_fetch_ || (entry & execute_disable) != 0;
    }

    Verdict judge(std::uint64_t gpa)
    {
        bool const for_user = !for_supervisor_;
        bool denied = false;
        if (by_user_ && for_supervisor_)
            denied = true;
        if (access_ == Access::write && read_only_ && (by_user_ || paging_.write_protect))
            denied = true;
        if (access_ == Access::fetch && no_fetch_)
            denied = true;
        if (access_ == Access::fetch && paging_.smep && !by_user_ && for_user)
            denied = true;
        if (access_ != Access::fetch && paging_.smap && !by_user_ && for_user)
            denied = true;
        return denied ? fault(1) : Verdict{.translated = true, .gpa = gpa};
    }

    Verdict fault(unsigned code) const
    {
        bool const tells_fetches =
            paging_.smep || (paging_.no_execute && paging_.mode != PagingMode::bits32);
        code |= access_ == Access::write ? 2U : 0U;
        code |= by_user_ ? 4U : 0U;
        code |= access_ == Access::fetch && tells_fetches ? 16U : 0U;
        return {.error = code};
    }

    memory::GuestMemory const& memory_;
    Paging paging_;
    std::uint64_t gva_;
    Access access_;
    bool by_user_;
    bool read_only_ = false;
    bool for_supervisor_ = false;
    bool no_fetch_ = false;
};

class RandomTables {
public:
    explicit RandomTables(unsigned seed) : random_(seed) {}

    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    bool one_in(unsigned chances) { return below(chances) == 0; }

    /// Eight pages of entries that mostly point at one another, so that walks go deep; a few have
    /// reserved bits, point outside memory or are not present.
    void fill(memory::GuestMemory& memory, PagingMode mode)
    {
        unsigned const width = mode == PagingMode::bits32 ? 4 : 8;
        for (std::uint64_t address = 0x1000; address < 0x9000; address += width)
            put(memory, address, entry(mode), width);
    }

    Paging paging(PagingMode mode)
    {
        Paging paging = strict(mode);
        paging.cr3 = 0x1000 + 0x1000 * below(8);
        paging.write_protect = !one_in(3);
        paging.page_size_extensions = !one_in(4);
        paging.no_execute = !one_in(4);
        paging.smep = one_in(3);
        paging.smap = one_in(3);
        return paging;
    }

    std::uint64_t address(PagingMode mode)
    {
        std::uint64_t const any = random_();
        if (mode != PagingMode::level4 || one_in(10))
            return any;
        bool const upper_half = one_in(2);
        return upper_half ? any | 0xffff8000'00000000 : any & 0x00007fff'ffffffff;
    }

private:
    std::uint64_t entry(PagingMode mode)
    {
        bool const wide = mode != PagingMode::bits32;
        std::uint64_t value = (0x1000 + 0x1000 * below(8)) | present;
        value |= one_in(5) ? 0 : writable;
        value |= one_in(5) ? 0 : user;
        if (mode == PagingMode::pae && !one_in(4))
            value &= ~(writable | user); // or nearly no PDPTE would be free of reserved bits
        value |= one_in(6) ? large : 0;
        value |= random_() & 0xe00; // free for software
        if ((value & large) != 0)
            value = (value & 0xfff) | (random_() & (wide ? 0xff'c000'0000 : 0xffc00000));
        if ((value & large) != 0 && one_in(3))
            value |= random_() & 0x3ff000;
        if (wide && one_in(8))
            value |= execute_disable;
        if (wide && one_in(20))
            value |= 1ULL << (40 + below(23));
        if (one_in(20))
            value |= 0x80000000; // outside memory
        if (one_in(20))
            value &= ~present;
        return value;
    }

    std::mt19937_64 random_;
};

} // namespace

TEST_CASE("the walk agrees with a second model on thousands of random tables and addresses")
{
    PagingMode const mode =
        GENERATE(PagingMode::none, PagingMode::bits32, PagingMode::pae, PagingMode::level4);
    RandomTables random(20240229U + static_cast<unsigned>(mode));
    memory::GuestMemory memory = small_memory();
    unsigned translated = 0, refused = 0;
    for (unsigned round = 0; round < 20; ++round) {
        random.fill(memory, mode);
        memory.clear_dirty();
        for (unsigned attempt = 0; attempt < 200; ++attempt) {
            Paging const paging = random.paging(mode);
            Gva const gva(random.address(mode));
            auto const access = static_cast<Access>(random.below(3));
            auto const privilege = static_cast<Privilege>(random.below(2));
            Walk const made = walk(memory, paging, gva, access, privilege);
            Verdict const wanted = SecondModel(memory, paging, gva.value, access, privilege).run();

            INFO("round " << round << " attempt " << attempt << " gva " << gva.value);
            REQUIRE(made.ok() == wanted.translated);
            REQUIRE(made.gpa.value == wanted.gpa);
            REQUIRE(made.error_code == wanted.error);
            REQUIRE((made.problem != WalkProblem::non_canonical) == wanted.canonical);
            ++(made.ok() ? translated : refused);
        }
        REQUIRE(memory.dirty_pages().empty()); // a walk never writes
    }
    // The tables are random, but not so poor that only one kind of outcome is tested.
    CHECK(translated > 400);
    CHECK((mode == PagingMode::none || refused > 400));
}

TEST_CASE("accessed and dirty bits appear in the entries of the walk, and nothing else changes")
{
    PagingMode const mode = GENERATE(PagingMode::bits32, PagingMode::pae, PagingMode::level4);
    RandomTables random(7U + static_cast<unsigned>(mode));
    memory::GuestMemory memory = small_memory();
    unsigned checked = 0;
    for (unsigned attempt = 0; attempt < 400; ++attempt) {
        if (attempt % 40 == 0)
            random.fill(memory, mode);
        Paging const paging = random.paging(mode);
        auto const access = static_cast<Access>(random.below(3));
        Walk made = walk(memory, paging, Gva(random.address(mode)), access, Privilege::supervisor);
        if (!made.ok())
            continue;

        std::vector<std::byte> expected(0x9000);
        REQUIRE(memory.read(Gpa(0), expected));
        for (Entry const& entry : made.steps()) {
            if (mode == PagingMode::pae && entry.level == 3)
                continue;
            bool const leaf = &entry == &made.steps().back();
            std::uint64_t const mark = accessed | (leaf && access == Access::write ? dirty : 0);
            expected[entry.address.value] |= static_cast<std::byte>(mark);
        }
        set_accessed_and_dirty(memory, paging, made);
        std::vector<std::byte> real(0x9000);
        REQUIRE(memory.read(Gpa(0), real));
        REQUIRE(real == expected);
        ++checked;
    }
    CHECK(checked > 50);
}
