// Bounds, single-stepping and interrupts on the real KVM.
#include <optional>
#include <thread>

#include "engine/backend/kvm/probe.hpp"
#include "engine/x86/control_bits.hpp"
#include "tests/backend/live_guest.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::backend;
using namespace ringside::test;

namespace {

constexpr std::uint64_t dr6_step = 1U << 14;

bool is_step(Exit const& exit)
{
    auto const* debug = std::get_if<exit::Debug>(&exit);
    return debug != nullptr && (debug->dr6 & dr6_step) != 0;
}

constexpr std::uint64_t interrupt_table = 0x5000, segment_table = 0x6800;

/// 64-bit mode with an interrupt table and the segments that its gates need.
x86::CpuState start_with_handler(std::uint8_t vector)
{
    x86::CpuState start = long_mode_start();
    start.idtr = {.base = interrupt_table, .limit = static_cast<std::uint16_t>(vector * 16U + 15U)};
    start.gdtr = {.base = segment_table, .limit = 0x1f};
    return start;
}

void lay_out_handler(LiveGuest& guest, std::uint8_t vector,
                     std::initializer_list<std::uint8_t> code)
{
    guest.write(segment_table + 0x10, {0xff, 0xff, 0, 0, 0, 0x9b, 0xaf, 0}); // 64-bit code
    guest.write(segment_table + 0x18, {0xff, 0xff, 0, 0, 0, 0x93, 0xcf, 0}); // data
    // SDM Vol. 3A, "64-Bit IDT Gate Descriptors": an interrupt gate to 0x10:handler_address.
    guest.write(interrupt_table + vector * 16U, {0x00, 0x90, 0x10, 0x00, 0x00, 0x8e, 0x00, 0x00});
    guest.write(handler_address, code);
}

} // namespace

TEST_CASE("a guest that makes no exits is stopped by its budget")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xeb, 0xfe}); // jmp to itself
    CHECK(guest.pass() == Exit{exit::BudgetSpent{}});
    CHECK(guest.offset() == 0);
    CHECK(guest.pass() == Exit{exit::BudgetSpent{}});
}

TEST_CASE("user code that makes no exits is stopped by its budget")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(user_mode_start(), {0xeb, 0xfe}); // jmp to itself
    CHECK(guest.pass() == Exit{exit::BudgetSpent{}});
    CHECK(guest.registers().cpl() == 3);
}

TEST_CASE("a guest goes on where its budget stopped it")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(long_mode_start(), {0x48, 0xff, 0xc0, 0xeb, 0xfb}); // inc rax; jmp back
    REQUIRE(guest.pass() == Exit{exit::BudgetSpent{}});
    std::uint64_t const first = guest.registers().gpr[x86::rax];
    REQUIRE(guest.pass() == Exit{exit::BudgetSpent{}});
    CHECK(guest.registers().gpr[x86::rax] > first);
}

TEST_CASE("the bound follows a vCPU to another thread")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xe6, 0x10, 0xeb, 0xfe}); // out 0x10, al; jmp to itself
    REQUIRE(guest.pass() == Exit{exit::PortOut{0x10, 1, 0}});
    std::optional<Exit> seen;
    std::thread([&] { seen = guest.vcpu().enter(Budget::slice).value(); }).join();
    CHECK(seen == Exit{exit::BudgetSpent{}});
}

TEST_CASE("a step executes exactly one instruction")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = real_mode_start();
    start.gpr[x86::rcx] = 5;
    LiveGuest guest(start, {0x40, 0xe2, 0xfd, 0x90}); // inc ax; loop back to it; nop
    for (unsigned turn = 1; turn <= 5; ++turn) {
        CHECK(is_step(guest.pass(Budget::one_instruction)));
        CHECK(guest.offset() == 1);
        CHECK(guest.registers().gpr[x86::rax] == turn);
        CHECK(is_step(guest.pass(Budget::one_instruction)));
        CHECK(guest.offset() == (turn < 5 ? 0 : 3));
    }
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.offset() == 4);
}

TEST_CASE("a step tells the instruction it executed")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(long_mode_start(), {0x48, 0xff, 0xc0, 0x90}); // inc rax; nop
    CHECK(is_step(guest.enter(Budget::one_instruction)));
    CHECK(guest.instruction().linear_rip == code_address);
    CHECK(guest.instruction().length == 3);
}

