#include "engine/snapshot/format.hpp"

#include <cstring>
#include <string>

#include <zstd.h>

#include "engine/base/assert.hpp"
#include "engine/stream/crc32.hpp"
#include "engine/trace/bytes.hpp"

namespace ringside::snapshot {

namespace {

constexpr std::size_t crc_size = 4;

/// Puts the checksum of what stands before it behind a header.
void seal_header(std::span<std::byte> header)
{
    std::size_t const covered = header_size - crc_size;
    trace::ByteWriter(header.data() + covered)
        .little_endian(stream::crc32(header.first(covered)), crc_size);
}

bool header_is_whole(std::span<std::byte const> header)
{
    std::size_t const covered = header_size - crc_size;
    return trace::ByteReader(header.subspan(covered)).little_endian(crc_size) ==
           stream::crc32(header.first(covered));
}

std::vector<std::byte> compress(std::span<std::byte const> raw)
{
    constexpr int fastest_standard_level = 1;
    std::vector<std::byte> packed(ZSTD_compressBound(raw.size()));
    std::size_t const size =
        ZSTD_compress(packed.data(), packed.size(), raw.data(), raw.size(), fastest_standard_level);
    ASSERT(ZSTD_isError(size) == 0); // there was room for the worst case
    packed.resize(size);
    return packed;
}

} // namespace

tl::unexpected<Error> damaged(std::string_view what)
{
    return fail(Blame::input, "the snapshot is damaged: " + std::string(what));
}

FileBuilder::FileBuilder() : bytes_(header_size) {}

void FileBuilder::add(SectionKind kind, std::span<std::byte const> raw)
{
    ASSERT(raw.size() <= longest_section);
    std::vector<std::byte> const packed = compress(raw);
    std::size_t const at = bytes_.size();
    bytes_.resize(at + header_size);
    trace::ByteWriter writer(&bytes_[at]);
    writer.little_endian(static_cast<std::uint32_t>(kind), 8);
    writer.little_endian(raw.size(), 8);
    writer.little_endian(packed.size(), 8);
    writer.little_endian(stream::crc32(packed), crc_size);
    seal_header(std::span(bytes_).subspan(at, header_size));
    bytes_.insert(bytes_.end(), packed.begin(), packed.end());
    ++sections_;
}

std::vector<std::byte> FileBuilder::finish()
{
    trace::ByteWriter writer(bytes_.data());
    writer.raw(magic.data(), magic.size());
    writer.little_endian(newest_version, 4);
    writer.little_endian(sections_, 4);
    writer.little_endian(bytes_.size(), 8);
    writer.little_endian(0, 4);
    seal_header(std::span(bytes_).first(header_size));
    return std::move(bytes_);
}

Result<FileParts> FileParts::open(std::span<std::byte const> file)
{
    bool const ours =
        file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
    if (!ours)
        return fail(Blame::input, "this is not a Ringside snapshot");
    if (file.size() < header_size)
        return damaged("it ends within its header");
    trace::ByteReader reader(file.subspan(magic.size()));
    std::uint64_t const version = reader.little_endian(2);
    if (version > newest_version)
        return fail(Blame::input, "the snapshot is of version " + std::to_string(version) +
                                      ", and this build reads versions up to " +
                                      std::to_string(newest_version));
    if (!header_is_whole(file) || version == 0)
        return damaged("its header has a wrong checksum");
    reader.take(2 + 4); // the sections are counted by going through them
    if (reader.little_endian(8) != file.size())
        return damaged("it is not as long as it says");
    return FileParts(file.subspan(header_size));
}

Result<Section> FileParts::next()
{
    if (rest_.size() < header_size || !header_is_whole(rest_))
        return damaged("a section's header has a wrong checksum");
    trace::ByteReader reader(rest_);
    std::uint64_t const kind = reader.little_endian(8);
    std::uint64_t const raw_size = reader.little_endian(8);
    std::uint64_t const stored = reader.little_endian(8);
    std::uint64_t const crc = reader.little_endian(crc_size);
    rest_ = rest_.subspan(header_size);
    if (kind < 1 || kind > 3 || raw_size > longest_section || stored > rest_.size())
        return damaged("a section's header makes no sense");
    std::span<std::byte const> const packed = rest_.first(static_cast<std::size_t>(stored));
    rest_ = rest_.subspan(packed.size());
    if (crc != stream::crc32(packed))
        return damaged("a section has a wrong checksum");
    Section section{static_cast<SectionKind>(kind),
                    std::vector<std::byte>(static_cast<std::size_t>(raw_size))};
    std::size_t const size =
        ZSTD_decompress(section.bytes.data(), section.bytes.size(), packed.data(), packed.size());
    if (ZSTD_isError(size) != 0 || size != raw_size)
        return damaged("a section cannot be unpacked");
    return section;
}

} // namespace ringside::snapshot
