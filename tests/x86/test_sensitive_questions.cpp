// LAR, LSL, VERR, VERW, ARPL: answers in ZF.
#include "tests/x86/bench.hpp"

#include <optional>

using namespace ringside;
using namespace ringside::x86;
using namespace ringside::x86::test;

namespace {

// All ask about CX; LAR and LSL answer in EAX.
Bytes const lar = {0x0f, 0x02, 0xc1}, lsl = {0x0f, 0x03, 0xc1}, verr = {0x0f, 0x00, 0xe1},
            verw = {0x0f, 0x00, 0xe9}, arpl = {0x63, 0xc1}; // arpl cx, ax
Bytes const lar16 = {0x66, 0x0f, 0x02, 0xc1};

constexpr std::uint64_t untouched = 0x5a5a5a5a;

/// The answer in EAX; nothing when ZF is 0, and then EAX is as before.
std::optional<std::uint64_t> ask(Bench& bench, Bytes const& bytes, std::uint16_t selector)
{
    bench.state.gpr[rax] = untouched;
    bench.state.gpr[rcx] = selector;
    bench.done(bytes);
    if ((bench.state.rflags & rflags::zf) != 0)
        return bench.state.gpr[rax];
    CHECK(bench.state.gpr[rax] == untouched);
    return std::nullopt;
}

bool says_yes(Bench& bench, Bytes const& bytes, std::uint16_t selector)
{
    return ask(bench, bytes, selector).has_value();
}

} // namespace

TEST_CASE("LAR gives the access rights as they lie in the descriptor")
{
    Bench bench(CpuMode::protected32);
    CHECK(ask(bench, lar, kernel_data) == 0x00c09200);
    CHECK(ask(bench, lar, based_data) == 0x00409200);
    CHECK(ask(bench, lar, task) == 0x00008900);
    CHECK(ask(bench, lar16, kernel_data) == ((untouched & ~0xffffULL) | 0x9200));
}

TEST_CASE("LSL gives the limit in bytes")
{
    Bench bench(CpuMode::protected32);
    CHECK(ask(bench, lsl, kernel_data) == 0xffffffff);
    CHECK(ask(bench, lsl, based_data) == 0xfff);
    CHECK(ask(bench, lsl, local_table) == 0xf);
}

TEST_CASE("a null selector and one outside the table are answered with no")
{
    Bench bench(CpuMode::protected32);
    for (Bytes const& bytes : {lar, lsl, verr, verw})
        for (std::uint16_t const selector : {std::uint16_t{0}, std::uint16_t{3}, outside_gdt})
            CHECK_FALSE(says_yes(bench, bytes, selector));
}

TEST_CASE("what CPL or RPL may not see is answered with no; conforming code is for all")
{
    Bench user(CpuMode::protected32, 3);
    Bench kernel(CpuMode::protected32);
    for (Bytes const& bytes : {lar, lsl, verr}) {
        CHECK_FALSE(says_yes(user, bytes, kernel_data));
        CHECK(says_yes(user, bytes, user_data));
        CHECK(says_yes(user, bytes, conforming_code | 3));
        CHECK_FALSE(says_yes(kernel, bytes, kernel_data | 3));
    }
}

TEST_CASE("LAR knows gates that LSL does not, and some types only outside long mode")
{
    struct Case {
        unsigned type;
        bool lar32, lsl32, lar64, lsl64;
    };
    constexpr bool yes = true, no = false;
    for (Case const& item :
         {Case{0, no, no, no, no}, Case{1, yes, yes, no, no}, Case{2, yes, yes, yes, yes},
          Case{3, yes, yes, no, no}, Case{4, yes, no, no, no}, Case{5, yes, no, no, no},
          Case{6, no, no, no, no}, Case{7, no, no, no, no}, Case{9, yes, yes, yes, yes},
          Case{11, yes, yes, yes, yes}, Case{12, yes, no, yes, no}, Case{14, no, no, no, no},
          Case{15, no, no, no, no}}) {
        INFO("type " << item.type);
        Bench narrow(CpuMode::protected32);
        narrow.descriptor(task, 0x67 | 1ULL << 47 | std::uint64_t{item.type} << 40);
        CHECK(says_yes(narrow, lar, task) == item.lar32);
        CHECK(says_yes(narrow, lsl, task) == item.lsl32);
        Bench wide(CpuMode::long64);
        wide.descriptor(task, 0x67 | 1ULL << 47 | std::uint64_t{item.type} << 40);
        CHECK(says_yes(wide, lar, task) == item.lar64);
        CHECK(says_yes(wide, lsl, task) == item.lsl64);
    }
}

TEST_CASE("VERR asks for reading, VERW for writing; system segments are neither")
{
    Bench bench(CpuMode::protected32);
    CHECK(says_yes(bench, verr, kernel_data));
    CHECK(says_yes(bench, verw, kernel_data));
    CHECK(says_yes(bench, verr, read_only_data));
    CHECK_FALSE(says_yes(bench, verw, read_only_data));
    CHECK(says_yes(bench, verr, kernel_code32));
    CHECK_FALSE(says_yes(bench, verr, execute_only));
    CHECK_FALSE(says_yes(bench, verw, kernel_code32));
    CHECK_FALSE(says_yes(bench, verr, task));
}

TEST_CASE("questions leave the descriptor and all other flags alone")
{
    Bench bench(CpuMode::protected32);
    bench.state.rflags = 0x2 | rflags::cf | rflags::of | rflags::sf;
    says_yes(bench, verr, kernel_data);
    CHECK(bench.state.rflags == (0x2 | rflags::cf | rflags::of | rflags::sf | rflags::zf));
    CHECK_FALSE(bench.accessed(kernel_data));
}

TEST_CASE("ARPL raises an RPL that is stronger than the caller's")
{
    Bench bench(CpuMode::protected32, 3);
    bench.state.gpr[rcx] = 0x11110010;
    bench.state.gpr[rax] = 3;
    bench.done(arpl);
    CHECK(bench.state.gpr[rcx] == 0x11110013);
    CHECK((bench.state.rflags & rflags::zf) != 0);
    bench.done(arpl);
    CHECK(bench.state.gpr[rcx] == 0x11110013);
    CHECK((bench.state.rflags & rflags::zf) == 0);
}

TEST_CASE("none of the questions exists in real mode")
{
    Bench bench(CpuMode::real);
    for (Bytes const& bytes : {lar, lsl, verr, verw, arpl})
        CHECK(bench.fault_of(bytes) == fault(vector::ud));
}
