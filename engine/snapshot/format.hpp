// The bytes of a snapshot file, version 1. All numbers are little-endian.
//
//     file header | section header, section | section header, section | ...
//
//     file header      "RINGSNAP"  version:2  0:2  sections:4  file length:8  0:4  crc:4
//     section header   kind:4  0:4  raw length:8  stored length:8  payload crc:4  crc:4
//
// A section is one zstd frame: the description of the machine, its state, then its memory: up to 256
// pages that are not blank in each, an address and 4096 bytes a page, ascending. Every header's crc is
// over the bytes before it; nothing in the file is outside some checksum. Addresses, lengths and
// counts are checked as if there were none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace ringside::snapshot {

inline constexpr std::uint16_t newest_version = 1;
inline constexpr std::string_view magic = "RINGSNAP";
inline constexpr std::size_t header_size = 32; ///< of both kinds
inline constexpr std::size_t pages_in_section = 256;
inline constexpr std::uint64_t longest_section = 4ULL << 20; ///< before compression

enum class SectionKind : std::uint32_t { description = 1, state = 2, pages = 3 };

struct Section {
    SectionKind kind = SectionKind::description;
    std::vector<std::byte> bytes;
};

/// Builds a file, section by section.
class FileBuilder {
public:
    FileBuilder();
    void add(SectionKind kind, std::span<std::byte const> raw);
    std::vector<std::byte> finish();

private:
    std::vector<std::byte> bytes_;
    std::uint32_t sections_ = 0;
};

/// Takes a file apart. Each error is one line about what is wrong with it.
class FileParts {
public:
    static Result<FileParts> open(std::span<std::byte const> file);
    bool at_end() const { return rest_.empty(); }
    Result<Section> next();

private:
    explicit FileParts(std::span<std::byte const> rest) : rest_(rest) {}
    std::span<std::byte const> rest_;
};

tl::unexpected<Error> damaged(std::string_view what);

} // namespace ringside::snapshot
