// A conversation: who may say what when, and how the machine moves.
#include "tests/control/conversation.hpp"

using namespace ringside;
using namespace ringside::control;

TEST_CASE("gdb's coming makes the machine stand, and its question why is answered")
{
    Conversation gdb;
    CHECK(gdb.machine.interrupts == 1);
    CHECK_FALSE(gdb.session.guest_runs());
    CHECK(gdb.ask("?") == "T02thread:1;");
}

TEST_CASE("packets that come before the machine stands wait for it")
{
    FakeMachine machine;
    GdbSession session(machine, machine); // nobody reports: it runs on
    session.begin();
    session.receive(framed("qSupported:swbreak+"));
    CHECK(session.output() == "+");
    CHECK(session.guest_runs());
    session.stopped({});
    CHECK(session.output().starts_with("+$PacketSize="));
}

TEST_CASE("a packet that nobody knows is answered by an empty one")
{
    Conversation gdb;
    for (std::string_view const packet : {"vMustReplyEmpty", "vFile:open:00,0,0", "!", "",
                                          "qCRC:0,1", "QNonStop:1", "R00", "gg", "\xff"})
        CHECK(gdb.ask(packet).empty());
}

TEST_CASE("a damaged packet is asked for again, and the last answer said again when asked")
{
    Conversation gdb;
    gdb.session.receive("$qC#00");
    CHECK(gdb.heard() == "-");
    CHECK(gdb.ask("qC") == "QC1");
    gdb.session.receive("-");
    CHECK(gdb.heard() == framed("QC1"));
}

TEST_CASE("without acknowledgments none are sent, and damage ends the conversation")
{
    Conversation gdb;
    CHECK(gdb.ask("QStartNoAckMode") == "OK");
    gdb.session.receive(framed("qC"));
    CHECK(gdb.heard() == framed("QC1"));
    gdb.session.receive("-");
    CHECK(gdb.heard().empty());
    gdb.session.receive("$qC#00");
    CHECK(gdb.session.over());
    CHECK(gdb.machine.farewell == Farewell::lost);
}

TEST_CASE("what the stub can do is told, and going back only where there is a history")
{
    Conversation gdb;
    std::string const with = gdb.ask("qSupported:multiprocess+;swbreak+;hwbreak+");
    for (std::string_view const feature :
         {"PacketSize=4000;", "QStartNoAckMode+", "qXfer:features:read+", "vContSupported+",
          "ReverseStep+", "ReverseContinue+"})
        CHECK(with.find(feature) != std::string::npos);
    gdb.machine.remembers = false;
    CHECK(gdb.ask("qSupported").find("Reverse") == std::string::npos);
    CHECK(gdb.ask("bs").empty());
    CHECK(gdb.ask("bc").empty());
}

TEST_CASE("a step moves one instruction, forward and back")
{
    Conversation gdb;
    CHECK(gdb.ask("s") == "T05thread:1;");
    CHECK(gdb.machine.cpu().rip == 0x1003);
    CHECK(gdb.ask("vCont;s:1") == "T05thread:1;");
    CHECK(gdb.machine.cpu().rip == 0x1004);
    CHECK(gdb.ask("S05") == "T05thread:1;");
    CHECK(gdb.ask("bs") == "T05thread:1;");
    CHECK(gdb.machine.cpu().rip == 0x1004);
}

TEST_CASE("going back ends at the beginning of what is remembered, and says so")
{
    Conversation gdb;
    gdb.ask("s");
    CHECK(gdb.ask("bc") == "T05thread:1;replaylog:begin;");
    CHECK(gdb.machine.cpu().rip == 0x1000);
}

TEST_CASE("a breakpoint stops the machine before its instruction, as breakpoint if gdb knows that")
{
    Conversation gdb;
    CHECK(gdb.ask("Z0,1008,1") == "OK");
    CHECK(gdb.ask("vCont;c") == "T05thread:1;");
    CHECK(gdb.machine.cpu().rip == 0x1008);
    gdb.ask("qSupported:swbreak+;hwbreak+");
    CHECK(gdb.ask("c") == "T05thread:1;swbreak:;");
    CHECK(gdb.ask("z0,1008,1") == "OK");
    CHECK(gdb.machine.breakpoints().all().empty());
}

TEST_CASE("a watchpoint tells the address that was written, on the way there and back")
{
    Conversation gdb;
    CHECK(gdb.ask("Z2,2000,2") == "OK");
    CHECK(gdb.ask("c") == "T05thread:1;watch:2000;");
    CHECK(gdb.ask("c") == "T05thread:1;watch:2001;");
    CHECK(gdb.ask("bc") == "T05thread:1;watch:2001;");
    CHECK(gdb.machine.cpu().rip == 0x1008); // before the STOSB that wrote it
    CHECK(gdb.ask("bc") == "T05thread:1;watch:2000;");
    CHECK(gdb.ask("z2,2000,2") == "OK");
}

