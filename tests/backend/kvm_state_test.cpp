// Getting and setting the state of a vCPU on the real KVM, and which pages the guest wrote.
#include "engine/x86/control_bits.hpp"
#include "tests/backend/live_guest.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::backend;
using namespace ringside::test;

namespace {

x86::CpuState with_everything_set(x86::CpuState state)
{
    for (std::size_t index = 0; index < state.gpr.size(); ++index)
        state.gpr[index] = 0x1111111111111111 * index + 0x8000;
    state.rflags |= x86::rflags::cf | x86::rflags::if_ | x86::rflags::df;
    state.cr2 = 0xdeadb000;
    state.cr8 = 5;
    state.star = 0x0023'0010'0000'0000;
    state.lstar = 0xffff'8000'0000'1000;
    state.cstar = 0x2000;
    state.fmask = 0x200;
    state.kernel_gs_base = 0x7fff'0000;
    state.gdtr = {.base = 0x6800, .limit = 0x7f};
    state.idtr = {.base = 0x5000, .limit = 0xfff};
    state.ldtr = {.selector = 0x50, .attributes = 0x82, .limit = 0x2f, .base = 0x6900};
    state.dr[0] = 0x1234;
    state.dr[3] = 0x5678;
    state.dr[7] = 0x401;
    return state;
}

/// Runs both guests exit by exit; true when they never differ in what can be seen.
void check_alike(LiveGuest& one, LiveGuest& other, unsigned exits, Budget budget)
{
    for (unsigned count = 0; count < exits; ++count) {
        CAPTURE(count);
        REQUIRE(one.enter(budget) == other.enter(budget));
        CHECK(one.registers() == other.registers());
        CHECK(one.instruction().linear_rip == other.instruction().linear_rip);
        one.finish({.value = count});
        other.finish({.value = count});
        CHECK(one.registers() == other.registers());
        CHECK(one.vcpu().window().open == other.vcpu().window().open);
    }
}

} // namespace

TEST_CASE("every register that is set is read back")
{
    if (skip_without_kvm())
        return;
    auto const start = GENERATE(as<x86::CpuState (*)()>(), real_mode_start, protected_start,
                                long_mode_start, user_mode_start);
    LiveGuest guest(start(), {0xf4});
    x86::CpuState const wanted = with_everything_set(start());
    REQUIRE(guest.vcpu().set_state(wanted));
    CHECK(guest.vcpu().state().value() == wanted);
    CHECK(guest.vcpu().standing().registers == wanted);
}

TEST_CASE("a shadow and a blocked NMI are set and read back")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xf4});
    x86::CpuState wanted = with_everything_set(real_mode_start());
    wanted.interrupt_shadow = true;
    wanted.nmi_blocked = true;
    REQUIRE(guest.vcpu().set_state(wanted));
    CHECK(guest.vcpu().state().value() == wanted);
    CHECK(guest.vcpu().window().reason == trace::NotNow::shadow);
}

TEST_CASE("x87 and SSE registers, and an exception that waits, are put in and taken out")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(long_mode_start(), {0xf4});
    SavedVcpu wanted;
    wanted.registers = long_mode_start();
    wanted.fpu.status = 7U << 11; // TOP: ST(0) is register 7
    wanted.fpu.in_use = 0x80;
    wanted.fpu.st[0] = {0x35, 0xc2, 0x68, 0x21, 0xa2, 0xda, 0x0f, 0xc9, 0x00, 0x40};
    wanted.fpu.xmm[15].fill(0x5a);
    wanted.pending =
        x86::Interrupt{x86::Source::exception,
                       {.vector = x86::vector::gp, .error_code = std::uint16_t{8}, .cr2 = 0}};
    REQUIRE(guest.vcpu().restore(wanted));
    CHECK(guest.vcpu().window().reason == trace::NotNow::interrupts_off);
    auto const saved = guest.vcpu().save();
    REQUIRE(saved.has_value());
    REQUIRE(saved->has_value());
    x86::FpuState const& fpu = (*saved)->fpu;
    CHECK(fpu.control == wanted.fpu.control);
    CHECK(fpu.status == wanted.fpu.status);
    CHECK(unsigned{fpu.in_use} == unsigned{wanted.fpu.in_use});
    CHECK(fpu.mxcsr == wanted.fpu.mxcsr);
    CHECK(fpu.st == wanted.fpu.st);
    CHECK(fpu.xmm == wanted.fpu.xmm);
    REQUIRE((*saved)->pending.has_value());
    CHECK((*saved)->pending->what == wanted.pending->what);
}