TEST_CASE("an instruction that exits is its own step, no more and no less")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0x90,       // nop
                                        0xe6, 0x10, // out 0x10, al
                                        0x40,       // inc ax
                                        0xe4, 0x60, // in al, 0x60
                                        0x40,       // inc ax
                                        0xf4,       // hlt
                                        0x40});     // inc ax
    auto const step = [&](std::uint64_t value = 0) {
        Exit const exit = guest.enter(Budget::one_instruction);
        guest.finish({.value = value});
        return exit;
    };
    CHECK(is_step(step()));
    CHECK(step() == Exit{exit::PortOut{0x10, 1, 0}});
    CHECK(guest.offset() == 3);
    CHECK(is_step(step()));
    CHECK(guest.offset() == 4);
    CHECK(step(0x40) == Exit{exit::PortIn{0x60, 1, 0, 1}});
    CHECK(guest.offset() == 6);
    CHECK(is_step(step()));
    CHECK(guest.offset() == 7);
    CHECK(guest.registers().gpr[x86::rax] == 0x41);
    CHECK(step() == Exit{exit::Halt{}});
    CHECK(guest.offset() == 8);
    CHECK(is_step(step()));
    CHECK(guest.registers().gpr[x86::rax] == 0x42);
}

TEST_CASE("a step over a load and a store of nowhere is the exit")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = long_mode_start();
    start.gpr[x86::rdi] = window_address;
    LiveGuest guest(start, {0x80, 0x07, 0x05, 0x90, 0x90}); // add byte [rdi], 5; nop; nop
    CHECK(guest.enter(Budget::one_instruction) == Exit{exit::MmioRead{Gpa{window_address}, 1}});
    guest.finish({.value = 1});
    CHECK(guest.pass(Budget::one_instruction) == Exit{exit::MmioWrite{Gpa{window_address}, 1, 6}});
    CHECK(guest.offset() == 3);
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.offset() == 4);
}

TEST_CASE("a guest runs freely again after it was stepped")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0x90, 0x90, 0x90, 0xe6, 0x10}); // nop x3; out 0x10, al
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.pass() == Exit{exit::PortOut{0x10, 1, 0}});
}

TEST_CASE("user code is stepped exactly, or the refusal names the missing ability")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(user_mode_start(), {0x90, 0x90}); // nop; nop
    auto const exit = guest.vcpu().enter(Budget::one_instruction);
    if (kvm::can_step_user_code().value()) {
        CHECK(is_step(exit.value()));
        CHECK(guest.offset() == 1);
    } else {
        REQUIRE_FALSE(exit.has_value());
        CHECK(exit.error().blame == Blame::unavailable);
        CHECK(exit.error().text.find(name_of(Ability::step_user)) != std::string::npos);
    }
}

TEST_CASE("an interrupt wakes a halted guest, and its handler returns behind the HLT")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xfb, 0xf4, 0xe6, 0x11}); // sti; hlt; out 0x11, al
    guest.handle_in_real_mode(0x21, {0xe6, 0x10, 0xcf});          // out 0x10, al; iret
    REQUIRE(guest.pass() == Exit{exit::Halt{}});
    REQUIRE(guest.vcpu().window().open);
    REQUIRE(guest.vcpu().inject(0x21));
    CHECK(guest.pass() == Exit{exit::PortOut{0x10, 1, 0}});
    CHECK(guest.read(stack_address - 6, 2) == code_address + 2); // the pushed IP
    CHECK(guest.pass() == Exit{exit::PortOut{0x11, 1, 0}});
    CHECK(guest.offset() == 4);
}

TEST_CASE("with interrupts off the window is closed, and says so")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xe4, 0x60}); // in al, 0x60
    CHECK(guest.vcpu().window().reason == trace::NotNow::interrupts_off);
    REQUIRE(guest.enter() == Exit{exit::PortIn{0x60, 1, 0, 1}});
    guest.finish();
    CHECK_FALSE(guest.vcpu().window().open);
    CHECK(guest.vcpu().window().reason == trace::NotNow::interrupts_off);
    CHECK(guest.offset() == 2);
}

TEST_CASE("right behind STI the window is closed by the shadow; one instruction later it is open")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xfb, 0x90, 0x90}); // sti; nop; nop
    REQUIRE(is_step(guest.pass(Budget::one_instruction)));
    CHECK_FALSE(guest.vcpu().window().open);
    CHECK(guest.vcpu().window().reason == trace::NotNow::shadow);
    CHECK(guest.vcpu().state()->interrupt_shadow);
    REQUIRE(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.vcpu().window().open);
}

