// Where a reader's bytes come from: a file, read in pieces, or memory. Both are bounded: a read
// beyond the end is an answer, never an access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"

namespace ringside::stream {

class ByteSource {
public:
    static Result<ByteSource> open(std::filesystem::path const& path);
    ByteSource(std::vector<std::byte> bytes, std::string name);

    std::uint64_t size() const { return size_; } ///< as it was when the source was opened
    std::string const& name() const { return name_; }

    /// The bytes of [offset, offset + length), or as many of them as there are.
    Result<std::vector<std::byte>> read(std::uint64_t offset, std::uint64_t length) const;

private:
    ByteSource(Fd file, std::uint64_t size, std::string name);

    Fd file_; ///< when empty, the bytes are in memory_
    std::vector<std::byte> memory_;
    std::uint64_t size_ = 0;
    std::string name_;
};

} // namespace ringside::stream