TEST_CASE("half an instruction is not taken, and can be given up")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xf3, 0x6c, 0xf4}); // rep insb; hlt
    x86::CpuState state = real_mode_start();
    state.gpr[x86::rcx] = 3;
    state.gpr[x86::rdx] = 0x80;
    state.gpr[x86::rdi] = 0x500;
    REQUIRE(guest.vcpu().set_state(state));
    SavedVcpu const before = *guest.vcpu().save().value();
    guest.pass();
    CHECK_FALSE(guest.vcpu().save().value().has_value());
    REQUIRE(guest.vcpu().abandon());
    REQUIRE(guest.vcpu().restore(before));
    for (unsigned element = 0; element < 3; ++element)
        CHECK(guest.pass() == Exit(exit::PortIn{0x80, 1, static_cast<std::uint16_t>(element), 3}));
    CHECK(guest.vcpu().save().value().has_value());
}

TEST_CASE("a null segment is read back as one that is not there")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(long_mode_start(), {0xf4});
    x86::CpuState wanted = long_mode_start();
    wanted[x86::fs] = {};
    wanted[x86::gs] = {.selector = 0, .attributes = 0, .limit = 0, .base = 0x1234'5678'9abc};
    REQUIRE(guest.vcpu().set_state(wanted));
    x86::CpuState const found = guest.vcpu().state().value();
    CHECK_FALSE(found[x86::fs].present());
    CHECK(found[x86::gs].base == 0x1234'5678'9abc);
}

TEST_CASE("a state that no CPU can be in is refused with a sentence")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xf4});
    x86::CpuState impossible = long_mode_start();
    impossible.cr4 = 0; // long mode without PAE
    auto const set = guest.vcpu().set_state(impossible);
    REQUIRE_FALSE(set.has_value());
    CHECK(set.error().text.find("system registers") != std::string::npos);
}

TEST_CASE("a state taken after an exit continues in another machine")
{
    if (skip_without_kvm())
        return;
    LiveGuest first(real_mode_start(), {0xe4, 0x60, 0x40, 0xe7, 0x10}); // in; inc ax; out 0x10, ax
    REQUIRE(first.enter() == Exit{exit::PortIn{0x60, 1, 0, 1}});
    first.finish({.value = 0x41});
    x86::CpuState const state = first.vcpu().state().value();

    LiveGuest second(real_mode_start(), {0, 0, 0x40, 0xe7, 0x10});
    REQUIRE(second.vcpu().set_state(state));
    CHECK(second.enter() == Exit{exit::PortOut{0x10, 2, 0x42}});
}

TEST_CASE("registers from the run page and registers by ioctl are the same")
{
    if (skip_without_kvm())
        return;
    auto const budget = GENERATE(Budget::slice, Budget::one_instruction);
    x86::CpuState start = real_mode_start();
    start.gpr[x86::rcx] = 4;
    auto const code = {std::uint8_t{0xfb},                     // sti
                       std::uint8_t{0xe4}, std::uint8_t{0x60}, // in al, 0x60
                       std::uint8_t{0x40},                     // inc ax
                       std::uint8_t{0xe6}, std::uint8_t{0x10}, // out 0x10, al
                       std::uint8_t{0xe2}, std::uint8_t{0xf9}, // loop back to the in
                       std::uint8_t{0xf4}};                    // hlt
    LiveGuest by_page(start, code);
    LiveGuest by_ioctl(start, code, {.sync_registers = false});
    check_alike(by_page, by_ioctl, budget == Budget::slice ? 9 : 18, budget);
}

TEST_CASE("exactly the pages that guest code wrote are reported, once")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(protected_start(), {0xa2, 0x00, 0x00, 0x02, 0x00,       // mov [0x20000], al
                                        0xa2, 0xff, 0x5f, 0x02, 0x00,       // mov [0x25fff], al
                                        0x8a, 0x05, 0x00, 0x00, 0x03, 0x00, // mov al, [0x30000]
                                        0xf4});
    REQUIRE(guest.pass() == Exit{exit::Halt{}});
    REQUIRE(guest.backend().collect_dirty_pages());
    CHECK(guest.memory().dirty_pages() == std::vector{Gpa{0x20000}, Gpa{0x25000}});
    guest.memory().clear_dirty();
    REQUIRE(guest.backend().collect_dirty_pages());
    CHECK(guest.memory().dirty_pages().empty());
}
