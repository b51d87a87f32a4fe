#include "tests/cli/process.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace ringside::tests {

namespace {

std::string text_of(std::string const& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

} // namespace

int Finished::error_lines() const
{
    std::istringstream lines(err);
    std::string line;
    int count = 0;
    while (std::getline(lines, line))
        count += line.empty() ? 0 : 1;
    return count;
}

Finished shell(std::string const& command)
{
    Scratch const scratch;
    std::string const out = scratch.path("out");
    std::string const err = scratch.path("err");
    std::string const whole =
        "RINGSIDE='" RINGSIDE_PROGRAM "'; { " + command + "\n} >" + out + " 2>" + err;
    int const status = std::system(whole.c_str());
    Finished finished;
    finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finished.out = text_of(out);
    finished.err = text_of(err);
    return finished;
}

Finished run_ringside(std::string const& arguments)
{
    return shell("timeout 60 \"$RINGSIDE\" " + arguments + " </dev/null");
}

Scratch::Scratch()
{
    std::string pattern = (std::filesystem::temp_directory_path() / "ringside-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
}

Scratch::~Scratch()
{
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
}

std::string Scratch::write(std::string const& name, std::string const& bytes) const
{
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
}

} // namespace ringside::tests
