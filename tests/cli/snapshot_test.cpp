// snapshot, restore and clone as a person calls them.
#include <cstdio>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace ringside::tests;
using nlohmann::json;

namespace {

std::string const monitor = "monitor --backend unicorn --quiet --input ";

} // namespace

TEST_CASE("what a guest prints before a snapshot and after it is what it prints in one run")
{
    Scratch const scratch;
    std::string const file = scratch.path("s.ringsnap");
    Finished const whole = run_ringside("run port-hello --backend unicorn --quiet");
    Finished const first =
        run_ringside("snapshot port-hello --backend unicorn --quiet --at-exit 40 "
                     "-o " +
                     file);
    Finished const rest = run_ringside("restore --quiet --backend unicorn " + file);
    INFO(first.err << rest.err);
    CHECK(first.code == 0);
    CHECK(rest.code == 0);
    CHECK(first.out + rest.out == whole.out);
    CHECK(first.out.size() < whole.out.size());
}

TEST_CASE("text not yet typed is in the snapshot, and the guest's own exit code comes out")
{
    Scratch const scratch;
    std::string const input = scratch.write("in", "help\rexit 7\r");
    std::string const file = scratch.path("s.ringsnap");
    REQUIRE(run_ringside("snapshot " + monitor + input + " --at-exit 100 -o " + file).code == 0);
    Finished const rest = run_ringside("restore --quiet --backend unicorn " + file);
    CHECK(rest.code == 7);
    CHECK(rest.out.find("exit 7") != std::string::npos);
}

TEST_CASE("clones of one snapshot do the same, and say what memory is their own")
{
    Scratch const scratch;
    std::string const file = scratch.path("s.ringsnap");
    REQUIRE(run_ringside("snapshot port-hello --backend unicorn --quiet --at-exit 40 -o " + file)
                .code == 0);
    Finished const run = run_ringside("clone " + file + " -n 3 --backend unicorn --json");
    INFO(run.err);
    CHECK(run.code == 0);
    json const clones = json::parse(run.out)["clones"];
    REQUIRE(clones.size() == 3);
    for (json const& clone : clones) {
        CHECK(clone["console"] == clones[0]["console"]);
        CHECK(clone["exits"] == clones[0]["exits"]);
        CHECK(clone["own_pages"].get<int>() < 100);
    }
}

TEST_CASE("snapshot, and restore with --json, print one document")
{
    Scratch const scratch;
    std::string const file = scratch.path("s.ringsnap");
    Finished const saved =
        run_ringside("snapshot port-hello --backend unicorn --at-exit 40 --json -o " + file);
    CHECK(saved.code == 0);
    CHECK(json::parse(saved.out)["exits"] == 40);
    Finished const run = run_ringside("restore --backend unicorn --json " + file);
    CHECK(run.code == 0);
    CHECK(json::parse(run.out)["cause"] == "guest-exit");
}

TEST_CASE("a damaged, a cut and a foreign snapshot are refused in one line: 65")
{
    Scratch const scratch;
    std::string const file = scratch.path("s.ringsnap");
    REQUIRE(run_ringside("snapshot port-hello --backend unicorn --quiet --at-exit 40 -o " + file)
                .code == 0);
    std::string const cut = scratch.path("cut");
    std::string const bent = scratch.path("bent");
    REQUIRE(shell("head -c 700 " + file + " > " + cut).code == 0);
    REQUIRE(shell("cp " + file + " " + bent + " && printf x | dd of=" + bent +
                  " bs=1 seek=900 conv=notrunc 2>/dev/null")
                .code == 0);
    for (std::string const& wrong :
         {cut, bent, scratch.write("foreign", "hello"), scratch.path("missing"),
          scratch.write("empty", ""), std::string("/dev/null")}) {
        for (std::string const& command : {"restore " + wrong, "clone " + wrong}) {
            Finished const run = run_ringside(command);
            INFO(command << "\n" << run.err);
            CHECK(run.code == 65);
            CHECK(run.error_lines() == 1);
            CHECK(run.out.empty());
        }
    }
}

TEST_CASE("a guest that ends before the exit asked for is not saved: 64")
{
    Scratch const scratch;
    std::string const file = scratch.path("s.ringsnap");
    Finished const run =
        run_ringside("snapshot first-exit --backend unicorn --at-exit 100000 -o " + file);
    INFO(run.err);
    CHECK(run.code == 64);
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("a disk that is full leaves the old snapshot as it was: 70")
{
    Scratch const scratch;
    if (shell("unshare -m true").code != 0) {
        std::printf("SKIPPED: a full disk under a snapshot: this host allows no mount namespace\n");
        return;
    }
    // A disk of one page holds the old file and not a new one besides.
    std::string const folder = scratch.path("");
    Finished const run =
        shell("unshare -m sh -c 'mount -t tmpfs -o size=4k none " + folder + " && cd " + folder +
              " && printf old > s.ringsnap && \"$0\" snapshot memory-map "
              "--backend unicorn --quiet --at-exit 40 -o s.ringsnap; "
              "echo code $?; cat s.ringsnap; ls | wc -l' \"$RINGSIDE\" 2>&1");
    INFO(run.out);
    CHECK(run.out.find("No space left on device") != std::string::npos);
    CHECK(run.out.find("code 70\nold1\n") != std::string::npos);
}
