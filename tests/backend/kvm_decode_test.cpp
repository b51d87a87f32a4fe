// decode() on run pages made up here: no KVM is needed to know what its reports mean.
#include "engine/backend/kvm/decode.hpp"

#include <array>
#include <cstring>
#include <span>

#include "tests/catch.hpp"

using namespace ringside;
using namespace ringside::backend;
using kvm::decode;
using kvm::RunPage;

namespace {

/// A run page as KVM would leave it, with a second page for the bytes of port accesses.
struct MadeUpPage {
    explicit MadeUpPage(std::uint32_t reason) { run().exit_reason = reason; }

    kvm_run& run() { return page.fields(); }
    void port_access(std::uint8_t direction, std::uint8_t size, std::uint16_t port,
                     std::span<std::uint8_t const> data)
    {
        run().io = {.direction = direction,
                    .size = size,
                    .port = port,
                    .count = static_cast<std::uint32_t>(data.size()) / size,
                    .data_offset = 4096};
        std::memcpy(storage.data() + 4096, data.data(), data.size());
    }

    alignas(4096) std::array<std::byte, 8192> storage{};
    RunPage page{storage};
};

exit::Unhandled unhandled(MadeUpPage const& made_up)
{
    return std::get<exit::Unhandled>(decode(made_up.page));
}

} // namespace

TEST_CASE("a port write carries its value in the access's own width")
{
    MadeUpPage made_up(KVM_EXIT_IO);
    made_up.port_access(KVM_EXIT_IO_OUT, 2, 0x3f8, std::array<std::uint8_t, 2>{0x34, 0x12});
    CHECK(decode(made_up.page) == Exit{exit::PortOut{0x3f8, 2, 0x1234}});
}

TEST_CASE("a string port read is handed out element by element")
{
    MadeUpPage made_up(KVM_EXIT_IO);
    made_up.port_access(KVM_EXIT_IO_IN, 4, 0x1f0, std::array<std::uint8_t, 12>{});
    CHECK(kvm::elements_of(made_up.run()) == 3);
    CHECK(decode(made_up.page, 2) == Exit{exit::PortIn{0x1f0, 4, 2, 3}});

    kvm::store_answer(made_up.page, 2, {.value = 0xdeadbeef});
    CHECK(kvm::load(made_up.page.port_element(1)) == 0);
    CHECK(kvm::load(made_up.page.port_element(2)) == 0xdeadbeef);
}

TEST_CASE("a string port write is handed out element by element")
{
    MadeUpPage made_up(KVM_EXIT_IO);
    made_up.port_access(KVM_EXIT_IO_OUT, 1, 0xe9, std::array<std::uint8_t, 2>{'h', 'i'});
    CHECK(decode(made_up.page, 0) == Exit{exit::PortOut{0xe9, 1, 'h'}});
    CHECK(decode(made_up.page, 1) == Exit{exit::PortOut{0xe9, 1, 'i'}});
}

TEST_CASE("a memory-mapped access is decoded with its width, and a load takes its answer")
{
    MadeUpPage made_up(KVM_EXIT_MMIO);
    made_up.run().mmio = {
        .phys_addr = 0xd0000008, .data = {1, 2, 3, 4, 5, 6, 7, 8}, .len = 4, .is_write = 1};
    CHECK(decode(made_up.page) == Exit{exit::MmioWrite{Gpa{0xd0000008}, 4, 0x04030201}});

    made_up.run().mmio.is_write = 0;
    CHECK(decode(made_up.page) == Exit{exit::MmioRead{Gpa{0xd0000008}, 4}});
    kvm::store_answer(made_up.page, 0, {.value = 0x1122334455667788});
    CHECK(made_up.run().mmio.data[7] == 0x11);
}

TEST_CASE("an answer never overwrites what the guest stored")
{
    MadeUpPage made_up(KVM_EXIT_MMIO);
    made_up.run().mmio = {.phys_addr = 0xd0000000, .data = {0x42}, .len = 1, .is_write = 1};
    kvm::store_answer(made_up.page, 0, {.value = 0xff});
    CHECK(made_up.run().mmio.data[0] == 0x42);
}

TEST_CASE("an MSR access is decoded, and its answer is a value or a general protection fault")
{
    MadeUpPage made_up(KVM_EXIT_X86_RDMSR);
    made_up.run().msr.index = 0x1b;
    CHECK(decode(made_up.page) == Exit{exit::MsrRead{0x1b}});
    kvm::store_answer(made_up.page, 0, {.value = 7});
    CHECK(made_up.run().msr.data == 7);
    CHECK(made_up.run().msr.error == 0);

    made_up.run().exit_reason = KVM_EXIT_X86_WRMSR;
    CHECK(decode(made_up.page) == Exit{exit::MsrWrite{0x1b, 7}});
    kvm::store_answer(made_up.page, 0, {.value = 9, .general_protection = true});
    CHECK(made_up.run().msr.error == 1);
    CHECK(made_up.run().msr.data == 7);
}

