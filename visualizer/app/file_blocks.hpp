// A recorded file as blocks of records: one for each of its chunks, read again whenever somebody
// looks at it.
#pragma once

#include <memory>
#include <string>

#include "engine/stream/reader.hpp"
#include "visualizer/model/record_block.hpp"

namespace ringside::visualizer {

class FileBlocks final : public BlockSource {
public:
    explicit FileBlocks(stream::TraceReader reader) : reader_(std::move(reader)) {}

    stream::TraceReader const& reader() const { return reader_; }
    std::shared_ptr<RecordBlock const> load(std::uint32_t number) const override;
    /// The same, and what was wrong with the chunk. One that cannot be read is one Dropped record,
    /// each time alike.
    std::shared_ptr<RecordBlock const> read(std::uint32_t number, std::string& problem) const;

private:
    stream::TraceReader reader_;
};

} // namespace ringside::visualizer
