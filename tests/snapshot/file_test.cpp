// The file of a snapshot: what comes out is what went in; damage, foreign and newer files are refused in
// one line; old versions keep opening; a file is replaced whole or not at all.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

#include "engine/snapshot/format.hpp"
#include "engine/stream/crc32.hpp"
#include "tests/catch.hpp"
#include "tests/snapshot/portable.hpp"

using namespace ringside;
using namespace ringside::tests;
using trace::BackendKind;

namespace {

using Bytes = std::vector<std::byte>;

ExpectedGuest guest_named(std::string const& name)
{
    for (ExpectedGuest const& guest : expected_guests())
        if (guest.name == name)
            return guest;
    FAIL("there is no guest " << name);
    return {};
}

constexpr std::uint64_t saved_at = 60; // exits: in the middle of what it prints

snapshot::Snapshot small_snapshot()
{
    machine::Options options;
    options.memory_bytes = 2U << 20;
    Portable machine(guest_named("port-hello"), BackendKind::unicorn, options);
    REQUIRE_FALSE(machine.run_to(saved_at));
    return machine.take();
}

/// The one line that refuses these bytes.
std::string refusal(std::span<std::byte const> bytes)
{
    auto const read = snapshot::from_bytes(bytes);
    if (read)
        return "";
    CHECK(read.error().blame == Blame::input);
    CHECK(std::count(read.error().text.begin(), read.error().text.end(), '\n') == 0);
    return read.error().text;
}

std::filesystem::path golden_file()
{
    return std::filesystem::path(RINGSIDE_SOURCE_FOLDER) / "tests/golden/snapshot-1.ringsnap";
}

class Folder {
public:
    Folder()
        : path_(std::filesystem::temp_directory_path() /
                ("ringside-snapshot-" + std::to_string(::getpid())))
    {
        std::filesystem::create_directories(path_);
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    std::filesystem::path operator/(char const* name) const { return path_ / name; }
    std::size_t files() const
    {
        using std::filesystem::directory_iterator;
        return static_cast<std::size_t>(
            std::distance(directory_iterator(path_), directory_iterator()));
    }

private:
    std::filesystem::path path_;
};

void reseal(Bytes& bytes, std::size_t at)
{
    std::uint32_t const crc = stream::crc32(std::span(bytes).subspan(at, 28));
    for (std::size_t index = 0; index < 4; ++index)
        bytes[at + 28 + index] = static_cast<std::byte>(crc >> (8 * index));
}

} // namespace

TEST_CASE("a snapshot read from its file is the one that was written")
{
    snapshot::Snapshot const written = small_snapshot();
    Bytes const bytes = snapshot::to_bytes(written);
    auto const read = snapshot::from_bytes(bytes);
    REQUIRE(read.has_value());
    CHECK(snapshot::to_bytes(*read) == bytes);
    CHECK(machine::pack(read->state) == machine::pack(written.state));
    CHECK(read->image.name == "port-hello");
    CHECK(read->image.symbols.size() == written.image.symbols.size());
    CHECK(read->options.memory_bytes == 2U << 20);
}

TEST_CASE("a snapshot of a machine with little in its memory is small")
{
    CHECK(snapshot::to_bytes(small_snapshot()).size() < 16U << 10);
}

TEST_CASE("one flipped bit anywhere in a snapshot is noticed")
{
    Bytes bytes = snapshot::to_bytes(small_snapshot());
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        CAPTURE(at);
        std::byte const bit = std::byte{1} << (at % 8);
        bytes[at] ^= bit;
        REQUIRE(refusal(bytes) != "");
        bytes[at] ^= bit;
    }
    CHECK(refusal(bytes) == "");
}

TEST_CASE("a snapshot cut off anywhere is refused, and so is one with something behind it")
{
    Bytes bytes = snapshot::to_bytes(small_snapshot());
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CAPTURE(length);
        REQUIRE(refusal(std::span(bytes).first(length)) != "");
    }
    bytes.push_back(std::byte{0});
    CHECK(refusal(bytes) != "");
}

TEST_CASE("a foreign file and a newer version are called what they are")
{
    Bytes bytes = snapshot::to_bytes(small_snapshot());
    CHECK(refusal(Bytes(100)) == "this is not a Ringside snapshot");
    bytes[8] = std::byte{2};
    reseal(bytes, 0);
    CHECK(refusal(bytes) == "the snapshot is of version 2, and this build reads versions up to 1");
}

TEST_CASE("a liar whose checksums fit is refused or opened, and never crashes us")
{
    snapshot::Snapshot const honest = small_snapshot();
    Bytes const state = machine::pack(honest.state);
    std::mt19937 random(99);
    for (int round = 0; round < 2'000; ++round) {
        Bytes lie = state;
        for (unsigned flips = 1 + random() % 4; flips != 0; --flips)
            lie[random() % lie.size()] = static_cast<std::byte>(random());
        auto const read = machine::unpack_state(lie);
        if (read)
            CHECK(machine::pack(*read).size() == state.size());
    }
    Bytes file = snapshot::to_bytes(honest);
    for (std::size_t at = 32; at < 60; ++at)
        for (unsigned const value : {0U, 1U, 0x7fU, 0xffU}) {
            Bytes lie = file;
            lie[at] = static_cast<std::byte>(value);
            reseal(lie, 32);
            (void)refusal(lie);
        }
}

TEST_CASE("a snapshot of version 1 opens and runs on, for ever")
{
    if (std::getenv("RINGSIDE_REGENERATE") != nullptr && !std::filesystem::exists(golden_file()))
        REQUIRE(snapshot::write(small_snapshot(), golden_file()));
    auto const golden = snapshot::read(golden_file());
    INFO((golden ? "" : golden.error().text));
    REQUIRE(golden.has_value());
    CHECK(golden->state.exits() == saved_at);
    ExpectedGuest const guest = guest_named("port-hello");
    Portable machine(*golden, BackendKind::unicorn, "");
    machine.run();
    CHECK(machine.stop.code == 0);
    REQUIRE(machine.console.size() < guest.console.size());
    CHECK(guest.console.substr(guest.console.size() - machine.console.size()) == machine.console);
}

TEST_CASE("a file is replaced as a whole, and nothing is left beside it")
{
    Folder const folder;
    snapshot::Snapshot const snapshot = small_snapshot();
    std::ofstream(folder / "a.ringsnap") << "an old one";
    REQUIRE(snapshot::write(snapshot, folder / "a.ringsnap"));
    CHECK(snapshot::read(folder / "a.ringsnap").has_value());
    CHECK(folder.files() == 1);
}

TEST_CASE("what cannot be written leaves nothing behind and says so")
{
    Folder const folder;
    std::filesystem::create_directory(folder / "in the way");
    auto const written = snapshot::write(small_snapshot(), folder / "in the way");
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().text.find("nothing was changed") != std::string::npos);
    CHECK(folder.files() == 1);
    auto const nowhere = snapshot::write(small_snapshot(), folder / "no such folder/a");
    CHECK_FALSE(nowhere.has_value());
    auto const missing = snapshot::read(folder / "none");
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().blame == Blame::input);
}
