#include "tests/control/gdb_process.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace ringside::control {

namespace {

/// gdb as a child with both streams in a file; dead at the end of its life here, whatever happens.
class Child {
public:
    Child(std::vector<std::string> words, std::string const& output)
    {
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        id_ = ::fork();
        REQUIRE(id_ >= 0);
        if (id_ != 0)
            return;
        if (std::freopen("/dev/null", "r", stdin) == nullptr ||
            std::freopen(output.c_str(), "w", stdout) == nullptr || ::dup2(1, 2) < 0)
            ::_exit(126);
        ::setenv("DEBUGINFOD_URLS", "", 1); // no looking for symbols in the network
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ~Child()
    {
        if (!ended_) {
            ::kill(id_, SIGKILL);
            ::waitpid(id_, nullptr, 0);
        }
    }
    Child(Child const&) = delete;
    Child& operator=(Child const&) = delete;

    bool ended()
    {
        ended_ = ended_ || ::waitpid(id_, nullptr, WNOHANG) == id_;
        return ended_;
    }

private:
    pid_t id_ = -1;
    bool ended_ = false;
};

} // namespace

bool skip_without_gdb()
{
    if (std::system("gdb --version >/dev/null 2>&1") == 0)
        return false;
    std::printf("SKIPPED: %s: gdb is not installed\n",
                Catch::getResultCapture().getCurrentTestName().c_str());
    return true;
}

GdbBench::GdbBench(unsigned vcpus) : machine(vcpus)
{
    std::string pattern = (std::filesystem::temp_directory_path() / "ringside-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    path_ = folder_ + "/gdb";
    Result<GdbServer> server = GdbServer::create(path_, machine, machine);
    REQUIRE(server);
    server_ = std::make_unique<GdbServer>(std::move(*server));
    machine.report = [this](Stopped const& why) { server_->stopped(why); };
}

GdbBench::~GdbBench()
{
    server_.reset();
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
}

void GdbBench::turn()
{
    server_->poll();
    if (machine.wants_to_run())
        machine.run(10);
    else
        server_->wait(20);
}

std::string GdbBench::run_gdb(std::vector<std::string> const& commands)
{
    std::vector<std::string> words = {
        "gdb", "-nx", "-q", "-batch", "-ex", "set pagination off", "-ex", "target remote " + path_};
    for (std::string const& command : commands) {
        words.emplace_back("-ex");
        words.push_back(command);
    }
    std::string const output = folder_ + "/output";
    Child gdb(words, output);
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (!gdb.ended() && std::chrono::steady_clock::now() < deadline)
        turn();
    REQUIRE(gdb.ended());
    server_->poll();
    std::ifstream file(output);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace ringside::control
