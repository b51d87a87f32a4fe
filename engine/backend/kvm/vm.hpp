// One virtual machine in the kernel: its guest-physical memory and which MSRs it keeps to itself.
//
// RAM and read-only slots are mapped; a slot that is unmapped on purpose is left out, so that every
// access to it exits. No interrupt controller and no timer live in the kernel: HLT and all
// interrupt traffic reach us.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/backend/kvm/system.hpp"
#include "engine/base/fd.hpp"
#include "engine/base/ids.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::kvm {

class Vm {
public:
    /// `memory` must outlive the machine and keep its slots.
    static Result<Vm> create(System const& system, memory::GuestMemory& memory);

    Result<Fd> create_vcpu(VcpuId id);
    /// Marks the pages guest code wrote since the last call in the memory's own map.
    Result<void> collect_dirty_pages();
    /// Takes RAM out of the machine and puts it back. Dirty marks not yet collected are lost.
    Result<void> map_anew();

private:
    struct RamSlot {
        std::uint32_t number = 0;
        Gpa start;
        std::uint64_t size = 0;
        std::uint64_t host = 0;
    };
    Result<void> set_region(RamSlot const& slot, std::uint64_t size);

    Vm(Fd fd, memory::GuestMemory& memory) : fd_(std::move(fd)), memory_(&memory) {}
    Result<void> map_slots();
    Result<void> filter_msrs();

    Fd fd_;
    memory::GuestMemory* memory_;
    std::vector<RamSlot> ram_;
    std::vector<std::uint64_t> dirty_bitmap_; ///< as long as the largest RAM slot needs
};

} // namespace ringside::kvm
