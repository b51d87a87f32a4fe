// Makes a long trace out of a short real one, to measure the viewer with:
//
//     grow_trace IN.ring OUT.ring RECORDS
//
// The run's records are repeated, with sequence numbers and both clocks going on, until there are
// as many as asked for. Definitions are told once; the machine stops once, at the end.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "engine/stream/chunk.hpp"
#include "engine/stream/kept_records.hpp"
#include "engine/stream/reader.hpp"
#include "engine/stream/trace_file.hpp"
#include "engine/trace/raw_record.hpp"

using namespace ringside;

namespace {

class Grower {
public:
    Grower(stream::TraceFile file) : file_(std::move(file)) {}

    std::uint64_t written() const { return written_; }

    void append_round(std::vector<trace::Record> const& run, std::uint64_t limit)
    {
        std::uint64_t const time = latest_time_;
        std::uint64_t const host = latest_host_;
        bool const first = written_ == 0;
        for (trace::Record const& record : run)
            if (written_ < limit && (first || belongs_to_every_round(record.event)))
                append(record, time, host);
    }

    std::string finish(trace::Record const* stop)
    {
        if (stop != nullptr)
            append(*stop, latest_time_, latest_host_);
        for (auto& [vcpu, builder] : builders_)
            if (!builder.empty())
                file_.write(builder.seal({}, &compressor_), kept_);
        file_.finish(kept_);
        return file_.problem();
    }

private:
    static bool belongs_to_every_round(trace::Event const& event)
    {
        trace::Category const category = trace::raw_record(event, 0, 0).category;
        return category != trace::Category::definition &&
               !std::holds_alternative<trace::MachineCreated>(event) &&
               !std::holds_alternative<trace::SlotMapped>(event);
    }

    void append(trace::Record record, std::uint64_t time, std::uint64_t host)
    {
        if (std::holds_alternative<trace::Dropped>(record.event))
            return; // what is lost is lost once
        stream::ChunkBuilder& builder =
            builders_.try_emplace(record.vcpu, record.vcpu).first->second;
        if (std::holds_alternative<trace::ExitBegin>(record.event))
            began_[record.vcpu] = builder.next_seq();
        if (auto* end = std::get_if<trace::ExitEnd>(&record.event))
            end->began = began_[record.vcpu];
        latest_time_ = time + record.time;
        if (record.host != 0)
            latest_host_ = host + record.host;
        builder.append(trace::raw_record(record.event, record.vcpu, latest_time_), latest_host_);
        ++written_;
        if (builder.full())
            file_.write(builder.seal({}, &compressor_), kept_);
    }

    stream::TraceFile file_;
    stream::KeptRecords kept_;
    stream::Compressor compressor_;
    std::map<std::uint8_t, stream::ChunkBuilder> builders_;
    std::array<std::uint64_t, 256> began_{};
    std::uint64_t latest_time_ = 0;
    std::uint64_t latest_host_ = 0;
    std::uint64_t written_ = 0;
};

int refuse(std::string const& what)
{
    std::fprintf(stderr, "grow_trace: %s\n", what.c_str());
    return 1;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4)
        return refuse("usage: grow_trace IN.ring OUT.ring RECORDS");
    auto reader = stream::TraceReader::open(argv[1]);
    if (!reader)
        return refuse(reader.error().text);
    auto run = reader->read_all();
    if (!run || run->empty())
        return refuse("nothing to repeat");
    auto file = stream::TraceFile::create(argv[2], reader->header());
    if (!file)
        return refuse(file.error().text);

    trace::Record stop;
    bool const stops = std::holds_alternative<trace::MachineStopped>(run->back().event);
    if (stops) {
        stop = run->back();
        run->pop_back();
    }
    Grower grower(std::move(*file));
    std::uint64_t const wanted = std::strtoull(argv[3], nullptr, 10);
    for (std::uint64_t before = 1; grower.written() < wanted && before != grower.written();) {
        before = grower.written();
        grower.append_round(*run, wanted);
    }
    std::string const problem = grower.finish(stops ? &stop : nullptr);
    return problem.empty() ? 0 : refuse(problem);
}
