// Each kind of exit on the real KVM: what it carries, and where RIP is when it is finished.
#include <algorithm>
#include <array>
#include <string>

#include "engine/backend/kvm/probe.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/cpuid.hpp"
#include "tests/backend/live_guest.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::backend;
using namespace ringside::test;

namespace {

std::vector<std::uint8_t> bytes_of(ExitingInstruction const& instruction)
{
    return {instruction.bytes.begin(), instruction.bytes.begin() + instruction.length};
}

using Bytes = std::vector<std::uint8_t>;

constexpr std::array<std::uint8_t, 4> every_width{1, 2, 4, 8};

} // namespace

TEST_CASE("OUT carries port, width and value; finished, RIP is behind it")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xb8, 0x34, 0x12, // mov ax, 0x1234
                                        0xe6, 0x10,       // out 0x10, al
                                        0xe7, 0x10,       // out 0x10, ax
                                        0xba, 0xf8, 0x03, // mov dx, 0x3f8
                                        0x66, 0xef});     // out dx, eax
    CHECK(guest.enter() == Exit{exit::PortOut{0x10, 1, 0x34}});
    CHECK(bytes_of(guest.instruction()) == Bytes{0xe6, 0x10});
    guest.finish();
    CHECK(guest.offset() == 5);
    CHECK(guest.pass() == Exit{exit::PortOut{0x10, 2, 0x1234}});
    CHECK(guest.offset() == 7);
    CHECK(bytes_of(guest.instruction()) == Bytes{0xe7, 0x10});
    CHECK(guest.pass() == Exit{exit::PortOut{0x3f8, 4, 0x1234}});
    CHECK(guest.offset() == 12);
    CHECK(bytes_of(guest.instruction()) == Bytes{0x66, 0xef});
}

TEST_CASE("of two equal OUT in a row each is found at its own place")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xe6, 0x10, 0xe6, 0x10, 0xe6, 0x10, 0xf4});
    for (std::uint64_t const place : {0U, 2U, 4U}) {
        CHECK(guest.enter() == Exit{exit::PortOut{0x10, 1, 0}});
        CHECK(guest.instruction().linear_rip == code_address + place);
        guest.finish();
        CHECK(guest.offset() == place + 2);
    }
    CHECK(guest.enter() == Exit{exit::Halt{}});
}

TEST_CASE("IN takes its answer in the access's own width; finished, RIP is behind it")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0x66, 0xb8, 0x11, 0x11, 0x11, 0x11, // mov eax, 0x11111111
                                        0xe4, 0x60,                         // in al, 0x60
                                        0xe5, 0x60,                         // in ax, 0x60
                                        0x66, 0xe5, 0x60});                 // in eax, 0x60
    CHECK(guest.enter() == Exit{exit::PortIn{0x60, 1, 0, 1}});
    CHECK(bytes_of(guest.instruction()) == Bytes{0xe4, 0x60});
    guest.finish({.value = 0xaabbccdd});
    CHECK(guest.offset() == 8);
    CHECK(guest.registers().gpr[x86::rax] == 0x111111dd);

    CHECK(guest.enter() == Exit{exit::PortIn{0x60, 2, 0, 1}});
    guest.finish({.value = 0xaabbccdd});
    CHECK(guest.registers().gpr[x86::rax] == 0x1111ccdd);

    CHECK(guest.enter() == Exit{exit::PortIn{0x60, 4, 0, 1}});
    guest.finish({.value = 0xaabbccdd});
    CHECK(guest.registers().gpr[x86::rax] == 0xaabbccdd);
    CHECK(guest.offset() == 13);
}

TEST_CASE("an answer reaches the guest even when nobody looks at it in between")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0xe4, 0x60, 0xe6, 0x10}); // in al, 0x60; out 0x10, al
    CHECK(guest.enter() == Exit{exit::PortIn{0x60, 1, 0, 1}});
    guest.finish({.value = 0x7e});
    CHECK(guest.enter() == Exit{exit::PortOut{0x10, 1, 0x7e}});
}

