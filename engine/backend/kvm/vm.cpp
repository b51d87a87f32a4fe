// The order of the calls matters to the kernel: what changes the machine as a whole comes before
// its first vCPU.
#include "engine/backend/kvm/vm.hpp"

#include "engine/backend/kvm/ioctl.hpp"
#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"
#include "engine/x86/msr.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

namespace ringside::kvm {

namespace {

using memory::SlotKind;

// Intel CPUs that cannot run real mode by themselves borrow four pages of guest-physical space just
// below the firmware's. KVM API: "KVM_SET_TSS_ADDR", "KVM_SET_IDENTITY_MAP_ADDR".
constexpr std::uint64_t identity_map_address = 0xfffbc000;
constexpr std::uint64_t tss_address = 0xfffbd000;

Result<void> reserve_real_mode_pages(System const& system, Fd const& vm)
{
    std::uint64_t address = identity_map_address;
    if (system.has(KVM_CAP_SET_IDENTITY_MAP_ADDR))
        TRY(call(vm, KVM_SET_IDENTITY_MAP_ADDR, "place the identity map", &address));
    if (system.has(KVM_CAP_SET_TSS_ADDR))
        TRY(call(vm, KVM_SET_TSS_ADDR, "place the real-mode task segment", tss_address));
    return {};
}

} // namespace

Result<Vm> Vm::create(System const& system, memory::GuestMemory& memory)
{
    Vm vm(Fd(TRY(call(system.fd(), KVM_CREATE_VM, "create a virtual machine"))), memory);
    TRY(vm.filter_msrs()); // first: right after another change of the machine it may take 20 ms
    TRY(reserve_real_mode_pages(system, vm.fd_));
    TRY(vm.map_slots());
    return vm;
}

// KVM API: "KVM_SET_USER_MEMORY_REGION". The dirty log is on from the start: switched on later, it
// would know nothing of the pages written before.
Result<void> Vm::map_slots()
{
    std::uint32_t number = 0;
    for (memory::Slot const& slot : memory_->slots()) {
        if (slot.kind == SlotKind::unmapped)
            continue;
        bool const writable = slot.kind == SlotKind::ram;
        kvm_userspace_memory_region region{
            .slot = number,
            .flags = writable ? unsigned{KVM_MEM_LOG_DIRTY_PAGES} : unsigned{KVM_MEM_READONLY},
            .guest_phys_addr = slot.start.value,
            .memory_size = slot.size,
            .userspace_addr = reinterpret_cast<std::uint64_t>(slot.host.data()),
        };
        TRY(call(fd_, KVM_SET_USER_MEMORY_REGION, "map guest memory \"" + slot.label + "\"",
                 &region));
        if (writable) {
            ram_.push_back({.number = number,
                            .start = slot.start,
                            .size = slot.size,
                            .host = reinterpret_cast<std::uint64_t>(slot.host.data())});
            std::uint64_t const words = align_up(slot.size / memory::page_size, 64) / 64;
            dirty_bitmap_.resize(std::max<std::uint64_t>(dirty_bitmap_.size(), words));
        }
        ++number;
    }
    return {};
}

// KVM API: "KVM_X86_SET_MSR_FILTER" and "KVM_CAP_X86_USER_SPACE_MSR". What the machine models stays
// with the CPU and its own #GP rules; everything else exits, whether the kernel knows it or not.
Result<void> Vm::filter_msrs()
{
    constexpr std::uint32_t window = 64; // indices one range of the filter speaks about
    std::array<std::uint64_t, KVM_MSR_FILTER_MAX_RANGES> bitmaps{};
    kvm_msr_filter filter{};
    filter.flags = KVM_MSR_FILTER_DEFAULT_DENY;

    std::size_t count = 0;
    for (std::uint32_t const index : x86::modelled_msrs()) {
        auto const base = static_cast<std::uint32_t>(align_down(index, window));
        auto* const begin = std::begin(filter.ranges);
        auto* const range = std::find_if(
            begin, begin + count, [&](auto const& candidate) { return candidate.base == base; });
        auto const position = static_cast<std::size_t>(range - begin);
        ASSERT(position < bitmaps.size());
        count = std::max(count, position + 1);
        bitmaps[position] |= 1ULL << (index - base);
        *range = kvm_msr_filter_range{
            .flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE,
            .nmsrs = window,
            .base = base,
            .bitmap = reinterpret_cast<std::uint8_t*>(&bitmaps[position]),
        };
    }

    kvm_enable_cap enable{};
    enable.cap = KVM_CAP_X86_USER_SPACE_MSR;
    enable.args[0] = KVM_MSR_EXIT_REASON_UNKNOWN | KVM_MSR_EXIT_REASON_FILTER;
    TRY(call(fd_, KVM_ENABLE_CAP, "ask for exits on model-specific registers", &enable));
    TRY(call(fd_, KVM_X86_SET_MSR_FILTER, "filter model-specific registers", &filter));
    return {};
}

Result<Fd> Vm::create_vcpu(VcpuId id)
{
    return Fd(TRY(call(fd_, KVM_CREATE_VCPU, "create a virtual CPU", std::uint64_t{id.value})));
}

// KVM API: "KVM_SET_USER_MEMORY_REGION": size 0 takes a slot away. A host that keeps shadow page tables
// sees the guest's own stores into page tables, not ours; without the slot it must forget them all.
Result<void> Vm::map_anew()
{
    for (RamSlot const& slot : ram_) {
        TRY(set_region(slot, 0));
        TRY(set_region(slot, slot.size));
    }
    return {};
}

Result<void> Vm::set_region(RamSlot const& slot, std::uint64_t size)
{
    kvm_userspace_memory_region region{
        .slot = slot.number,
        .flags = size != 0 ? unsigned{KVM_MEM_LOG_DIRTY_PAGES} : 0,
        .guest_phys_addr = slot.start.value,
        .memory_size = size,
        .userspace_addr = slot.host,
    };
    TRY(call(fd_, KVM_SET_USER_MEMORY_REGION, "map guest memory anew", &region));
    return {};
}

// KVM API: "KVM_GET_DIRTY_LOG": one bit a page, cleared by reading.
Result<void> Vm::collect_dirty_pages()
{
    for (RamSlot const& slot : ram_) {
        std::fill(dirty_bitmap_.begin(), dirty_bitmap_.end(), 0);
        kvm_dirty_log log{};
        log.slot = slot.number;
        log.dirty_bitmap = dirty_bitmap_.data();
        TRY(call(fd_, KVM_GET_DIRTY_LOG, "read which pages the guest wrote", &log));
        for (std::size_t word = 0; word < dirty_bitmap_.size(); ++word)
            for (std::uint64_t rest = dirty_bitmap_[word]; rest != 0; rest &= rest - 1) {
                std::uint64_t const page =
                    word * 64 + static_cast<unsigned>(std::countr_zero(rest));
                memory_->mark_dirty(slot.start + page * memory::page_size, memory::page_size);
            }
    }
    return {};
}

} // namespace ringside::kvm