TEST_CASE("a port read behind STI leaves the window open when it is finished")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xfb, 0xe4, 0x60}); // sti; in al, 0x60
    REQUIRE(guest.enter() == Exit{exit::PortIn{0x60, 1, 0, 1}});
    CHECK_FALSE(guest.vcpu().window().open);
    guest.finish();
    CHECK(guest.vcpu().window().open);
}

TEST_CASE("an interrupt that waits to be delivered closes the window")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xfb, 0xf4, 0x90}); // sti; hlt; nop
    REQUIRE(guest.pass() == Exit{exit::Halt{}});
    REQUIRE(guest.vcpu().inject(0x21));
    CHECK_FALSE(guest.vcpu().window().open);
    CHECK(guest.vcpu().window().reason == trace::NotNow::backend_busy);
}

TEST_CASE("an interrupt delivered before a step leaves no trace of the stepping on the stack")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xfb, 0xf4, 0x90}); // sti; hlt; nop
    guest.handle_in_real_mode(0x21, {0x40, 0x90});          // inc ax; nop
    REQUIRE(guest.pass() == Exit{exit::Halt{}});
    REQUIRE(guest.vcpu().inject(0x21));
    REQUIRE(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.registers().rip == handler_address + 1);
    CHECK((guest.read(stack_address - 2, 2) & x86::rflags::tf) == 0); // the pushed FLAGS
    CHECK((guest.registers().rflags & x86::rflags::tf) == 0);
}

TEST_CASE("a step over a fault ends in front of its handler, and the frame does not show the step")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0x90, 0x0f, 0x0b});   // nop; ud2
    guest.handle_in_real_mode(x86::vector::ud, {0x40, 0x90}); // inc ax; nop
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.registers().rip == handler_address);
    CHECK(guest.registers().gpr[x86::rax] == 0);
    CHECK(guest.read(stack_address - 6, 2) == code_address + 1);      // the pushed IP
    CHECK((guest.read(stack_address - 2, 2) & x86::rflags::tf) == 0); // the pushed FLAGS
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.registers().gpr[x86::rax] == 1);
}

TEST_CASE("a step over a page fault in long mode ends in front of its handler")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = start_with_handler(x86::vector::pf);
    start.gpr[x86::rdi] = 0x40000000;                            // not mapped
    LiveGuest guest(start, {0x8a, 0x07});                        // mov al, [rdi]
    lay_out_handler(guest, x86::vector::pf, {0x90, 0xe6, 0x10}); // nop; out 0x10, al
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.registers().rip == handler_address);
    CHECK(guest.registers().cr2 == 0x40000000);
    std::uint64_t const frame = guest.registers().gpr[x86::rsp];
    CHECK(guest.read(frame + 8, 8) == code_address);
    CHECK((guest.read(frame + 24, 8) & x86::rflags::tf) == 0);
    CHECK(is_step(guest.pass(Budget::one_instruction)));
    CHECK(guest.registers().rip == handler_address + 1);
    CHECK(guest.pass() == Exit{exit::PortOut{0x10, 1, 0}});
}

TEST_CASE("INT n in long mode pushes the address behind it and runs the handler, stepped or not")
{
    if (skip_without_kvm())
        return;
    auto const budget = GENERATE(Budget::slice, Budget::one_instruction);
    constexpr std::uint8_t vector = 0x80;
    LiveGuest guest(start_with_handler(vector),
                    {0xcd, vector, 0xe6, 0x11});              // int 0x80; out 0x11, al
    lay_out_handler(guest, vector, {0xe6, 0x10, 0x48, 0xcf}); // out 0x10, al; iretq
    if (budget == Budget::one_instruction) {
        CHECK(is_step(guest.pass(budget)));
        CHECK(guest.registers().rip == handler_address);
    }
    CHECK(guest.enter() == Exit{exit::PortOut{0x10, 1, 0}});
    CHECK(guest.read(guest.registers().gpr[x86::rsp], 8) == code_address + 2);
    guest.finish();
    CHECK(guest.pass() == Exit{exit::PortOut{0x11, 1, 0}});
    CHECK(guest.offset() == 4);
}
