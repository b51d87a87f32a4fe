// A host that is not what one hoped for: no KVM, a full disk, a killed process.
#include <cstdio>

#include "tests/catch.hpp"
#include "tests/cli/process.hpp"

using namespace ringside::tests;

namespace {

/// Runs a command where /dev/kvm is something else: in a mount namespace of its own. False when this
/// host does not let us make one.
bool can_hide_kvm(char const* test)
{
    bool const can = shell("unshare -m true").code == 0;
    if (!can)
        std::printf("SKIPPED: %s: this host does not allow a mount namespace\n", test);
    return can;
}

Finished without_kvm(std::string const& arguments)
{
    return shell("unshare -m sh -c 'if [ -e /dev/kvm ]; then mount --bind /dev/null /dev/kvm; fi; "
                 "exec timeout 60 \"$0\" " +
                 arguments + "' \"$RINGSIDE\" </dev/null");
}

} // namespace

TEST_CASE("without a usable /dev/kvm, auto takes Unicorn and says why")
{
    if (!can_hide_kvm("auto without KVM"))
        return;
    Finished const run = without_kvm("run port-hello");
    INFO(run.err);
    CHECK(run.code == 0);
    CHECK(run.err.find("on Unicorn, because KVM is not usable") != std::string::npos);
}

TEST_CASE("without a usable /dev/kvm, asking for KVM is refused in one line: 69")
{
    if (!can_hide_kvm("KVM asked for without KVM"))
        return;
    Finished const run = without_kvm("run port-hello --backend kvm");
    INFO(run.err);
    CHECK(run.code == 69);
    CHECK(run.error_lines() == 1);
}

TEST_CASE("a user who may not open /dev/kvm is told what to do: 69")
{
    bool const can = shell("[ -e /dev/kvm ] && ! setpriv --reuid=65534 --clear-groups test -w "
                           "/dev/kvm && setpriv --reuid=65534 --clear-groups test -x $RINGSIDE")
                         .code == 0;
    if (!can) {
        std::printf("SKIPPED: /dev/kvm unreadable: nobody can open it here, or cannot run the "
                    "program\n");
        return;
    }
    Finished const run =
        shell("HOME=/nonexistent setpriv --reuid=65534 --clear-groups \"$RINGSIDE\" "
              "run port-hello --backend kvm </dev/null");
    INFO(run.err);
    CHECK(run.code == 69);
    CHECK(run.err.find("kvm") != std::string::npos);
    CHECK(run.error_lines() == 1);
}

TEST_CASE("a full disk under the trace is told in one line, and the guest runs to its end: 70")
{
    Scratch const scratch;
    std::string const small = scratch.path("small");
    Finished const run =
        shell("unshare -m sh -c 'mkdir " + small + " && mount -t tmpfs -o size=16k tmpfs " + small +
              " && timeout 60 \"$0\" run port-hello --backend unicorn --trace " + small +
              "/t.ring; code=$?; \"$0\" trace summary " + small +
              "/t.ring >&2 || exit 99; exit $code' \"$RINGSIDE\" </dev/null");
    if (run.err.find("unshare") != std::string::npos ||
        run.err.find("mount") != std::string::npos) {
        std::printf("SKIPPED: full disk: this host does not allow a mount namespace\n");
        return;
    }
    INFO(run.err);
    CHECK(run.out.find("Hello!") == 0);
    CHECK((run.code == 70 || run.code == 0)); // 0: it all fitted into 16 KiB
}

TEST_CASE("a trace written to a device that is full is our fault to tell: 70")
{
    Finished const run = run_ringside("run port-hello --backend unicorn --trace /dev/full");
    INFO(run.err);
    CHECK(run.code == 70);
}

TEST_CASE("a machine that is killed leaves a trace that opens")
{
    Scratch const scratch;
    std::string const guest = scratch.write("spin.bin", std::string("\xe6\x80\xeb\xfc", 4));
    std::string const trace = scratch.path("t.ring");
    Finished const run =
        shell("\"$RINGSIDE\" run " + guest + " --backend unicorn --trace " + trace +
              " </dev/null & pid=$!; sleep 0.5; kill -9 $pid; wait $pid; "
              "\"$RINGSIDE\" trace summary " +
              trace);
    INFO(run.err);
    CHECK(run.code == 0);
    CHECK(run.out.find("port-out") != std::string::npos);
}

TEST_CASE("a machine asked to end by a signal ends cleanly: 75, and the trace is whole")
{
    Scratch const scratch;
    std::string const guest = scratch.write("spin.bin", std::string("\xe6\x80\xeb\xfc", 4));
    std::string const trace = scratch.path("t.ring");
    Finished const run =
        shell("\"$RINGSIDE\" run " + guest + " --backend unicorn --trace " + trace +
              " </dev/null & pid=$!; sleep 0.5; kill -TERM $pid; wait $pid; "
              "echo ended with $?; \"$RINGSIDE\" trace summary " +
              trace);
    INFO(run.err);
    CHECK(run.out.find("ended with 75") == 0);
    CHECK(run.err.find("incomplete") == std::string::npos);
}
