// The gdb that people have, in batch mode, against the fake machine: what it prints is what they
// see.
#include "tests/catch.hpp"
#include "tests/control/gdb_process.hpp"

using namespace ringside;
using namespace ringside::control;

namespace {

/// All pieces are in the text, in this order.
void check_in_order(std::string const& text, std::vector<std::string> const& pieces)
{
    INFO("gdb printed:\n" << text);
    std::size_t place = 0;
    for (std::string const& piece : pieces) {
        INFO("looking for: " << piece);
        place = text.find(piece, place);
        REQUIRE(place != std::string::npos);
        place += piece.size();
    }
    // gdb has one thing to complain of: that it was given no executable.
    CHECK(text.find("warning: No executable") == text.rfind("warning"));
}

/// gdb 13 says the one, gdb 16 the other.
std::string end_of_history(std::string const& text)
{
    std::string const newer = "Reached end of recorded history; stopping.";
    return text.find(newer) != std::string::npos ? newer : "No more reverse-execution history";
}

} // namespace

TEST_CASE("stock gdb reads the 64-bit description, registers and memory, and disassembles")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    bench.machine.cpu().gpr[x86::rax] = 0x1122334455667788;
    std::string const text = bench.run_gdb(
        {"show architecture", "p/x $rax", "p $cr0", "p $efer", "p $eflags", "p/x $cs_base",
         "p $xmm0.uint128", "p $ftag", "x/3i $pc", "x/2xb 0x1000", "x/xb 0x9000", "info threads"});
    check_in_order(text,
                   {"i386:x86-64", "0x1122334455667788", "[ PE ET PG ]", "[ LME LMA ]", "[ ]",
                    "0x0", "= 0", "= 65535", "inc", "stos", "nop", "0x48\t0xff",
                    "Cannot access memory at address 0x9000", "vCPU 0, long 64-bit mode, CPL 0"});
}

TEST_CASE("stock gdb steps, breaks and continues")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    std::string const text =
        bench.run_gdb({"stepi", "p/x $pc", "break *0x1008", "continue", "p $rax", "continue",
                       "p $rax", "hbreak *0x1004", "continue", "p/x $pc", "info breakpoints",
                       "delete", "stepi 3", "p/x $pc"});
    check_in_order(text, {"= 0x1003", "Breakpoint 1, 0x0000000000001008", "= 2",
                          "Breakpoint 1, 0x0000000000001008", "= 4", "= 0x1004",
                          "breakpoint already hit 2 times", "= 0x1009"});
    CHECK(bench.machine.farewell == Farewell::detached);
    CHECK(bench.machine.breakpoints().all().empty());
}

TEST_CASE("stock gdb watches a variable, and goes back to who wrote it")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    std::string const text =
        bench.run_gdb({"watch *(unsigned char*)0x2003", "continue", "p/x $pc", "delete", "stepi 5",
                       "watch *(unsigned char*)0x2003", "reverse-continue", "p/x $pc", "delete",
                       "reverse-stepi", "p/x $pc", "reverse-continue", "p/x $pc"});
    check_in_order(text, {"Old value = 0 '\\000'", "New value = 4 '\\004'", "= 0x1009",
                          "Old value = 4 '\\004'", "New value = 0 '\\000'", "= 0x1008", "= 0x1005",
                          end_of_history(text), "= 0x1000"});
}

TEST_CASE("stock gdb writes registers and memory")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    std::string const text = bench.run_gdb({"set var $rax = 0x41", "set {int}0x2100 = 0x12345678",
                                            "set var $pc = 0x1003", "stepi", "x/xb 0x2000",
                                            "x/xw 0x2100", "set var $ds = 5"});
    check_in_order(text, {"0x41", "0x12345678", "Could not write register \"ds\""});
    CHECK(bench.machine.cpu().gpr[x86::rax] == 0x41);
}

TEST_CASE("stock gdb changes over to 16-bit code without connecting again")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    x86::CpuState real = x86::real_mode_start(0x10);
    real.segments[x86::cs].selector = 0x100;
    real.segments[x86::cs].base = 0x1000;
    bench.machine.cpu() = real;
    // mov ax, 0x1234: in 64-bit code the same bytes are five long.
    for (std::size_t index = 0; index < 3; ++index)
        bench.machine.byte(0x1010 + index) = std::to_array<std::uint8_t>({0xb8, 0x34, 0x12})[index];
    bench.machine.byte(0x1013) = 0xf4;
    std::string const text = bench.run_gdb(
        {"p/x $pc", "monitor description 16", "unset tdesc filename", "show architecture",
         "p/x $pc", "p/x $cs_base", "x/2i $pc", "monitor description 64", "unset tdesc filename",
         "show architecture", "p/x $rip"});
    check_in_order(text, {"= 0x1010", "16-bit code", "i8086", "= 0x1010", "= 0x1000",
                          "mov    $0x1234,%ax", "hlt", "i386:x86-64", "= 0x1010"});
}

TEST_CASE("stock gdb sees each vCPU as a thread, and steps the one it is told to")
{
    if (skip_without_gdb())
        return;
    GdbBench bench(2);
    std::string const text = bench.run_gdb({"info threads", "thread 2", "set scheduler-locking on",
                                            "stepi", "p/x $pc", "thread 1", "p/x $pc"});
    check_in_order(text, {"vCPU 0", "vCPU 1", "Switching to thread 2", "= 0x1003",
                          "Switching to thread 1", "= 0x1000"});
}

TEST_CASE("stock gdb passes on what is typed behind monitor")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    std::string const text = bench.run_gdb({"monitor walk 0x1000", "monitor description 7"});
    check_in_order(text, {"vCPU 0 hears: walk 0x1000", "description takes 16, 32 or 64"});
}

TEST_CASE("stock gdb is told the exit code of a machine that ends")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    bench.machine.byte(0x1004) = 0xf4;
    check_in_order(bench.run_gdb({"continue"}), {"exited normally"});
}

TEST_CASE("stock gdb kills the machine when it is told to")
{
    if (skip_without_gdb())
        return;
    GdbBench bench;
    bench.run_gdb({"kill"});
    CHECK(bench.machine.farewell == Farewell::killed);
}
