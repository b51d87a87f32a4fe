// The control channel: what a controller may say, what it hears, and what nonsense leads to.

#include "engine/stream/control.hpp"
#include "engine/stream/control_line.hpp"
#include "engine/stream/local_socket.hpp"
#include "tests/catch.hpp"
#include "tests/stream/sample_trace.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace ringside;
using namespace ringside::stream;
using Kind = trace::Command::Kind;

namespace {

/// A peer that sends what it likes.
class RawPeer {
public:
    explicit RawPeer(std::filesystem::path const& stream)
        : socket_(*connect_to(control_path(stream)))
    {
    }

    void send(std::string const& text)
    {
        std::size_t sent = 0;
        eventually([&] {
            SocketState const state =
                send_some(socket_.get(), std::as_bytes(std::span(text)), sent);
            receive_some(socket_.get(), received_, 1 << 20);
            return sent == text.size() || state == SocketState::closed;
        });
    }

    /// The next line that is not about the machine's state.
    std::string answer()
    {
        eventually([&] {
            receive_some(socket_.get(), received_, 1 << 20);
            for_each_line(received_, [&](std::string_view line) {
                if (line.find("state") == std::string_view::npos)
                    answers_.emplace_back(line);
            });
            return !answers_.empty();
        });
        std::string const first = answers_.empty() ? "nothing" : answers_.front();
        if (!answers_.empty())
            answers_.pop_front();
        return first;
    }

private:
    Fd socket_;
    std::string received_;
    std::deque<std::string> answers_;
};

std::optional<trace::Command> next(ControlServer& server)
{
    std::optional<trace::Command> command;
    eventually([&] { return (command = server.poll()).has_value(); });
    return command;
}

bool hears(ControlClient& client, MachineState state)
{
    return eventually([&] { return client.poll() && client.state() == state; });
}

std::string const accepted = "{\"ok\":true}";

} // namespace

TEST_CASE("commands arrive in the order they were sent")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    Result<ControlClient> client = ControlClient::connect(folder / "live");
    REQUIRE(client);
    CHECK_FALSE(server->poll());
    for (Kind kind : {Kind::pause, Kind::step_exit, Kind::resume, Kind::quit})
        REQUIRE(client->send(trace::Command{kind, {}}));
    for (Kind kind : {Kind::pause, Kind::step_exit, Kind::resume, Kind::quit})
        CHECK(next(*server)->kind == kind);
    CHECK_FALSE(server->poll());
}

TEST_CASE("typed input arrives byte for byte")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    Result<ControlClient> client = ControlClient::connect(folder / "live");
    REQUIRE(client);
    trace::Command command{Kind::input, {}};
    for (std::size_t index = 0; index < most_input; ++index)
        command.bytes.push_back(static_cast<std::uint8_t>(index));
    REQUIRE(client->send(command));
    CHECK(next(*server) == command);
    command.bytes.push_back(0);
    CHECK_FALSE(client->send(command));
}

TEST_CASE("a controller hears the machine's state when it comes and whenever it changes")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    server->paused(true);
    Result<ControlClient> client = ControlClient::connect(folder / "live");
    REQUIRE(client);
    CHECK(hears(*client, MachineState::paused));
    server->paused(false);
    CHECK(hears(*client, MachineState::running));
    server->paused(true);
    CHECK(hears(*client, MachineState::paused));
}

TEST_CASE("every line is answered, and nonsense is answered in words")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    RawPeer peer(folder / "live");
    struct Exchange {
        char const* line;
        char const* answer;
    };
    for (Exchange const& exchange : {
             Exchange{"{\"command\":\"pause\"}", "{\"ok\":true}"},
             Exchange{"hello", "not a line of JSON"},
             Exchange{"", "not a line of JSON"},
             Exchange{"[1,2]", "not a line of JSON"},
             Exchange{"{\"command\":", "not a line of JSON"},
             Exchange{"{}", "unknown command"},
             Exchange{"{\"command\":7}", "unknown command"},
             Exchange{"{\"command\":\"dance\"}", "unknown command"},
             Exchange{"{\"command\":\"input\"}", "input needs"},
             Exchange{"{\"command\":\"input\",\"bytes\":[256]}", "0 to 255"},
             Exchange{"{\"command\":\"input\",\"bytes\":[-1]}", "0 to 255"},
             Exchange{"{\"command\":\"input\",\"bytes\":[\"x\"]}", "0 to 255"},
             Exchange{"{\"command\":\"input\",\"text\":\"ls\\r\"}", "{\"ok\":true}"},
             Exchange{"\xff\xfe\x00", "not a line of JSON"},
         }) {
        peer.send(std::string(exchange.line) + "\n");
        INFO(exchange.line);
        CHECK(peer.answer().find(exchange.answer) != std::string::npos);
    }
    CHECK(next(*server)->kind == Kind::pause);
    CHECK(next(*server)->bytes == std::vector<std::uint8_t>{'l', 's', '\r'});
    CHECK_FALSE(server->poll());
}

