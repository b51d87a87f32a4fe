// Small traces made by hand, files and folders for them, and what a test wants to know about records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/stream/chunk.hpp"
#include "engine/stream/format.hpp"
#include "engine/trace/events.hpp"
#include "engine/trace/tracer.hpp"

namespace ringside::stream {

/// A folder that is gone at the end of the test.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    ~TemporaryFolder();
    std::filesystem::path operator/(char const* name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

std::vector<std::byte> read_file(std::filesystem::path const& path);
void write_file(std::filesystem::path const& path, std::vector<std::byte> const& bytes);

/// Equal in everything but the host stamp.
bool same_event(trace::Record const& left, trace::Record const& right);
bool same_events(std::vector<trace::Record> const& left, std::vector<trace::Record> const& right);

/// True when the sequence numbers of each vCPU run from 0 without a gap, a Dropped record standing
/// for those it counts.
bool without_gaps(std::vector<trace::Record> const& records);

/// Records that are not Dropped ones, and the sum of what the Dropped ones count.
struct Balance {
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;
};
Balance balance(std::vector<trace::Record> const& records);

/// Two vCPUs, every kind of event, some chunks.
struct SampleTrace {
    std::vector<trace::Record> records; ///< in the order a reader gives them
    std::vector<std::byte> bytes;       ///< of a finished file
    std::vector<std::size_t> chunk_offsets;
    std::size_t index_offset = 0;
};
SampleTrace sample_trace(Codec codec);

/// Every kind of event `rounds` times, on two vCPUs: the same for every sink, and how many they are.
void emit_rounds(trace::Sink& sink, int rounds);
std::uint64_t emitted_in(int rounds);

/// Waits, for as long as a loaded machine may need, until `done` is true.
bool eventually(std::function<bool()> const& done);

} // namespace ringside::stream
