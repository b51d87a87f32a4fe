#include "engine/backend/kvm/floor.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/ioctl.h>

#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/base/fd.hpp"
#include "engine/base/mapping.hpp"
#include "engine/base/stopwatch.hpp"

namespace ringside::kvm {

namespace {

tl::unexpected<Error> refused(char const* what)
{
    Error error = host_error(what, errno);
    error.blame = Blame::unavailable;
    return fail(std::move(error));
}

/// Everything a KVM guest needs, and nothing else (KVM API, "General description").
struct RawMachine {
    Fd kvm, vm, vcpu;
    Mapping memory, run_page;

    Result<void> create(std::span<unsigned char const> code)
    {
        constexpr std::size_t page = 4096;
        memory = TRY(Mapping::anonymous(page));
        std::memcpy(memory.bytes().data(), code.data(), code.size());
        kvm = Fd(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
        if (!kvm)
            return refused("open /dev/kvm");
        vm = Fd(::ioctl(kvm.get(), KVM_CREATE_VM, 0UL));
        if (!vm)
            return refused("create a VM");
        kvm_userspace_memory_region region{};
        region.memory_size = page;
        region.userspace_addr = reinterpret_cast<std::uintptr_t>(memory.bytes().data());
        if (::ioctl(vm.get(), KVM_SET_USER_MEMORY_REGION, &region) != 0)
            return refused("map guest memory");
        vcpu = Fd(::ioctl(vm.get(), KVM_CREATE_VCPU, 0UL));
        if (!vcpu)
            return refused("create a vCPU");
        int const size = ::ioctl(kvm.get(), KVM_GET_VCPU_MMAP_SIZE, 0UL);
        if (size <= 0)
            return refused("ask for the size of the run page");
        run_page = TRY(Mapping::of_descriptor(vcpu.get(), static_cast<std::size_t>(size)));
        return start_at_zero();
    }

    Result<void> start_at_zero()
    {
        kvm_sregs system{};
        if (::ioctl(vcpu.get(), KVM_GET_SREGS, &system) != 0)
            return refused("read system registers");
        system.cs.base = 0;
        system.cs.selector = 0;
        kvm_regs general{};
        general.rflags = 2;
        if (::ioctl(vcpu.get(), KVM_SET_SREGS, &system) != 0 ||
            ::ioctl(vcpu.get(), KVM_SET_REGS, &general) != 0)
            return refused("set registers");
        return {};
    }

    kvm_run& run() const { return *reinterpret_cast<kvm_run*>(run_page.bytes().data()); }

    Result<void> run_to_exit(std::uint32_t expected = KVM_EXIT_IO)
    {
        if (::ioctl(vcpu.get(), KVM_RUN, 0UL) != 0)
            return refused("run the guest");
        if (run().exit_reason != expected)
            return fail(Blame::unavailable, "the raw loop met another exit than it is made of");
        return {};
    }
};

} // namespace

Result<RawTimes> raw_port_out_loop(std::uint64_t exits)
{
    RawTimes times;
    double const begin = wall_ns();
    RawMachine machine;
    constexpr std::array<unsigned char, 4> code{0xe6, 0x80, 0xeb, 0xfc}; // out 0x80, al; jmp -4
    TRY(machine.create(code));
    TRY(machine.run_to_exit());
    times.start_ns = wall_ns() - begin;
    double const looping = thread_ns();
    for (std::uint64_t count = 0; count < exits; ++count)
        TRY(machine.run_to_exit());
    times.exit_ns = exits == 0 ? 0 : (thread_ns() - looping) / static_cast<double>(exits);
    return times;
}

Result<double> raw_step_loop(std::uint64_t steps)
{
    constexpr std::array<unsigned char, 3> code{0x43, 0xeb, 0xfd}; // inc bx; jmp -3
    RawMachine machine;
    TRY(machine.create(code));
    machine.run().kvm_valid_regs = KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS;
    kvm_guest_debug debug{};
    debug.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP;
    if (::ioctl(machine.vcpu.get(), KVM_SET_GUEST_DEBUG, &debug) != 0)
        return refused("switch single-stepping");
    double const begin = thread_ns();
    std::uint64_t last_rip = 0;
    for (std::uint64_t count = 0; count < steps; ++count) {
        TRY(machine.run_to_exit(KVM_EXIT_DEBUG));
        last_rip ^= machine.run().s.regs.regs.rip;
    }
    double const elapsed = thread_ns() - begin;
    __asm__ volatile("" : : "r"(last_rip)); // somebody looks at it
    return elapsed / static_cast<double>(steps);
}

} // namespace ringside::kvm
