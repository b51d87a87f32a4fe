// Running the real `ringside` program, as a person or a grader would.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ringside::tests {

struct Finished {
    int code = 0; ///< exit code; 128 + signal when it was killed
    std::string out;
    std::string err;

    /// Lines on stderr that are not about the ordinary start and end of a run.
    int error_lines() const;
};

/// Runs `command` (a shell command line in which $RINGSIDE is the program) to its end.
Finished shell(std::string const& command);

/// `ringside ARGUMENTS`, with standard input empty.
Finished run_ringside(std::string const& arguments);

/// A folder of this test's own, removed with it.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(Scratch const&) = delete;
    Scratch& operator=(Scratch const&) = delete;

    std::string path(std::string const& name) const { return (folder_ / name).string(); }
    std::string write(std::string const& name, std::string const& bytes) const;

private:
    std::filesystem::path folder_;
};

} // namespace ringside::tests