TEST_CASE("REP INSB is one port read for each element, and fills memory when the last is answered")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = real_mode_start();
    start.gpr[x86::rcx] = 3;
    start.gpr[x86::rdx] = 0x1f0;
    start.gpr[x86::rdi] = 0xc000;
    LiveGuest guest(start, {0xf3, 0x6c, 0xf4}); // rep insb; hlt
    for (std::uint16_t element = 0; element < 3; ++element) {
        CHECK(guest.enter() == Exit{exit::PortIn{0x1f0, 1, element, 3}});
        CHECK(bytes_of(guest.instruction()) == Bytes{0xf3, 0x6c});
        guest.finish({.value = 0xa0U + element});
    }
    CHECK(guest.offset() == 2);
    CHECK(guest.registers().gpr[x86::rcx] == 0);
    CHECK(guest.read(0xc000, 4) == 0x00a2a1a0);
    CHECK(guest.enter() == Exit{exit::Halt{}});
}

TEST_CASE("REP OUTSB is one port write for each element, all of the same instruction")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = real_mode_start();
    start.gpr[x86::rcx] = 3;
    start.gpr[x86::rdx] = 0xe9;
    start.gpr[x86::rsi] = 0xc000;
    LiveGuest guest(start, {0x90, 0xf3, 0x6e, 0xf4}); // nop; rep outsb; hlt
    guest.write(0xc000, {'r', 'i', 'n'});
    for (char const character : {'r', 'i', 'n'}) {
        CHECK(guest.enter() == Exit{exit::PortOut{0xe9, 1, static_cast<std::uint8_t>(character)}});
        CHECK(guest.instruction().linear_rip == code_address + 1);
        CHECK(bytes_of(guest.instruction()) == Bytes{0xf3, 0x6e});
        guest.finish();
    }
    CHECK(guest.offset() == 3);
    CHECK(guest.enter() == Exit{exit::Halt{}});
}

TEST_CASE("a load from nowhere takes its answer in each width")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = long_mode_start();
    start.gpr[x86::rdi] = window_address;
    LiveGuest guest(start, {0x8a, 0x07,         // mov al, [rdi]
                            0x66, 0x8b, 0x07,   // mov ax, [rdi]
                            0x8b, 0x07,         // mov eax, [rdi]
                            0x48, 0x8b, 0x07}); // mov rax, [rdi]
    constexpr std::uint64_t answer = 0x8877665544332211;
    std::uint64_t expected = 0;
    for (std::uint8_t const width : every_width) {
        CHECK(guest.enter() == Exit{exit::MmioRead{Gpa{window_address}, width}});
        CHECK(guest.instruction().length != 0);
        guest.finish({.value = answer});
        expected = truncate(answer, width);
        CHECK(guest.registers().gpr[x86::rax] == expected);
    }
    CHECK(guest.offset() == 10);
}

TEST_CASE("a store to nowhere carries its value in each width; RIP is behind it")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = long_mode_start();
    start.gpr[x86::rdi] = window_address + 8;
    start.gpr[x86::rax] = 0x8877665544332211;
    LiveGuest guest(start, {0x88, 0x07,         // mov [rdi], al
                            0x66, 0x89, 0x07,   // mov [rdi], ax
                            0x89, 0x07,         // mov [rdi], eax
                            0x48, 0x89, 0x07}); // mov [rdi], rax
    std::uint64_t before = 0;
    for (std::uint8_t const width : every_width) {
        CHECK(guest.enter() == Exit{exit::MmioWrite{Gpa{window_address + 8}, width,
                                                    truncate(start.gpr[x86::rax], width)}});
        CHECK(guest.instruction().linear_rip == code_address + before);
        guest.finish();
        CHECK(guest.offset() == before + guest.instruction().length);
        before = guest.offset();
    }
    CHECK(before == 10);
}

