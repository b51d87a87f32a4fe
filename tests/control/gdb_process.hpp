// The real gdb, in batch mode, talking to a server in this process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/control/gdb_server.hpp"
#include "tests/control/fake_machine.hpp"

namespace ringside::control {

/// A socket in a folder of its own, the fake machine behind it, and whoever connects to it.
class GdbBench {
public:
    explicit GdbBench(unsigned vcpus = 1);
    ~GdbBench();
    GdbBench(GdbBench const&) = delete;
    GdbBench& operator=(GdbBench const&) = delete;

    FakeMachine machine;
    std::string const& path() const { return path_; }
    GdbServer& server() { return *server_; }

    /// Runs gdb with these commands after "target remote"; what it printed, both streams.
    std::string run_gdb(std::vector<std::string> const& commands);
    /// One turn of the loop that a machine's owner runs.
    void turn();

private:
    std::string folder_;
    std::string path_;
    std::unique_ptr<GdbServer> server_;
};

/// True, after a line "SKIPPED: <test>: <reason>", where no gdb is installed.
bool skip_without_gdb();

} // namespace ringside::control
