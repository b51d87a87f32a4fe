// The page a virtual CPU shares with us: KVM writes there why it stopped, we write the answers.
//
// KVM API: "The kvm_run structure". Behind the struct, at an offset the exit names, lie the bytes
// of a port access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/base/assert.hpp"

namespace ringside::kvm {

class RunPage {
public:
    /// `bytes` is the mapping of the vCPU's descriptor, or made up by a test.
    explicit RunPage(std::span<std::byte> bytes) : bytes_(bytes)
    {
        ASSERT(bytes.size() >= sizeof(kvm_run));
    }

    kvm_run& fields() { return *reinterpret_cast<kvm_run*>(bytes_.data()); }
    kvm_run const& fields() const { return *reinterpret_cast<kvm_run const*>(bytes_.data()); }

    /// The bytes of one element of the port access that fields() tells about.
    std::span<std::byte> port_element(std::uint32_t element) const
    {
        auto const& io = fields().io;
        ASSERT(element < io.count);
        return bytes_.subspan(io.data_offset + std::size_t{element} * io.size, io.size);
    }

private:
    std::span<std::byte> bytes_;
};

inline std::uint64_t load(std::span<std::byte const> bytes)
{
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
}

inline void store(std::span<std::byte> bytes, std::uint64_t value)
{
    std::memcpy(bytes.data(), &value, bytes.size());
}

} // namespace ringside::kvm
