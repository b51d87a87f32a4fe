// The kernel's KVM interface, for C++. The one place that includes <linux/kvm.h>.
//
// The kernel declares a flexible array inside a struct by a macro which, in the headers of Debian
// 12, puts an empty struct in front of it. That has no size in C and one byte in C++, so every such
// struct came out too big, and every ioctl number made from its size was one the kernel does not
// know. We give the macro the meaning that later headers give it for C++, and hold the kernel's
// sizes.
//
// Reference: the kernel's Documentation/virt/kvm/api.rst, cited as "KVM API: <section title>".
#pragma once

#include <linux/stddef.h>

#undef __DECLARE_FLEX_ARRAY
#define __DECLARE_FLEX_ARRAY(TYPE, NAME) __extension__ TYPE NAME[0]

#include <linux/kvm.h>

#include <cstddef>
#include <span>
#include <vector>

namespace ringside::kvm {

static_assert(sizeof(kvm_cpuid2) == 8);
static_assert(sizeof(kvm_msrs) == 8);
static_assert(sizeof(kvm_signal_mask) == 4);
static_assert(sizeof(kvm_regs) == 144);
static_assert(sizeof(kvm_sregs) == 312);
static_assert(sizeof(kvm_vcpu_events) == 64);
static_assert(sizeof(kvm_debugregs) == 128);
static_assert(sizeof(kvm_userspace_memory_region) == 32);
static_assert(offsetof(kvm_run, kvm_valid_regs) == 288);
static_assert(KVM_GET_SUPPORTED_CPUID == 0xc008ae05);
static_assert(KVM_SET_MSRS == 0x4008ae89);

/// A kernel struct that ends in an array, with room for `count` entries, all zero.
template <typename Header, typename Entry>
class FlexibleArray {
    static_assert(sizeof(Header) % alignof(Entry) == 0);

public:
    explicit FlexibleArray(std::size_t count)
        : storage_((sizeof(Header) + count * sizeof(Entry) + sizeof(Unit) - 1) / sizeof(Unit)),
          count_(count)
    {
    }

    Header* get() { return reinterpret_cast<Header*>(storage_.data()); }
    Header* operator->() { return get(); }
    std::span<Entry> entries() { return {reinterpret_cast<Entry*>(get() + 1), count_}; }

private:
    using Unit = unsigned long long; ///< as strictly aligned as any kernel struct
    std::vector<Unit> storage_;
    std::size_t count_;
};

using CpuidList = FlexibleArray<kvm_cpuid2, kvm_cpuid_entry2>;
using MsrList = FlexibleArray<kvm_msrs, kvm_msr_entry>;

} // namespace ringside::kvm