TEST_CASE("a line may arrive in pieces, and several in one")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    RawPeer peer(folder / "live");
    for (char character : std::string("{\"command\":\"pause\"}\n{\"command\""))
        peer.send(std::string(1, character));
    CHECK(peer.answer() == accepted);
    peer.send(":\"resume\"}\n{\"command\":\"quit\"}\n");
    CHECK(peer.answer() == accepted);
    CHECK(peer.answer() == accepted);
    for (Kind kind : {Kind::pause, Kind::resume, Kind::quit})
        CHECK(next(*server)->kind == kind);
}

TEST_CASE("a line of any length is survived and refused")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    RawPeer peer(folder / "live");
    peer.send(std::string(3'000'000, '['));
    peer.send("\n{\"command\":\"pause\"}\n");
    CHECK(peer.answer().find("too long") != std::string::npos);
    CHECK(peer.answer() == accepted);
    CHECK(next(*server)->kind == Kind::pause);
    CHECK_FALSE(server->poll());
}

TEST_CASE("a peer that asks and never listens is let go")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    std::optional<Fd> deaf(*connect_to(control_path(folder / "live")));
    std::string const lines(10'000, '\n'); // each is refused, in words
    CHECK(eventually([&] {
        std::size_t sent = 0;
        return send_some(deaf->get(), std::as_bytes(std::span(lines)), sent) == SocketState::closed;
    }));
    RawPeer peer(folder / "live");
    peer.send("{\"command\":\"pause\"}\n");
    CHECK(peer.answer() == accepted);
}

TEST_CASE("commands that nobody takes are refused beyond a limit")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    RawPeer peer(folder / "live");
    int taken = 0;
    for (int count = 0; count < 100; ++count) {
        peer.send("{\"command\":\"step_exit\"}\n");
        taken += peer.answer() == accepted ? 1 : 0;
    }
    CHECK(taken == 64);
    CHECK(next(*server)->kind == Kind::step_exit);
    peer.send("{\"command\":\"pause\"}\n");
    CHECK(peer.answer() == accepted);
}

TEST_CASE("there is one controller at a time; the next one may come when it has left")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    std::optional<ControlClient> first = *ControlClient::connect(folder / "live");
    CHECK(hears(*first, MachineState::running));
    ControlClient second = *ControlClient::connect(folder / "live");
    CHECK(eventually([&] { return !second.poll(); }));
    CHECK(second.take_refusal() == "another controller is connected");
    CHECK(second.take_refusal().empty());
    first.reset();
    CHECK(eventually([&] {
        ControlClient third = *ControlClient::connect(folder / "live");
        return eventually(
                   [&] { return !third.poll() || third.state() != MachineState::unknown; }) &&
               third.state() == MachineState::running;
    }));
}

TEST_CASE("a controller that leaves a machine paused leaves a resume behind")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    {
        RawPeer peer(folder / "live");
        peer.send("{\"command\":\"pause\"}\n");
        CHECK(peer.answer() == accepted);
    }
    CHECK(next(*server)->kind == Kind::pause);
    CHECK(next(*server)->kind == Kind::resume);
    {
        RawPeer peer(folder / "live");
        peer.send("{\"command\":\"pause\"}\n{\"command\":\"resume\"}\n");
        CHECK(peer.answer() == accepted);
        CHECK(peer.answer() == accepted);
    }
    CHECK(next(*server)->kind == Kind::pause);
    CHECK(next(*server)->kind == Kind::resume);
    RawPeer const other(folder / "live");
    CHECK_FALSE(server->poll());
}

TEST_CASE("waiting ends when a command arrives")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    std::thread peer([&] { RawPeer(folder / "live").send("{\"command\":\"quit\"}\n"); });
    constexpr std::uint32_t very_long = 30'000; // milliseconds
    server->wait(very_long);
    CHECK(server->poll());
    peer.join();
    server->wait(0); // nothing waits: returns
    CHECK_FALSE(server->poll());
}

TEST_CASE("when the engine is gone, the controller hears of it and its commands are refused")
{
    TemporaryFolder const folder;
    std::unique_ptr<ControlServer> server = *ControlServer::create(folder / "live");
    Result<ControlClient> client = ControlClient::connect(folder / "live");
    REQUIRE(client);
    server.reset();
    CHECK(eventually([&] { return !client->poll(); }));
    CHECK_FALSE(client->send(trace::Command{Kind::pause, {}}));
    CHECK_FALSE(std::filesystem::exists(control_path(folder / "live")));
    CHECK_FALSE(ControlClient::connect(folder / "live"));
}

TEST_CASE("every command survives its own line")
{
    for (Kind kind : {Kind::pause, Kind::resume, Kind::step_exit, Kind::quit}) {
        trace::Command const command{kind, {}};
        CHECK(*parse_command(command_line(command)) == command);
    }
    trace::Command const input{Kind::input, {0, 13, 255}};
    CHECK(*parse_command(command_line(input)) == input);
}
