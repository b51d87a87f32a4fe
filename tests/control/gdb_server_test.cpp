// Sockets: who gets in, and what happens when he leaves.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "tests/catch.hpp"
#include "tests/control/gdb_process.hpp"

using namespace ringside;
using namespace ringside::control;

namespace {

/// A client that says what it is told to and collects what it hears.
struct Client {
    Fd socket;
    std::string heard;

    explicit Client(GdbBench const& bench) : socket(std::move(*stream::connect_to(bench.path()))) {}

    void say(std::string_view text)
    {
        std::size_t sent = 0;
        stream::send_some(socket.get(), std::as_bytes(std::span(text.data(), text.size())), sent);
    }
    bool listen()
    {
        return stream::receive_some(socket.get(), heard, 1 << 20) == stream::SocketState::open;
    }
};

} // namespace

TEST_CASE("the socket belongs to its owner alone, and is gone with the server")
{
    std::string path;
    {
        GdbBench bench;
        path = bench.path();
        struct stat status = {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600);
    }
    struct stat status = {};
    CHECK(::stat(path.c_str(), &status) != 0);
}

TEST_CASE("nothing happens to the machine until gdb comes")
{
    GdbBench bench;
    bench.turn();
    CHECK_FALSE(bench.server().connected());
    CHECK(bench.machine.interrupts == 0);
    Client client(bench);
    bench.turn();
    CHECK(bench.server().connected());
    CHECK(bench.machine.interrupts == 1);
}

TEST_CASE("packets are answered through the socket")
{
    GdbBench bench;
    Client client(bench);
    client.say(framed("?"));
    bench.turn();
    bench.turn();
    CHECK(client.listen());
    CHECK(client.heard == "+" + framed("T02thread:1;"));
}

TEST_CASE("a second gdb is turned away, and the first goes on")
{
    GdbBench bench;
    Client first(bench);
    bench.turn();
    Client second(bench);
    bench.turn();
    CHECK_FALSE(second.listen());
    CHECK(second.heard.empty());
    first.say(framed("qC"));
    bench.turn();
    CHECK(first.listen());
    CHECK(first.heard == "+" + framed("QC1"));
}

TEST_CASE("when the connection breaks, gdb's breakpoints go and the next gdb gets in")
{
    GdbBench bench;
    {
        Client client(bench);
        client.say(framed("Z0,1008,1"));
        bench.turn();
        CHECK(bench.machine.breakpoints().all().size() == 1);
    }
    bench.turn();
    CHECK(bench.machine.farewell == Farewell::lost);
    CHECK(bench.machine.breakpoints().all().empty());
    CHECK_FALSE(bench.server().connected());
    Client next(bench);
    bench.turn();
    CHECK(bench.server().connected());
}

TEST_CASE("a farewell is sent before the connection is closed")
{
    GdbBench bench;
    Client client(bench);
    client.say(framed("D"));
    bench.turn();
    CHECK_FALSE(client.listen());
    CHECK(client.heard == "+" + framed("OK"));
    CHECK(bench.machine.farewell == Farewell::detached);
}

TEST_CASE("a peer that is no gdb is dropped, and the machine told")
{
    GdbBench bench;
    Client client(bench);
    client.say("GET / HTTP/1.1\r\n");
    bench.turn();
    CHECK_FALSE(client.listen());
    CHECK_FALSE(bench.server().connected());
    CHECK(bench.machine.farewell == Farewell::lost);
}

TEST_CASE("a peer that never reads its answers does not make the server grow without end")
{
    GdbBench bench;
    Client client(bench);
    std::string const question = framed("m1000,2000");
    for (int round = 0; round < 3'000; ++round) {
        client.say(question);
        bench.server().poll();
    }
    CHECK(bench.server().connected());
    CHECK(bench.server().unsent() < 20 * 1024 * 1024);
}

TEST_CASE("a port is one of the loopback interface, whatever stands before it")
{
    for (std::string_view const where : {"0", ":0", "localhost:0", "127.0.0.1:0"}) {
        Result<GdbListener> const listener = GdbListener::create(where);
        REQUIRE(listener);
        CHECK(listener->address().starts_with("127.0.0.1:"));
        sockaddr_in address{};
        socklen_t size = sizeof address;
        REQUIRE(::getsockname(listener->descriptor(), reinterpret_cast<sockaddr*>(&address),
                              &size) == 0);
        CHECK(ntohl(address.sin_addr.s_addr) == INADDR_LOOPBACK);
    }
}

TEST_CASE("another host's address, a port that is none and a port in use are refused")
{
    CHECK(
        GdbListener::create("0.0.0.0:1234").error().text ==
        "cannot let gdb in at 0.0.0.0:1234: only this host may debug a guest; use localhost:1234, "
        "and ssh to come from afar");
    CHECK(GdbListener::create("65536").error().blame == Blame::usage);
    Result<GdbListener> const first = GdbListener::create("0");
    REQUIRE(first);
    std::string const port = first->address().substr(first->address().rfind(':') + 1);
    CHECK(GdbListener::create(port).error().text.find("choose another port") != std::string::npos);
}

TEST_CASE("a path that is a file, or too long, is refused")
{
    CHECK_FALSE(GdbListener::create("/dev/null"));
    CHECK_FALSE(GdbListener::create("/" + std::string(200, 'x')));
    CHECK_FALSE(GdbListener::create(""));
}
