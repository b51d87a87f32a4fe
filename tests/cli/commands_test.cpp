// The commands as graders and scripts call them.
#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace ringside::tests;
using nlohmann::json;

TEST_CASE("the guest's console goes to stdout and everything of ours to stderr")
{
    Finished const run = run_ringside("run port-hello --backend unicorn");
    CHECK(run.code == 0);
    CHECK(run.out.find("Hello!") == 0);
    CHECK(run.out.find("ringside") == std::string::npos);
    CHECK(run.err.find("ringside: ") == 0);
}

TEST_CASE("run says which backend it took and why, in one line")
{
    Finished const run = run_ringside("run port-hello");
    CHECK(run.code == 0);
    bool const said = run.err.find("on KVM, because") != std::string::npos ||
                      run.err.find("on Unicorn, because") != std::string::npos;
    CHECK(said);
}

TEST_CASE("every --json prints exactly one document on stdout")
{
    Scratch const scratch;
    std::string const trace = scratch.path("t.ring");
    REQUIRE(run_ringside("run port-hello --backend unicorn --quiet --trace " + trace).code == 0);
    for (std::string const& command :
         {std::string("doctor --json"), std::string("guests --json"),
          std::string("run port-hello --backend unicorn --json"), "trace show --json " + trace,
          "trace summary --json " + trace, "trace diff --json " + trace + " " + trace,
          "trace export --json " + trace, std::string("bench walk --json")}) {
        Finished const run = run_ringside(command);
        INFO(command << "\n" << run.err);
        CHECK(run.code == 0);
        CHECK(json::accept(run.out));
    }
}

TEST_CASE("run --json carries the console's text and the guest's result")
{
    json const document = json::parse(run_ringside("run port-hello --backend unicorn --json").out);
    CHECK(document["exit_code"] == 0);
    CHECK(document["cause"] == "guest-exit");
    CHECK(document["console"].get<std::string>().find("Hello!") == 0);
    CHECK(document["backend"] == "Unicorn");
}

TEST_CASE("the same run recorded twice is the same stream, and another guest's is not")
{
    Scratch const scratch;
    std::string const run = "run port-hello --backend unicorn --quiet --trace ";
    REQUIRE(run_ringside(run + scratch.path("a.ring")).code == 0);
    REQUIRE(run_ringside(run + scratch.path("b.ring")).code == 0);
    REQUIRE(
        run_ringside("run first-exit --backend unicorn --quiet --trace " + scratch.path("c.ring"))
            .code == 0);
    CHECK(
        run_ringside("trace diff " + scratch.path("a.ring") + " " + scratch.path("b.ring")).code ==
        0);
    CHECK(
        run_ringside("trace diff " + scratch.path("a.ring") + " " + scratch.path("c.ring")).code ==
        1);
}

TEST_CASE("a flat image is a guest")
{
    Scratch const scratch;
    // mov al, 9; out 0xf4, al
    std::string const guest = scratch.write("nine.bin", std::string("\xb0\x09\xe6\xf4", 4));
    CHECK(run_ringside("run --backend unicorn " + guest).code == 9);
}

TEST_CASE("text typed into a file reaches the monitor")
{
    Scratch const scratch;
    std::string const input = scratch.write("in", "help\rexit 5\r");
    Finished const run = run_ringside("run monitor --backend unicorn --quiet --input " + input);
    CHECK(run.code == 5);
    CHECK(run.out.find("peek") != std::string::npos);
}

TEST_CASE("a Perfetto export is written and is not empty")
{
    Scratch const scratch;
    std::string const trace = scratch.path("t.ring");
    REQUIRE(run_ringside("run first-exit --backend unicorn --quiet --trace " + trace).code == 0);
    CHECK(run_ringside("trace export " + trace + " --perfetto " + scratch.path("p.pftrace")).code ==
          0);
    CHECK(std::filesystem::file_size(scratch.path("p.pftrace")) > 1000);
}

TEST_CASE("known differences between the backends are listed with their reasons")
{
    Finished const known = run_ringside("trace diff --known");
    CHECK(known.code == 0);
    CHECK(known.out.find("why:") != std::string::npos);
}
