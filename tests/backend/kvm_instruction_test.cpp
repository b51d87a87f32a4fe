// Finding the instruction of an exit from RIP and the bytes around it, without KVM.
#include "engine/backend/kvm/exiting_instruction.hpp"

#include <span>
#include <vector>

#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::backend;
using kvm::Candidates;

namespace {

constexpr std::uint64_t code = 0x2000;

/// Flat 32-bit or 64-bit code without paging is enough: no CPU runs it.
struct Scene {
    explicit Scene(std::vector<std::uint8_t> const& bytes, std::uint64_t rip_offset)
    {
        REQUIRE(memory.add_slot(Gpa{0}, 0x8000, memory::SlotKind::ram, "RAM"));
        REQUIRE(memory.write(Gpa{code}, std::as_bytes(std::span(bytes))));
        state.cr0 = x86::cr0::pe;
        state[x86::cs] = {.selector = 8, .attributes = 0xc09b, .limit = 0xffffffff, .base = 0};
        for (auto const index : {x86::ds, x86::es, x86::ss})
            state[index] = {.selector = 16, .attributes = 0xc093, .limit = 0xffffffff, .base = 0};
        state.rip = code + rip_offset;
    }

    Candidates find(Exit const& exit) { return finder.find(state, exit); }

    memory::GuestMemory memory;
    kvm::InstructionFinder finder{memory};
    x86::CpuState state;
};

constexpr Gpa window{0x100000}; ///< backed by nothing

} // namespace

TEST_CASE("an OUT behind RIP is found by port, width and value")
{
    Scene scene({0x66, 0xe7, 0x10}, 3); // out 0x10, ax
    scene.state.gpr[x86::rax] = 0x1234;
    Candidates const found = scene.find(exit::PortOut{0x10, 2, 0x1234});
    CHECK(found.behind.length == 3);
    CHECK(found.behind.linear_rip == code);
    CHECK_FALSE(found.found_at());
}

TEST_CASE("a byte before an OUT that looks like a prefix is not taken for one")
{
    Scene scene({0xb0, 0x66, 0xee}, 3); // mov al, 0x66; out dx, al
    scene.state.gpr[x86::rax] = 0x66;
    scene.state.gpr[x86::rdx] = 0xe9;
    CHECK(scene.find(exit::PortOut{0xe9, 1, 0x66}).behind.length == 1);
}

TEST_CASE("an OUT to another port is not the one that exited")
{
    Scene scene({0xe6, 0x11}, 2);
    CHECK_FALSE(scene.find(exit::PortOut{0x10, 1, 0}).found_behind());
    CHECK_FALSE(scene.find(exit::PortOut{0x10, 4, 0}).found_behind());
}

TEST_CASE("two equal OUT around RIP are both candidates")
{
    Scene scene({0xe6, 0x10, 0xe6, 0x10}, 2);
    Candidates const found = scene.find(exit::PortOut{0x10, 1, 0});
    CHECK(found.found_at());
    CHECK(found.found_behind());
    CHECK_FALSE(found.at_repeats);
}

TEST_CASE("a REP OUTSB in the middle of its work stands at RIP")
{
    Scene scene({0x90, 0xf3, 0x6e}, 1);
    scene.state.gpr[x86::rdx] = 0xe9;
    scene.state.gpr[x86::rcx] = 2;
    Candidates const found = scene.find(exit::PortOut{0xe9, 1, 'x'});
    CHECK(found.at.length == 2);
    CHECK(found.at_repeats);
    CHECK_FALSE(found.found_behind());
}

TEST_CASE("a REP OUTSB that has run out is behind RIP, prefix and all")
{
    Scene scene({0xf3, 0x6e}, 2);
    scene.state.gpr[x86::rdx] = 0xe9;
    CHECK(scene.find(exit::PortOut{0xe9, 1, 'x'}).behind.length == 2);
}

TEST_CASE("a store is found behind RIP by its address and value")
{
    auto const found = [](exit::MmioWrite const& write) {
        Scene scene({0x88, 0x07}, 2); // mov [edi], al
        scene.state.gpr[x86::rdi] = window.value;
        scene.state.gpr[x86::rax] = 0x42;
        return scene.find(write).behind.length;
    };
    CHECK(found({window, 1, 0x42}) == 2);
    CHECK(found({window, 1, 0x43}) == 0);
    CHECK(found({window + 1, 1, 0x42}) == 0);
}

