// The owner of an mmap. munmap() appears nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "engine/base/result.hpp"

namespace ringside {

class Mapping {
public:
    Mapping() = default;
    Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    Mapping& operator=(Mapping&& other) noexcept
    {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~Mapping();

    /// Zeroed private memory, page-aligned; `size` in bytes. Pages cost nothing until touched.
    static Result<Mapping> anonymous(std::size_t size);

    /// Maps `size` bytes of a descriptor from its start: shared and writable.
    static Result<Mapping> of_descriptor(int descriptor, std::size_t size);

    /// Maps `size` bytes of a descriptor from its start: private and read-only.
    static Result<Mapping> read_only(int descriptor, std::size_t size);

    /// Maps `size` bytes of a descriptor from `offset` on: private and writable. Pages are shared with
    /// everybody who maps them until one is written; only then it is copied.
    static Result<Mapping> copy_on_write(int descriptor, std::size_t size, std::uint64_t offset);

    std::span<std::byte> bytes() const { return bytes_; }

private:
    explicit Mapping(std::span<std::byte> bytes) : bytes_(bytes) {}
    static Result<Mapping> create(int descriptor, std::size_t size, int protection, int flags,
                                  std::uint64_t offset = 0);

    std::span<std::byte> bytes_;
};

} // namespace ringside
