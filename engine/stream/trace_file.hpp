// The file a run is recorded into. What cannot be written is told once and forgotten; the file is
// cut back to its last whole chunk, and when the disk takes bytes again, the next chunk is preceded
// by what was kept of the lost ones and by Dropped{file_refused} for the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/stream/chunk.hpp"
#include "engine/stream/chunk_index.hpp"
#include "engine/stream/format.hpp"
#include "engine/stream/kept_records.hpp"

namespace ringside::stream {

class TraceFile {
public:
    /// Replaces what is at `path`, and writes the header.
    static Result<TraceFile> create(std::filesystem::path const& path, FileHeader const& header);

    /// Never fails: see `problem()`.
    void write(Chunk const& chunk, KeptRecords const& kept);

    /// Writes the index and the trailer.
    void finish(KeptRecords const& kept);

    /// The first thing that went wrong, as one line; empty while all is well.
    std::string const& problem() const { return problem_; }
    std::uint64_t size() const { return size_; }
    /// Records that are not in the file because it was refused.
    std::uint64_t refused() const;

private:
    TraceFile(Fd file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}

    bool close_gap(std::uint8_t stream, std::uint64_t to, KeptRecords const& kept);
    bool put_chunk(Chunk const& chunk);
    bool put(std::span<std::byte const> bytes);
    void refuse(int error_number, std::size_t written);

    Fd file_; ///< empty once there is no hope left
    std::string name_;
    std::string problem_;
    std::uint64_t size_ = 0;
    std::vector<ChunkInfo> chunks_;
    std::map<std::uint8_t, std::uint64_t> written_; ///< next sequence number in the file, by stream
    std::map<std::uint8_t, std::uint64_t> offered_; ///< and of what we were given
    std::uint64_t told_as_refused_ = 0;
    DropCounters dropped_{};
};

} // namespace ringside::stream
