// Any bytes at all, opened as a snapshot. Half of the runs have their checksums made right first, so that
// the fuzzer gets behind them; the state section also goes in by itself, unpacked.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/assert.hpp"
#include "engine/machine/state.hpp"
#include "engine/snapshot/format.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "engine/stream/crc32.hpp"
#include "engine/trace/bytes.hpp"

using namespace ringside;

namespace {

using Bytes = std::vector<std::byte>;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size)
{
    if (at + size <= bytes.size())
        trace::ByteWriter(&bytes[at]).little_endian(value, size);
}

void seal(Bytes& bytes, std::size_t at)
{
    if (at + snapshot::header_size <= bytes.size())
        put(bytes, at + 28, stream::crc32(std::span(bytes).subspan(at, 28)), 4);
}

/// The file header, and every section header that the lengths lead to.
void seal_everything(Bytes& bytes)
{
    put(bytes, 16, bytes.size(), 8);
    seal(bytes, 0);
    for (std::size_t at = snapshot::header_size; at + snapshot::header_size <= bytes.size();) {
        std::uint64_t const stored =
            trace::ByteReader(std::span(bytes).subspan(at + 16)).little_endian(8);
        std::size_t const payload = at + snapshot::header_size;
        if (stored > bytes.size() - payload)
            break;
        put(bytes, at + 24, stream::crc32(std::span(bytes).subspan(payload, stored)), 4);
        seal(bytes, at);
        at = payload + static_cast<std::size_t>(stored);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    Bytes bytes(size);
    std::transform(data, data + size, bytes.begin(),
                   [](std::uint8_t byte) { return std::byte{byte}; });
    if (auto const state = machine::unpack_state(bytes))
        ASSERT(machine::pack(*state).size() == bytes.size());
    if (size != 0 && (data[size - 1] & 1) != 0)
        seal_everything(bytes);
    auto const read = snapshot::from_bytes(bytes);
    if (read) // what was understood survives being written again
        ASSERT(snapshot::from_bytes(snapshot::to_bytes(*read)).has_value());
    return 0;
}