TEST_CASE("a store of an immediate is found with all its bytes")
{
    Scene scene({0xc7, 0x47, 0x04, 0x78, 0x56, 0x34, 0x12}, 7); // mov dword [edi+4], 0x12345678
    scene.state.gpr[x86::rdi] = window.value;
    CHECK(scene.find(exit::MmioWrite{window + 4, 4, 0x12345678}).behind.length == 7);
}

TEST_CASE("a string store is found although it has moved its pointer")
{
    bool const downwards = GENERATE(false, true);
    Scene scene({0xab}, 1); // stosd
    scene.state.rflags |= downwards ? x86::rflags::df : 0;
    scene.state.gpr[x86::rdi] = downwards ? window.value - 4 : window.value + 4;
    CHECK(scene.find(exit::MmioWrite{window, 4, 0}).behind.length == 1);
}

TEST_CASE("a push is found although it has moved the stack pointer")
{
    Scene scene({0x50}, 1); // push eax
    scene.state.gpr[x86::rsp] = window.value;
    CHECK(scene.find(exit::MmioWrite{window, 4, 0}).behind.length == 1);
}

TEST_CASE("a piece of a store that crosses a page belongs to its instruction")
{
    Scene scene({0x89, 0x07}, 2); // mov [edi], eax
    scene.state.gpr[x86::rdi] = window.value + 0xffe;
    scene.state.gpr[x86::rax] = 0x11223344;
    CHECK(scene.find(exit::MmioWrite{window + 0x1000, 2, 0x1122}).behind.length == 2);
}

TEST_CASE("an instruction that waits for its answer stands at RIP")
{
    Scene scene({0x90, 0xe4, 0x60}, 1); // nop; in al, 0x60
    CHECK(scene.find(exit::PortIn{0x60}).at.length == 2);
    CHECK(scene.find(exit::MsrRead{0x10}).at.linear_rip == code + 1);
}

TEST_CASE("behind the first byte of memory nothing is found, and nothing goes wrong")
{
    Scene scene({}, 0);
    scene.state.rip = 0;
    CHECK_FALSE(scene.find(exit::Halt{}).found_behind());
    scene.state.rip = 0x20000; // nothing there either
    CHECK_FALSE(scene.find(exit::Halt{}).found_behind());
    CHECK(scene.find(exit::PortIn{0x60}).at.length == 0);
}

TEST_CASE("a page that is not there hides only what lies in it")
{
    Scene scene({}, 0);
    std::array<std::uint8_t, 1> const hlt{0xf4};
    REQUIRE(scene.memory.add_slot(Gpa{0x10000}, 0x1000, memory::SlotKind::ram, "island"));
    REQUIRE(scene.memory.write(Gpa{0x10000}, std::as_bytes(std::span(hlt))));
    scene.state.rip = 0x10001;
    CHECK(scene.find(exit::Halt{}).behind.linear_rip == 0x10000);
}

TEST_CASE("a finding is not remembered for code that has changed")
{
    Scene scene({0x90, 0xf4}, 2); // nop; hlt
    CHECK(scene.find(exit::Halt{}).behind.length == 1);
    CHECK(scene.find(exit::Halt{}).behind.length == 1);
    REQUIRE(scene.memory.write_integer(Gpa{code + 1}, 0x90, 1));
    CHECK_FALSE(scene.find(exit::Halt{}).found_behind());
}

TEST_CASE("a store of two bytes is not taken for the longer one that its tail looks like")
{
    Scene scene({0x66, 0x89, 0x07}, 3); // mov [edi], ax
    scene.state.gpr[x86::rdi] = window.value;
    scene.state.gpr[x86::rax] = 0x1234;
    CHECK(scene.find(exit::MmioWrite{window, 2, 0x1234}).behind.length == 3);
}

TEST_CASE("a repeated instruction is finished when RIP is still there and its count has run out")
{
    Scene scene({0xf3, 0xaa}, 0); // rep stosb
    ExitingInstruction const instruction = scene.finder.at_rip(scene.state);
    CHECK(kvm::is_finished_repeat(scene.state, instruction));
    scene.state.gpr[x86::rcx] = 1;
    CHECK_FALSE(kvm::is_finished_repeat(scene.state, instruction));
    scene.state.gpr[x86::rcx] = 0;
    scene.state.rip += 2;
    CHECK_FALSE(kvm::is_finished_repeat(scene.state, instruction));
}

TEST_CASE("exits that no instruction makes have none")
{
    Scene scene({0xf4, 0xf4}, 1);
    for (Exit const& exit : {Exit{exit::BudgetSpent{}}, Exit{exit::InterruptWindow{}}}) {
        CHECK_FALSE(scene.find(exit).found_at());
        CHECK_FALSE(scene.find(exit).found_behind());
    }
}
