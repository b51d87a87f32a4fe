// The bytes of one small trace of each schema version, kept for ever. A change of an event shows here
// first; it moves the schema version, and a new golden file joins the old ones.
//
// To write the file anew: RINGSIDE_REGENERATE=1 test_stream "*golden*"

#include "engine/stream/chunk.hpp"
#include "engine/stream/chunk_index.hpp"
#include "engine/stream/reader.hpp"
#include "engine/trace/raw_record.hpp"
#include "engine/trace/schema.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"

#include <cstdlib>
#include <string>
#include <vector>

using namespace ringside;
using namespace ringside::stream;

namespace {

std::filesystem::path golden_file(unsigned minor)
{
    return std::filesystem::path(RINGSIDE_SOURCE_FOLDER) / "tests/golden" /
           ("schema-0." + std::to_string(minor) + ".ring");
}

/// A guest that prints one character and leaves: every value chosen by hand.
std::vector<trace::Event> story(unsigned minor)
{
    trace::Instruction out;
    out.rip = 0xffffffff80001002;
    out.bytes.push(0xee);
    trace::Keyframe keyframe;
    for (std::size_t index = 0; index < trace::register_count; ++index)
        keyframe.values.push(index * index * 1000003);
    trace::PageWalk walk;
    walk.paging = trace::PagingMode::level4;
    walk.ok = true;
    walk.gva = 0xffffffff80001002;
    walk.gpa = 0x1002;
    walk.cr3 = 0x2000;
    for (std::uint64_t level = 0; level < 4; ++level)
        walk.steps.push({0x2ff8 + level * 0x1000, 0x8000000000003067 + level * 0x1000});
    std::vector<trace::Event> events{
        trace::MachineCreated{1 << 20, trace::Clock::exits, trace::BackendKind::unicorn, 1,
                              trace::Text("hello")},
        trace::SlotMapped{0, 1 << 20, trace::SlotKind::ram, trace::Text("RAM")},
        trace::DeviceDefined{1, trace::Space::port, 0x3f8, 8, trace::Text("uart16550")},
        keyframe,
        trace::ExitBegin{trace::ExitKind::port_out, 1, 1, 0, 1, 0x3f8, 'H', out.rip},
        out,
        walk,
        trace::DeviceAccess{1, 1, trace::Direction::write, 0, 'H'},
        trace::ConsoleByte{trace::Direction::write, 'H'},
        trace::ExitEnd{trace::VerdictKind::resume, 0, 0xffffffff80001003, 4},
        trace::MachineStopped{trace::StopCause::guest_exit, 0, trace::Text("the guest is done")}};
    if (minor >= 2)
        events.insert(events.end() - 1, trace::Branched{1, 1, trace::BranchCause::edited});
    return events;
}

std::vector<std::byte> written_story()
{
    std::vector<std::byte> bytes;
    FileHeader header = file_header(trace::BackendKind::unicorn, trace::Clock::exits);
    header.features = static_cast<std::uint32_t>(Feature::host_stamps);
    write(header, bytes);
    ChunkBuilder builder(0);
    std::uint64_t time = 0;
    for (trace::Event const& event : story(trace::schema_minor)) {
        time += 1000;
        builder.append(trace::raw_record(event, 0, time), time * 3);
    }
    Chunk const chunk = builder.seal(DropCounters{}, nullptr);
    std::vector<ChunkInfo> const chunks{info_of(chunk.header, bytes.size())};
    bytes.insert(bytes.end(), chunk.bytes.begin(), chunk.bytes.end());
    std::vector<std::byte> const index = index_bytes(chunks, bytes.size());
    bytes.insert(bytes.end(), index.begin(), index.end());
    return bytes;
}

} // namespace

TEST_CASE("the golden trace of schema 0.2 is written byte for byte as it always was")
{
    REQUIRE(trace::schema_major == 0);
    REQUIRE(trace::schema_minor == 2); // else: keep the file, and add the next
    if (std::getenv("RINGSIDE_REGENERATE") != nullptr)
        write_file(golden_file(2), written_story());
    CHECK(written_story() == read_file(golden_file(2)));
}

TEST_CASE("the golden trace of every schema so far tells its story")
{
    unsigned const minor = GENERATE(1U, 2U);
    Result<TraceReader> const reader = TraceReader::open(golden_file(minor));
    REQUIRE(reader);
    CHECK(reader->complete());
    CHECK(reader->header().backend == trace::BackendKind::unicorn);
    Result<std::vector<trace::Record>> const records = reader->read_all();
    REQUIRE(records);
    std::vector<trace::Event> const expected = story(minor);
    REQUIRE(records->size() == expected.size());
    for (std::size_t index = 0; index < expected.size(); ++index) {
        CHECK((*records)[index].seq == index);
        CHECK((*records)[index].time == 1000 * (index + 1));
        CHECK((*records)[index].event == expected[index]);
    }
}