TEST_CASE("Ctrl-C stops a running machine, and means nothing to a standing one")
{
    Conversation gdb;
    gdb.session.receive(framed("c"));
    CHECK(gdb.heard() == "+");
    CHECK(gdb.session.guest_runs());
    gdb.session.receive("\x03");
    CHECK(gdb.heard() == framed("T02thread:1;"));
    gdb.session.receive("\x03");
    CHECK(gdb.heard().empty());
}

TEST_CASE("a machine that has ended says its code, and does not go on")
{
    Conversation gdb;
    gdb.session.receive(framed("c"));
    Stopped over;
    over.reason = Stopped::Reason::exited;
    over.code = 3;
    gdb.session.stopped(over);
    CHECK(gdb.heard() == "+" + framed("W03"));
    CHECK(gdb.ask("c") == "W03");
    CHECK(gdb.ask("?") == "W03");
}

TEST_CASE("each vCPU is a thread, and takes the first action that is for it")
{
    Conversation gdb(3);
    CHECK(gdb.ask("qfThreadInfo") == "m1,2,3");
    CHECK(gdb.ask("qsThreadInfo") == "l");
    CHECK(gdb.ask("T3") == "OK");
    CHECK(gdb.ask("T4") == "E16");
    CHECK(gdb.ask("vCont;s:2") == "T05thread:2;");
    CHECK(gdb.machine.cpu(0).rip == 0x1000);
    CHECK(gdb.machine.cpu(1).rip == 0x1003);
    CHECK(gdb.ask("vCont;s:2;c") == "T05thread:2;");
    CHECK(gdb.machine.cpu(0).rip == 0x1003);
    CHECK(gdb.machine.cpu(1).rip == 0x1004);
    CHECK(gdb.machine.cpu(2).rip == 0x1003);
}

TEST_CASE("registers are those of the vCPU that was chosen, until one stops")
{
    Conversation gdb(2);
    gdb.machine.cpu(1).gpr[x86::rax] = 0x55;
    CHECK(gdb.ask("Hg2") == "OK");
    CHECK(gdb.ask("p0") == "5500000000000000");
    CHECK(gdb.ask("Hg-1") == "OK");
    CHECK(gdb.ask("Hc1") == "OK");
    CHECK(gdb.ask("p0") == "5500000000000000");
    CHECK(gdb.ask("Hg9") == "E16");
    CHECK(gdb.ask("s") == "T05thread:1;");
    CHECK(gdb.ask("qC") == "QC1");
}

TEST_CASE("ways to go on that make no sense are refused, and the machine stands")
{
    Conversation gdb;
    for (std::string_view const packet :
         {"vCont;", "vCont;x", "vCont;s:9", "vCont;s:zz", "vCont;r1,2", "c1000", "sfish"})
        CHECK(gdb.ask(packet) == "E16");
    CHECK_FALSE(gdb.session.guest_runs());
    CHECK(gdb.machine.cpu().rip == 0x1000);
}

TEST_CASE("detaching answers, ends the conversation and takes the breakpoints along")
{
    Conversation gdb;
    gdb.ask("Z0,1008,1");
    CHECK(gdb.ask("D") == "OK");
    CHECK(gdb.session.over());
    CHECK(gdb.machine.farewell == Farewell::detached);
    CHECK(gdb.machine.breakpoints().all().empty());
    gdb.session.receive(framed("c"));
    CHECK(gdb.heard().empty());
}

TEST_CASE("killing ends the machine, with an answer or without")
{
    Conversation gdb;
    gdb.session.receive(framed("k"));
    CHECK(gdb.heard() == "+");
    CHECK(gdb.machine.farewell == Farewell::killed);
    Conversation other;
    CHECK(other.ask("vKill;1") == "OK");
    CHECK(other.machine.farewell == Farewell::killed);
}

TEST_CASE("a peer that piles up packets while the machine runs is dropped")
{
    Conversation gdb;
    gdb.session.receive(framed("c"));
    for (int count = 0; count < 17; ++count)
        gdb.session.receive(framed("g"));
    CHECK(gdb.session.over());
    CHECK(gdb.machine.farewell == Farewell::lost);
}

TEST_CASE("text for the person travels in pieces that fit a packet")
{
    Conversation gdb;
    gdb.session.print(std::string(20'000, 'x'));
    PacketReader reader;
    reader.feed(gdb.heard());
    std::size_t letters = 0;
    while (std::optional<Received> const packet = reader.next()) {
        REQUIRE(packet->kind == Received::Kind::packet);
        CHECK(packet->payload[0] == 'O');
        letters += from_hex(packet->payload.substr(1))->size();
    }
    CHECK(letters == 20'000);
}
