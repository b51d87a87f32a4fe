#include "tests/stream/sample_trace.hpp"

#include "engine/stream/chunk_index.hpp"
#include "engine/trace/raw_record.hpp"
#include "tests/trace/random_events.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <thread>
#include <variant>

namespace ringside::stream {

TemporaryFolder::TemporaryFolder()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "ringside-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        throw std::runtime_error("cannot make a folder for the test");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::vector<std::byte> read_file(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    std::string const text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    auto const* begin = reinterpret_cast<std::byte const*>(text.data());
    return std::vector<std::byte>(begin, begin + text.size());
}

void write_file(std::filesystem::path const& path, std::vector<std::byte> const& bytes)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<char const*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

bool same_event(trace::Record const& left, trace::Record const& right)
{
    return left.seq == right.seq && left.vcpu == right.vcpu && left.time == right.time &&
           left.event == right.event;
}

bool same_events(std::vector<trace::Record> const& left, std::vector<trace::Record> const& right)
{
    if (left.size() != right.size())
        return false;
    for (std::size_t index = 0; index < left.size(); ++index)
        if (!same_event(left[index], right[index]))
            return false;
    return true;
}

bool without_gaps(std::vector<trace::Record> const& records)
{
    std::array<std::uint64_t, 256> next{};
    for (trace::Record const& record : records) {
        if (record.seq != next[record.vcpu])
            return false;
        auto const* dropped = std::get_if<trace::Dropped>(&record.event);
        next[record.vcpu] += dropped != nullptr ? dropped->count : 1;
    }
    return true;
}

Balance balance(std::vector<trace::Record> const& records)
{
    Balance sum;
    for (trace::Record const& record : records) {
        if (auto const* dropped = std::get_if<trace::Dropped>(&record.event))
            sum.dropped += dropped->count;
        else
            ++sum.delivered;
    }
    return sum;
}

namespace {

/// Appends `count` rounds of events to both vCPUs' builders, time moving on for both.
void append_rounds(SampleTrace& trace, std::array<ChunkBuilder, 2>& builders, std::uint64_t seed)
{
    trace::RandomEvents random(seed);
    for (trace::Event const& event : random.one_of_each()) {
        if (std::holds_alternative<trace::Dropped>(event))
            continue; // told by the builder, not appended
        std::uint64_t const time = trace.records.empty() ? 0 : trace.records.back().time + 10;
        auto const vcpu = static_cast<std::uint8_t>(random.below(2));
        ChunkBuilder& builder = builders[vcpu];
        trace::Record record{builder.next_seq(), vcpu, time, 0, event};
        trace.records.push_back(record);
        builder.append(trace::raw_record(event, vcpu, time), 1000 + time);
    }
}

} // namespace

SampleTrace sample_trace(Codec codec)
{
    SampleTrace trace;
    FileHeader header = file_header(trace::BackendKind::unicorn, trace::Clock::exits);
    header.features = static_cast<std::uint32_t>(Feature::zstd) |
                      static_cast<std::uint32_t>(Feature::host_stamps);
    write(header, trace.bytes);

    std::optional<Compressor> compressor;
    if (codec == Codec::zstd)
        compressor.emplace();
    std::array<ChunkBuilder, 2> builders{ChunkBuilder(0), ChunkBuilder(1)};
    std::vector<ChunkInfo> chunks;
    for (std::uint64_t round = 0; round < 3; ++round) {
        append_rounds(trace, builders, round);
        for (ChunkBuilder& builder : builders) {
            Chunk const chunk = builder.seal(DropCounters{}, compressor ? &*compressor : nullptr);
            trace.chunk_offsets.push_back(trace.bytes.size());
            chunks.push_back(info_of(chunk.header, trace.bytes.size()));
            trace.bytes.insert(trace.bytes.end(), chunk.bytes.begin(), chunk.bytes.end());
        }
    }
    trace.index_offset = trace.bytes.size();
    std::vector<std::byte> const index = index_bytes(chunks, trace.index_offset);
    trace.bytes.insert(trace.bytes.end(), index.begin(), index.end());
    return trace;
}

void emit_rounds(trace::Sink& sink, int rounds)
{
    trace::RandomEvents random(8);
    std::uint64_t time = 0;
    for (int round = 0; round < rounds; ++round)
        for (trace::Event const& event : random.one_of_each()) {
            if (std::holds_alternative<trace::Dropped>(event))
                continue; // the recorder's own
            auto const vcpu = static_cast<std::uint8_t>(random.below(2));
            time += random.below(1000);
            sink.append(trace::raw_record(event, vcpu, time));
        }
}

std::uint64_t emitted_in(int rounds)
{
    return static_cast<std::uint64_t>(rounds) * (std::variant_size_v<trace::Event> - 1);
}

bool eventually(std::function<bool()> const& done)
{
    constexpr std::chrono::seconds very_long{30};
    auto const deadline = std::chrono::steady_clock::now() + very_long;
    while (!done()) {
        if (std::chrono::steady_clock::now() > deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

} // namespace ringside::stream
