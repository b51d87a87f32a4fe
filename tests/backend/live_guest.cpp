#include "tests/backend/live_guest.hpp"

#include "engine/backend/kvm/system.hpp"
#include "engine/x86/control_bits.hpp"
#include "tests/catch.hpp"

#include <iostream>
#include <span>

namespace ringside::test {

namespace {

x86::Segment flat(std::uint16_t selector, std::uint16_t attributes)
{
    return {.selector = selector, .attributes = attributes, .limit = 0xffffffff, .base = 0};
}

x86::CpuState with_segments(x86::CpuState state, x86::Segment code, x86::Segment data)
{
    for (x86::Segment& segment : state.segments)
        segment = data;
    state[x86::cs] = code;
    return state;
}

} // namespace

bool skip_without_kvm()
{
    auto const system = kvm::System::open();
    if (system)
        return false;
    say_skipped(system.error().text);
    return true;
}

void say_skipped(std::string_view reason)
{
    std::cout << "SKIPPED: " << Catch::getResultCapture().getCurrentTestName() << ": " << reason
              << std::endl;
}

x86::CpuState real_mode_start()
{
    x86::CpuState state = x86::real_mode_start(static_cast<std::uint16_t>(code_address));
    state.gpr[x86::rsp] = stack_address;
    return state;
}

x86::CpuState protected_start()
{
    x86::CpuState state = with_segments({}, flat(0x08, 0xc09b), flat(0x18, 0xc093));
    state.rip = code_address;
    state.gpr[x86::rsp] = stack_address;
    state.cr0 = x86::cr0::pe | x86::cr0::et | x86::cr0::ne;
    state.tr = {.selector = 0x40, .attributes = 0x8b, .limit = 0x67, .base = 0x6000};
    return state;
}

x86::CpuState long_mode_start()
{
    x86::CpuState state = with_segments(protected_start(), flat(0x10, 0xa09b), flat(0x18, 0xc093));
    state.cr0 |= x86::cr0::pg | x86::cr0::wp;
    state.cr3 = tables_address;
    state.cr4 = x86::cr4::pae;
    state.efer = x86::efer::lme | x86::efer::lma | x86::efer::sce | x86::efer::nxe;
    return state;
}

x86::CpuState user_mode_start()
{
    return with_segments(long_mode_start(), flat(0x33, 0xa0fb), flat(0x2b, 0xc0f3));
}

LiveGuest::LiveGuest(x86::CpuState const& start, std::initializer_list<std::uint8_t> code,
                     kvm::Options options, backend::Slice slice)
{
    using memory::SlotKind;
    constexpr std::uint64_t window_size = 0x10000;
    REQUIRE(memory_.add_slot(Gpa{0}, window_address, SlotKind::ram, "RAM"));
    REQUIRE(memory_.add_slot(Gpa{window_address}, window_size, SlotKind::unmapped, "window"));
    REQUIRE(memory_.add_slot(Gpa{rom_address}, 0x10000, SlotKind::read_only, "ROM"));
    std::vector<std::byte> const rom(0x10000, std::byte{0x5a});
    REQUIRE(memory_.write(Gpa{rom_address}, rom, memory::Writer::loader));

    constexpr std::uint64_t present_writable_user = 7, large = 0x80;
    constexpr std::uint64_t page = memory::page_size;
    for (std::uint64_t level = 0; level < 2; ++level)
        REQUIRE(memory_.write_integer(Gpa{tables_address + level * page},
                                      (tables_address + (level + 1) * page) | present_writable_user,
                                      8));
    REQUIRE(
        memory_.write_integer(Gpa{tables_address + 2 * page}, present_writable_user | large, 8));
    write(code_address, code);
    memory_.clear_dirty();

    backend_ = kvm::create(memory_, slice, options).value();
    vcpu_ = backend_->create_vcpu(VcpuId{0}).value();
    REQUIRE(vcpu_->set_state(start));
}

void LiveGuest::write(std::uint64_t address, std::initializer_list<std::uint8_t> bytes)
{
    REQUIRE(memory_.write(Gpa{address}, std::as_bytes(std::span(bytes.begin(), bytes.size()))));
}

void LiveGuest::handle_in_real_mode(std::uint8_t vector, std::initializer_list<std::uint8_t> code)
{
    REQUIRE(memory_.write_integer(Gpa{vector * 4ULL}, handler_address, 4));
    write(handler_address, code);
}

std::uint64_t LiveGuest::read(std::uint64_t address, unsigned width) const
{
    return memory_.read_integer(Gpa{address}, width).value();
}

backend::Exit LiveGuest::enter(backend::Budget budget)
{
    auto exit = vcpu_->enter(budget);
    if (!exit)
        FAIL(exit.error().text);
    return *std::move(exit);
}

void LiveGuest::finish(backend::Answer answer)
{
    REQUIRE(vcpu_->finish(answer));
}

backend::Exit LiveGuest::pass(backend::Budget budget)
{
    backend::Exit exit = enter(budget);
    finish();
    return exit;
}

std::uint64_t LiveGuest::offset() const
{
    return registers().rip - code_address;
}

backend::ExitingInstruction LiveGuest::instruction() const
{
    return vcpu_->standing().instruction;
}

} // namespace ringside::test
