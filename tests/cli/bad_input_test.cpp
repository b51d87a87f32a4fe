// What a person, a file or a guest does wrong: one clear line, the documented exit code, nothing lost.
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace ringside::tests;

namespace {

std::string const spin("\xeb\xfe", 2); // jmp $

std::string guest_bytes(std::string const& name)
{
    std::ifstream file(std::string(RINGSIDE_GUEST_FOLDER) + "/" + name + ".elf", std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

TEST_CASE("an unknown option is the person's mistake: 64")
{
    CHECK(run_ringside("run port-hello --no-such-option").code == 64);
    CHECK(run_ringside("no-such-command").code == 64);
    CHECK(run_ringside("").code == 64);
}

TEST_CASE("impossible sizes and limits are the person's mistake: 64")
{
    CHECK(run_ringside("run port-hello --mem 1K").code == 64);
    CHECK(run_ringside("run port-hello --mem 900G").code == 64);
    CHECK(run_ringside("run port-hello --limit-time -3").code == 64);
}

TEST_CASE("a guest nobody knows is refused in one line that says where to look: 65")
{
    Finished const run = run_ringside("run no-such-guest");
    CHECK(run.code == 65);
    CHECK(run.error_lines() == 1);
    CHECK(run.err.find("ringside guests") != std::string::npos);
}

TEST_CASE("an empty file, a cut ELF file and a damaged one are refused in one line: 65")
{
    Scratch const scratch;
    std::string const whole = guest_bytes("port-hello");
    REQUIRE(whole.size() > 1000);
    std::string damaged = whole;
    damaged[0x20] = '\x7f'; // the program headers' offset
    damaged[0x27] = '\x7f';
    for (std::string const& path :
         {scratch.write("empty.bin", ""), scratch.write("cut.elf", whole.substr(0, 100)),
          scratch.write("damaged.elf", damaged)}) {
        Finished const run = run_ringside("run " + path);
        INFO(path << ": " << run.err);
        CHECK(run.code == 65);
        CHECK(run.error_lines() == 1);
        CHECK(run.out.empty());
    }
}

TEST_CASE("a guest that spins for ever is stopped by either limit, on Unicorn: 75")
{
    Scratch const scratch;
    std::string const guest = scratch.write("spin.bin", spin);
    CHECK(run_ringside("run " + guest + " --backend unicorn --limit-exits 3").code == 75);
    CHECK(run_ringside("run " + guest + " --backend unicorn --limit-time 0.2").code == 75);
}

TEST_CASE("a guest that spins for ever is stopped by the time limit, on any backend: 75")
{
    Scratch const scratch;
    std::string const guest = scratch.write("spin.bin", spin);
    CHECK(run_ringside("run " + guest + " --limit-time 0.2").code == 75);
}

TEST_CASE("a guest that triple-faults ends with 65 and one sentence about it")
{
    Finished const run = run_ringside("run triple-fault --backend unicorn");
    CHECK(run.code == 65);
    CHECK(run.err.find("triple fault") != std::string::npos);
}

TEST_CASE("a guest that writes over everything it reaches, itself too, harms nobody else")
{
    Scratch const scratch;
    // mov di, 0; mov cx, 0xffff; mov al, 0xf4; rep stosb: fills the first 64 KiB with HLT.
    std::string const guest =
        scratch.write("wipe.bin", std::string("\xbf\x00\x00\xb9\xff\xff\xb0\xf4\xf3\xaa", 10));
    Finished const run = run_ringside("run " + guest + " --limit-time 20");
    INFO(run.err);
    CHECK(run.code == 0); // it runs into its own HLTs
}

TEST_CASE("a trace that is foreign, empty or missing is refused in one line: 65")
{
    Scratch const scratch;
    for (std::string const& path :
         {scratch.write("foreign.ring", "hello, this is not a trace"),
          scratch.write("empty.ring", ""), scratch.path("missing.ring")}) {
        Finished const shown = run_ringside("trace show " + path);
        INFO(path << ": " << shown.err);
        CHECK(shown.code == 65);
        CHECK(shown.error_lines() == 1);
    }
}

TEST_CASE("a trace cut at any of some places is readable up to there")
{
    Scratch const scratch;
    std::string const whole = scratch.path("whole.ring");
    REQUIRE(run_ringside("run port-hello --backend unicorn --trace " + whole).code == 0);
    std::ifstream file(whole, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    for (std::size_t part = 1; part < 8; ++part) {
        std::string const cut =
            scratch.write("cut.ring", bytes.str().substr(0, 100 + bytes.str().size() * part / 9));
        Finished const shown = run_ringside("trace summary " + cut);
        INFO(shown.err);
        CHECK(shown.code == 0);
        CHECK(shown.err.find("incomplete") != std::string::npos);
    }
}
