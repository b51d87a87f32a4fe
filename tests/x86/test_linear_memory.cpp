// Memory by linear address: page crossings, faults that leave nothing behind, A and D bits.
#include "engine/x86/linear_memory.hpp"

#include "tests/x86/bench.hpp"

#include <array>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

constexpr std::uint64_t rights = 7, read_only = 5, no_user = 3, absent = 0;
constexpr std::uint64_t border = 0x10000; ///< between two pages

struct Linear : Bench {
    LinearMemory linear{memory, state};

    explicit Linear(CpuMode mode = CpuMode::long64) : Bench(mode) {}
    std::uint64_t entry(std::uint64_t address) const
    {
        return get(tables_at + 0x3000 + address / memory::page_size * 8);
    }
};

Fault raised(Outcome<void> const& outcome)
{
    REQUIRE_FALSE(outcome);
    return outcome.error();
}

Fault raised(Outcome<std::uint64_t> const& outcome)
{
    REQUIRE_FALSE(outcome);
    return outcome.error();
}

} // namespace

TEST_CASE("an integer is read and written little-endian at every width")
{
    Linear bench;
    REQUIRE(bench.linear.write(scratch, 0x1122334455667788, 8, Privilege::supervisor));
    for (unsigned width = 1; width <= 8; ++width)
        CHECK(*bench.linear.read(scratch, width, Privilege::supervisor) ==
              truncate(0x1122334455667788, width));
    REQUIRE(bench.linear.write(scratch, 0xffaa, 1, Privilege::supervisor));
    CHECK(bench.get(scratch) == 0x11223344556677aa);
}

TEST_CASE("an access across a page border is translated page by page")
{
    Linear bench;
    bench.page(border, 0x20007); // 10000h + 20000h = 30000h: not where the first page ends
    REQUIRE(bench.linear.write(border - 3, 0x1122334455667788, 8, Privilege::supervisor));
    CHECK(bench.get(border - 3, 1) == 0x88);
    CHECK(bench.get(border - 1, 1) == 0x66);
    CHECK(bench.get(0x30000, 4) == 0x22334455);
    CHECK(*bench.linear.read(border - 3, 8, Privilege::supervisor) == 0x1122334455667788);
}

TEST_CASE("a write whose second page faults changes nothing, not even accessed bits")
{
    Linear bench;
    bench.page(border, absent);
    std::uint64_t const first_page = bench.entry(border - 1);
    auto const fault_seen = raised(bench.linear.write(border - 4, ~0ULL, 8, Privilege::supervisor));
    CHECK(fault_seen == page_fault(2, border));
    CHECK(bench.get(border - 4, 4) == 0);
    CHECK(bench.entry(border - 1) == first_page);
}

TEST_CASE("a page fault tells present, write and user in its error code, and the byte in CR2")
{
    Linear bench;
    bench.page(border, absent);
    bench.page(scratch, read_only);
    bench.page(handler, no_user);
    CHECK(raised(bench.linear.read(border + 5, 1, Privilege::user)) == page_fault(4, border + 5));
    CHECK(raised(bench.linear.write(scratch, 0, 1, Privilege::supervisor)) ==
          page_fault(3, scratch));
    CHECK(raised(bench.linear.read(handler, 1, Privilege::user)) == page_fault(5, handler));
}

TEST_CASE("a read sets accessed, a write sets dirty too")
{
    constexpr std::uint64_t accessed = 0x20, dirty = 0x40;
    Linear bench;
    REQUIRE(bench.linear.read(scratch, 1, Privilege::user));
    CHECK((bench.entry(scratch) & (accessed | dirty)) == accessed);
    REQUIRE(bench.linear.write(scratch, 0, 1, Privilege::user));
    CHECK((bench.entry(scratch) & (accessed | dirty)) == (accessed | dirty));
}

TEST_CASE("a non-canonical address is a general-protection fault")
{
    Linear bench;
    CHECK(raised(bench.linear.read(0x800000000000, 1, Privilege::supervisor)) ==
          fault(vector::gp, 0));
    CHECK(raised(bench.linear.write(0xffff7fffffffffff, 0, 1, Privilege::user)) ==
          fault(vector::gp, 0));
}

TEST_CASE("outside long mode addresses wrap at 4 GiB")
{
    Linear bench(CpuMode::protected32);
    bench.put(0, 0x5566);
    CHECK(*bench.linear.read(0x1'0000'0000, 2, Privilege::supervisor) == 0x5566);
    // The two bytes below 4 GiB are open bus, the two above them are the first of memory.
    CHECK(*bench.linear.read(0xfffffffe, 4, Privilege::supervisor) == 0x5566ffff);
}

TEST_CASE("where no RAM is, reads give all ones and writes are lost")
{
    Linear bench(CpuMode::protected32);
    REQUIRE(bench.linear.write(0x200000, 0x12, 1, Privilege::supervisor));
    CHECK(*bench.linear.read(0x200000, 4, Privilege::supervisor) == 0xffffffff);
}

TEST_CASE("descriptor tables are read as supervisor, and SMAP holds there whatever RFLAGS.AC says")
{
    Linear bench;
    bench.page(handler, no_user);
    CHECK(bench.linear.read_table(handler, 8));

    bench.state.cr4 |= cr4::smap;
    bench.state.rflags |= rflags::ac;
    CHECK(bench.linear.read(scratch, 1, Privilege::supervisor));
    CHECK(raised(bench.linear.read_table(scratch, 1)) == page_fault(1, scratch));
    CHECK(raised(bench.linear.write_table(scratch, 0, 1)) == page_fault(3, scratch));
}

TEST_CASE("a fetch gives the bytes up to the first page that cannot be fetched")
{
    constexpr std::uint64_t execute_disable = 1ULL << 63;
    Linear bench;
    std::array<std::uint8_t, 15> bytes{};
    bench.put(border - 2, 0x90f4, 2);
    bench.page(border, rights | execute_disable);
    CHECK(bench.linear.fetch(border - 2, bytes, Privilege::supervisor) == 2);
    CHECK(bytes[0] == 0xf4);
    CHECK(bytes[1] == 0x90);
    CHECK(bench.linear.fetch(border, bytes, Privilege::supervisor) == 0);
    bench.page(border, rights);
    CHECK(bench.linear.fetch(border - 2, bytes, Privilege::supervisor) == 15);
}

TEST_CASE("a fetch leaves accessed bits alone")
{
    Linear bench;
    std::array<std::uint8_t, 15> bytes{};
    std::uint64_t const before = bench.entry(scratch);
    CHECK(bench.linear.fetch(scratch, bytes, Privilege::user) == 15);
    CHECK(bench.entry(scratch) == before);
}