TEST_CASE("exits without operands are decoded by their reason alone")
{
    CHECK(decode(MadeUpPage(KVM_EXIT_HLT).page) == Exit{exit::Halt{}});
    CHECK(decode(MadeUpPage(KVM_EXIT_IRQ_WINDOW_OPEN).page) == Exit{exit::InterruptWindow{}});
    CHECK(decode(MadeUpPage(KVM_EXIT_INTR).page) == Exit{exit::BudgetSpent{}});
    CHECK(decode(MadeUpPage(KVM_EXIT_SHUTDOWN).page) == Exit{exit::TripleFault{}});
}

TEST_CASE("a debug exit says which condition it met")
{
    MadeUpPage made_up(KVM_EXIT_DEBUG);
    made_up.run().debug.arch.dr6 = 0xffff4ff0;
    CHECK(decode(made_up.page) == Exit{exit::Debug{0xffff4ff0}});
}

TEST_CASE("a hypercall carries its number and arguments, and takes a result")
{
    MadeUpPage made_up(KVM_EXIT_HYPERCALL);
    made_up.run().hypercall.nr = 12;
    made_up.run().hypercall.args[3] = 99;
    CHECK(decode(made_up.page) == Exit{exit::Hypercall{12, {0, 0, 0, 99}}});
    kvm::store_answer(made_up.page, 0, {.value = 5});
    CHECK(made_up.run().hypercall.ret == 5);
}

TEST_CASE("a refused entry keeps the hardware's reason")
{
    MadeUpPage made_up(KVM_EXIT_FAIL_ENTRY);
    made_up.run().fail_entry.hardware_entry_failure_reason = 0x80000021;
    auto const failed = std::get<exit::EntryFailed>(decode(made_up.page));
    CHECK(failed.reason == 0x80000021);
    CHECK(failed.what.find("0x80000021") != std::string::npos);
}

TEST_CASE("an emulation failure names the bytes of the instruction")
{
    MadeUpPage made_up(KVM_EXIT_INTERNAL_ERROR);
    auto& failure = made_up.run().emulation_failure;
    failure.suberror = KVM_INTERNAL_ERROR_EMULATION;
    failure.ndata = 3;
    failure.flags = KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES;
    failure.insn_size = 2;
    failure.insn_bytes[0] = 0xcd;
    failure.insn_bytes[1] = 0x80;
    CHECK(unhandled(made_up).what == "KVM cannot emulate this instruction: cd 80");
    CHECK(kvm::unemulated_instruction(made_up.run()).size() == 2);
}

TEST_CASE("an emulation failure of a kernel that reports no bytes is told without them")
{
    MadeUpPage made_up(KVM_EXIT_INTERNAL_ERROR);
    made_up.run().internal = {.suberror = KVM_INTERNAL_ERROR_EMULATION, .ndata = 0, .data = {}};
    CHECK(unhandled(made_up).what == "KVM cannot emulate this instruction");
    CHECK(kvm::unemulated_instruction(made_up.run()).empty());
}

TEST_CASE("a system event is told with its type and all its data")
{
    MadeUpPage made_up(KVM_EXIT_SYSTEM_EVENT);
    made_up.run().system_event.type = KVM_SYSTEM_EVENT_CRASH;
    made_up.run().system_event.ndata = 2;
    made_up.run().system_event.data[0] = 0x10;
    made_up.run().system_event.data[1] = 0x20;
    CHECK(unhandled(made_up).what == "KVM reports system event 3, data 0x10 0x20");
}

TEST_CASE("an exit reason nobody knows is handed over whole")
{
    MadeUpPage made_up(12345);
    made_up.run().padding[0] = 0x11;
    made_up.run().padding[255] = 0x22;
    exit::Unhandled const report = unhandled(made_up);
    CHECK(report.reason == 12345);
    CHECK(report.what.find("12345") != std::string::npos);
    REQUIRE(report.bytes.size() == 256);
    CHECK(report.bytes[0] == 0x11);
    CHECK(report.bytes[255] == 0x22);
}

TEST_CASE("an exit of a feature that this machine leaves off is named in words")
{
    CHECK(unhandled(MadeUpPage(KVM_EXIT_DIRTY_RING_FULL)).what ==
          "KVM stopped for reason 31: a full dirty ring");
    MadeUpPage unknown(KVM_EXIT_UNKNOWN);
    unknown.run().hw.hardware_exit_reason = 0x4b;
    CHECK(unhandled(unknown).what.find("0x4b") != std::string::npos);
}
