#include "engine/stream/reader.hpp"

#include "engine/stream/chunk.hpp"

#include <map>
#include <span>
#include <utility>

namespace ringside::stream {

namespace {

Error about(ByteSource const& source, Error error)
{
    error.text = "cannot read the trace " + source.name() + ": " + error.text;
    return error;
}

/// One vCPU's records, a chunk at a time.
class Lane {
public:
    Lane(TraceReader const& reader, std::vector<std::string>* problems)
        : reader_(&reader), problems_(problems)
    {
    }

    void add_chunk(std::size_t index) { chunks_.push_back(index); }

    /// The next record; null at the end.
    trace::Record const* front()
    {
        while (next_record_ == records_.size()) {
            if (next_chunk_ == chunks_.size())
                return nullptr;
            load(chunks_[next_chunk_++]);
        }
        return &records_[next_record_];
    }

    void pop() { ++next_record_; }

private:
    void load(std::size_t index)
    {
        next_record_ = 0;
        Result<std::vector<trace::Record>> records = reader_->read_chunk(index);
        if (!records && problems_ != nullptr)
            problems_->push_back(records.error().text);
        if (records)
            records_ = std::move(*records);
        else
            records_ = {reader_->unreadable(index)};
    }

    TraceReader const* reader_;
    std::vector<std::string>* problems_;
    std::vector<std::size_t> chunks_;
    std::size_t next_chunk_ = 0;
    std::vector<trace::Record> records_;
    std::size_t next_record_ = 0;
};

/// The lane whose next record is the earliest; the lower vCPU wins a tie. Null when all have ended.
Lane* earliest(std::map<std::uint8_t, Lane>& lanes)
{
    Lane* best = nullptr;
    for (auto& [vcpu, lane] : lanes) {
        trace::Record const* record = lane.front();
        if (record != nullptr && (best == nullptr || record->time < best->front()->time))
            best = &lane;
    }
    return best;
}

} // namespace

TraceReader::TraceReader(ByteSource source, FileHeader header)
    : source_(std::move(source)), header_(header)
{
}

Result<TraceReader> TraceReader::open(std::filesystem::path const& path)
{
    return from_source(TRY(ByteSource::open(path)));
}

Result<TraceReader> TraceReader::from_bytes(std::vector<std::byte> bytes, std::string name)
{
    return from_source(ByteSource(std::move(bytes), std::move(name)));
}

Result<TraceReader> TraceReader::from_source(ByteSource source)
{
    std::vector<std::byte> const start = TRY(source.read(0, FileHeader::size));
    Result<FileHeader> const header = read_file_header(start);
    if (!header)
        return fail(about(source, header.error()));
    TraceReader reader(std::move(source), *header);

    Result<ChunkList> list = read_index(reader.source_);
    std::string const no_index = list ? "" : list.error().text;
    if (!list)
        list = TRY(scan_chunks(reader.source_));
    reader.chunks_ = std::move(list->chunks);
    for (ChunkInfo const& info : reader.chunks_)
        reader.record_count_ += info.count;

    std::string const trouble = list->problem.empty() ? no_index : list->problem;
    if (!trouble.empty())
        reader.problem_ = "the trace " + reader.source_.name() + " is incomplete: " + trouble +
                          "; " + std::to_string(reader.record_count_) + " records can be read";
    return reader;
}

Result<void> TraceReader::visit_chunk(std::size_t index,
                                      std::function<void(trace::Record const&)> const& action) const
{
    ChunkInfo const& info = chunks_.at(index);
    std::vector<std::byte> const bytes = TRY(source_.read(info.offset, info.size));
    auto const damaged = [&](Error error) {
        error.text += " (at byte " + std::to_string(info.offset) + ", records " +
                      std::to_string(info.first_seq) + " to " + std::to_string(info.next_seq) + ")";
        return fail(about(source_, std::move(error)));
    };

    Result<ChunkHeader> const header = read_chunk_header(bytes);
    if (!header)
        return damaged(header.error());
    ChunkInfo as_told = info_of(*header, info.offset);
    as_told.missing = info.missing;
    if (as_told != info || bytes.size() != info.size)
        return damaged(Error{"a chunk does not fit the index", Blame::input});
    if (info.missing != 0)
        action(dropped_record(info.vcpu, info.first_seq - info.missing, info.missing, info.t_begin,
                              trace::DropReason::unreadable));
    Result<void> const visited = stream::visit_chunk(
        *header, std::span(bytes).subspan(ChunkHeader::size), field_rule(header_), action);
    return visited ? visited : damaged(visited.error());
}

Result<std::vector<trace::Record>> TraceReader::read_chunk(std::size_t index) const
{
    std::vector<trace::Record> records;
    TRY(visit_chunk(index, [&](trace::Record const& record) { records.push_back(record); }));
    return records;
}

trace::Record TraceReader::unreadable(std::size_t index) const
{
    ChunkInfo const& info = chunks_.at(index);
    std::uint64_t const first = info.first_seq - info.missing;
    return dropped_record(info.vcpu, first, info.next_seq - first, info.t_begin,
                          trace::DropReason::unreadable);
}

Result<DropCounters> TraceReader::dropped_until(std::size_t index) const
{
    std::vector<std::byte> const bytes =
        TRY(source_.read(chunks_.at(index).offset, ChunkHeader::size));
    Result<ChunkHeader> const header = read_chunk_header(bytes);
    if (!header)
        return fail(about(source_, header.error()));
    return header->dropped;
}

void TraceReader::for_each(std::function<void(trace::Record const&)> const& action,
                           std::vector<std::string>* problems) const
{
    std::map<std::uint8_t, Lane> lanes;
    for (std::size_t index = 0; index < chunks_.size(); ++index)
        lanes.try_emplace(chunks_[index].vcpu, *this, problems).first->second.add_chunk(index);
    while (Lane* lane = earliest(lanes)) {
        action(*lane->front());
        lane->pop();
    }
}

Result<std::vector<trace::Record>> TraceReader::read_all(std::vector<std::string>* problems) const
{
    if (record_count_ > read_all_limit)
        return fail(Blame::input, "the trace " + source_.name() + " holds " +
                                      std::to_string(record_count_) +
                                      " records, too many to keep in memory at once; look at a "
                                      "part of it");
    std::vector<trace::Record> records;
    for_each([&](trace::Record const& record) { records.push_back(record); }, problems);
    return records;
}

Result<std::vector<trace::Record>> read_all(std::filesystem::path const& path)
{
    TraceReader const reader = TRY(TraceReader::open(path));
    return reader.read_all();
}

} // namespace ringside::stream