TEST_CASE("an access that crosses a page arrives in pieces and is put together again")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = long_mode_start();
    start.gpr[x86::rdi] = window_address + 0xffd;
    LiveGuest guest(start, {0x48, 0x8b, 0x07, 0xf4}); // mov rax, [rdi]; hlt
    CHECK(guest.enter() == Exit{exit::MmioRead{Gpa{window_address + 0xffd}, 3}});
    guest.finish({.value = 0x332211});
    CHECK(guest.enter() == Exit{exit::MmioRead{Gpa{window_address + 0x1000}, 5}});
    guest.finish({.value = 0x8877665544});
    CHECK(guest.registers().gpr[x86::rax] == 0x8877665544332211);
    CHECK(guest.offset() == 3);
}

TEST_CASE("a read-modify-write of nowhere is a read and then a write of one instruction")
{
    if (skip_without_kvm())
        return;
    bool const somebody_looks = GENERATE(false, true);
    x86::CpuState start = long_mode_start();
    start.gpr[x86::rdi] = window_address;
    LiveGuest guest(start, {0x80, 0x07, 0x05, 0xf4}); // add byte [rdi], 5; hlt
    CHECK(guest.enter() == Exit{exit::MmioRead{Gpa{window_address}, 1}});
    if (somebody_looks)
        CHECK(bytes_of(guest.instruction()) == Bytes{0x80, 0x07, 0x05});
    guest.finish({.value = 0x20});
    if (somebody_looks)
        CHECK_FALSE(guest.vcpu().window().open);
    CHECK(guest.enter() == Exit{exit::MmioWrite{Gpa{window_address}, 1, 0x25}});
    if (somebody_looks)
        CHECK(bytes_of(guest.instruction()) == Bytes{0x80, 0x07, 0x05});
    guest.finish();
    CHECK(guest.offset() == 3);
    CHECK(guest.enter() == Exit{exit::Halt{}});
}

TEST_CASE("read-only memory is read without an exit; a write exits and changes nothing")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = protected_start();
    start.gpr[x86::rdi] = rom_address + 0x10;
    LiveGuest guest(start, {0x8a, 0x07,       // mov al, [edi]
                            0xe6, 0x10,       // out 0x10, al
                            0xc6, 0x07, 0x77, // mov byte [edi], 0x77
                            0x8a, 0x07,       // mov al, [edi]
                            0xe6, 0x10});     // out 0x10, al
    CHECK(guest.pass() == Exit{exit::PortOut{0x10, 1, 0x5a}});
    CHECK(guest.pass() == Exit{exit::MmioWrite{Gpa{rom_address + 0x10}, 1, 0x77}});
    CHECK(guest.pass() == Exit{exit::PortOut{0x10, 1, 0x5a}});
}

TEST_CASE("HLT leaves RIP behind it, and the guest goes on when it is entered again")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(real_mode_start(), {0x90, 0xf4, 0xe6, 0x10}); // nop; hlt; out 0x10, al
    CHECK(guest.enter() == Exit{exit::Halt{}});
    CHECK(bytes_of(guest.instruction()) == Bytes{0xf4});
    guest.finish();
    CHECK(guest.offset() == 2);
    CHECK(guest.enter() == Exit{exit::PortOut{0x10, 1, 0}});
}

TEST_CASE("an MSR that the machine does not model exits, both ways")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = real_mode_start();
    start.gpr[x86::rcx] = x86::msr::tsc;
    LiveGuest guest(start, {0x0f, 0x32, 0x0f, 0x30, 0xf4}); // rdmsr; wrmsr; hlt
    CHECK(guest.enter() == Exit{exit::MsrRead{x86::msr::tsc}});
    guest.finish({.value = 0x1122334455667788});
    CHECK(guest.offset() == 2);
    CHECK(guest.registers().gpr[x86::rax] == 0x55667788);
    CHECK(guest.registers().gpr[x86::rdx] == 0x11223344);
    CHECK(guest.pass() == Exit{exit::MsrWrite{x86::msr::tsc, 0x1122334455667788}});
    CHECK(guest.offset() == 4);
}

