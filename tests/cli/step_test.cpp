// `ringside step`: the terminal stepper, driven by a script as a person would by hand.
#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace ringside::tests;

namespace {

Finished step(Scratch const& scratch, std::string const& guest, std::string const& commands)
{
    return run_ringside("step " + guest + " --backend unicorn --commands " +
                        scratch.write("commands", commands));
}

bool says(Finished const& finished, std::string const& text)
{
    return finished.out.find(text) != std::string::npos;
}

} // namespace

TEST_CASE("the stepper tells each exit in a sentence and what it changed")
{
    Scratch const scratch;
    Finished const done = step(scratch, "first-exit", "next\nquit\n");
    CHECK(done.code == 0);
    CHECK(says(done, "The guest prints \"R\""));
    CHECK(says(done, "rax is 0x52, was 0x0"));
    CHECK(says(done, "Behind exit 1, real mode, ring 0"));
    CHECK(says(done, "guest | R"));
}

TEST_CASE("what was stepped back over comes again the same, and the guest prints nothing twice")
{
    Scratch const scratch;
    Finished const done =
        step(scratch, "first-exit", "next\nnext\nback\nback\nwhere\nnext\nnext\nnext\n");
    CHECK(done.code == 0);
    CHECK(says(done, "Behind exit 0, real mode, ring 0, at _start (in the past)"));
    CHECK(says(done, "The guest has ended"));
    CHECK(done.out.find("guest | R") == done.out.rfind("guest | R"));
}

TEST_CASE("a register changed in the past makes another story, which the guest then tells")
{
    Scratch const scratch;
    Finished const done = step(scratch, "first-exit",
                               "until port == 0x3f8\nback\nbreak count+7\ncontinue\n"
                               "set al = 0x5a\ndelete 2\ncontinue\n");
    INFO(done.out);
    CHECK(says(done, "The story goes on from here as branch 1."));
    CHECK(says(done, "guest | Z"));
}

TEST_CASE("a mistyped command of a script is told, and counted as a mistake: 64")
{
    Scratch const scratch;
    Finished const done = step(scratch, "first-exit", "nxet\nnext\nquit\n");
    CHECK(done.code == 64);
    CHECK(says(done, "The guest prints \"R\"")); // it went on
}
