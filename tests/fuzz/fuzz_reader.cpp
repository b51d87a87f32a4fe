// Any bytes at all, opened as a trace and read to the end. Half of the runs pass every checksum first,
// so that the fuzzer gets behind them.

#include "engine/stream/crc32.hpp"
#include "engine/stream/reader.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

using Bytes = std::vector<std::byte>;

void seal(Bytes& bytes, std::size_t at, std::uint32_t crc)
{
    for (std::size_t index = 0; index < 4; ++index)
        bytes[at + index] = static_cast<std::byte>(crc >> (8 * index));
}

void seal_header(Bytes& bytes, std::size_t offset, std::size_t size)
{
    if (offset + size <= bytes.size())
        seal(bytes, offset + size - 4, crc32(std::span(bytes).subspan(offset, size - 4)));
}

/// Makes the checksums of the file header and of the chunks that follow it fit.
void seal_everything(Bytes& bytes)
{
    constexpr std::size_t payload_crc = 132; // its place in a chunk's header
    seal_header(bytes, 0, FileHeader::size);
    std::size_t offset = FileHeader::size;
    while (offset + ChunkHeader::size <= bytes.size()) {
        seal_header(bytes, offset, ChunkHeader::size);
        Result<ChunkHeader> const header = read_chunk_header(std::span(bytes).subspan(offset));
        std::size_t const left = bytes.size() - offset - ChunkHeader::size;
        if (!header || header->payload_length() > left)
            return;
        auto const length = static_cast<std::size_t>(header->payload_length());
        std::size_t const payload = offset + ChunkHeader::size;
        seal(bytes, offset + payload_crc, crc32(std::span(bytes).subspan(payload, length)));
        seal_header(bytes, offset, ChunkHeader::size);
        offset = payload + length;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    Bytes bytes(size);
    std::transform(data, data + size, bytes.begin(),
                   [](std::uint8_t byte) { return std::byte{byte}; });
    if (size != 0 && (data[size - 1] & 1) != 0)
        seal_everything(bytes);
    Result<TraceReader> const reader = TraceReader::from_bytes(std::move(bytes), "fuzz");
    if (!reader)
        return 0;
    std::uint64_t left = 100'000; // a compressed chunk of a few bytes may hold 40,000 records
    for (std::size_t index = 0; index < reader->chunk_count() && left != 0; ++index)
        if (Result<std::vector<trace::Record>> const records = reader->read_chunk(index))
            left -= std::min<std::uint64_t>(left, records->size());
    return 0;
}