TEST_CASE("an MSR access can be answered with a general protection fault")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = real_mode_start();
    start.gpr[x86::rcx] = 0x12345;
    LiveGuest guest(start, {0x0f, 0x32});
    guest.handle_in_real_mode(x86::vector::gp, {0xe6, 0x10}); // out 0x10, al
    CHECK(guest.enter() == Exit{exit::MsrRead{0x12345}});
    guest.finish({.general_protection = true});
    CHECK(guest.enter() == Exit{exit::PortOut{0x10, 1, 0}});
    CHECK(guest.read(stack_address - 6, 2) == code_address); // the pushed IP: at the RDMSR
}

TEST_CASE("an MSR that the machine models does not exit")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = long_mode_start();
    start.gpr[x86::rcx] = x86::msr::lstar;
    start.gpr[x86::rax] = 0x1000;
    LiveGuest guest(start,
                    {0x0f, 0x30, 0x31, 0xc0, 0x0f, 0x32, 0xf4}); // wrmsr; xor eax; rdmsr; hlt
    CHECK(guest.pass() == Exit{exit::Halt{}});
    CHECK(guest.registers().gpr[x86::rax] == 0x1000);
    CHECK(guest.vcpu().state()->lstar == 0x1000);
}

TEST_CASE("the guest sees the machine's CPUID table and nothing of the host's")
{
    if (skip_without_kvm())
        return;
    // Some KVMs answer a few leaves with what they please; `ringside doctor` says which.
    std::vector<std::uint32_t> const changed = kvm::probe()->changed_cpuid_leaves;
    LiveGuest guest(real_mode_start(), {0x0f, 0xa2, 0xf4}); // cpuid; hlt
    for (x86::CpuidLeaf const& leaf : x86::cpuid_table()) {
        CAPTURE(leaf.leaf, leaf.subleaf);
        if (std::ranges::find(changed, leaf.leaf) != changed.end()) {
            say_skipped("this host's KVM changes CPUID leaf " + std::to_string(leaf.leaf));
            continue;
        }
        x86::CpuState start = real_mode_start();
        start.gpr[x86::rax] = leaf.leaf;
        start.gpr[x86::rcx] = leaf.subleaf;
        REQUIRE(guest.vcpu().set_state(start));
        REQUIRE(guest.pass() == Exit{exit::Halt{}});
        CHECK(guest.registers().gpr[x86::rax] == leaf.eax);
        CHECK(guest.registers().gpr[x86::rbx] == leaf.ebx);
        CHECK(guest.registers().gpr[x86::rcx] == leaf.ecx);
        CHECK(guest.registers().gpr[x86::rdx] == leaf.edx);
    }
}

TEST_CASE("a fault with no interrupt table is a triple fault")
{
    if (skip_without_kvm())
        return;
    LiveGuest guest(protected_start(), {0x90, 0x0f, 0x0b}); // nop; ud2
    CHECK(guest.enter() == Exit{exit::TripleFault{}});
    CHECK(bytes_of(guest.instruction()) == Bytes{0x0f, 0x0b});
}

TEST_CASE("an instruction that KVM cannot run is reported whole, with its place")
{
    if (skip_without_kvm())
        return;
    x86::CpuState start = protected_start();
    start.rip = window_address;
    LiveGuest guest(start, {0x90});
    Exit const exit = guest.enter();
    auto const* unhandled = std::get_if<exit::Unhandled>(&exit);
    REQUIRE(unhandled != nullptr);
    CHECK(unhandled->bytes.size() == 256);
    CHECK(unhandled->what.find("0xa0000") != std::string::npos);
}
