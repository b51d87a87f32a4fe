// The plan of the house, held to: which folder may include which. Arrows point down only.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/catch.hpp"

namespace {

namespace fs = std::filesystem;

/// A room and the rooms it may include, besides itself.
std::map<std::string, std::set<std::string>> const allowed_edges{
    {"engine/base", {}},
    {"engine/trace", {"engine/base"}},
    {"engine/memory", {"engine/base"}},
    {"engine/x86", {"engine/base", "engine/trace", "engine/memory"}},
    {"engine/backend", {"engine/base", "engine/trace", "engine/memory", "engine/x86"}},
    {"engine/backend/kvm",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend"}},
    {"engine/backend/unicorn",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend"}},
    {"engine/backend/scripted",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend"}},
    {"engine/devices", {"engine/base", "engine/trace", "guest-programs/abi"}},
    {"engine/trap",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend",
      "engine/devices"}},
    {"engine/sched", {"engine/base", "engine/trace", "engine/backend", "engine/devices"}},
    {"engine/machine",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend",
      "engine/devices", "engine/trap", "engine/sched", "guest-programs/abi"}},
    {"engine/stream", {"engine/base", "engine/trace"}},
    {"engine/snapshot",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend",
      "engine/devices", "engine/trap", "engine/sched", "engine/machine", "engine/stream"}},
    {"engine/query", {"engine/base", "engine/trace"}},
    {"engine/control",
     {"engine/base", "engine/trace", "engine/query", "engine/x86", "engine/stream"}},
    {"engine/debug",
     {"engine/base", "engine/trace", "engine/memory", "engine/x86", "engine/backend",
      "engine/machine", "engine/stream", "engine/query", "engine/control"}},
    {"engine/cli",
     {"engine/query", "engine/control", "engine/debug", "engine/base", "engine/trace",
      "engine/memory", "engine/x86", "engine/backend", "engine/backend/kvm",
      "engine/backend/unicorn", "engine/devices", "engine/trap", "engine/sched", "engine/machine",
      "engine/stream", "engine/snapshot", "guest-programs/abi"}},
    {"visualizer/model", {"engine/base", "engine/trace", "engine/stream"}},
    {"visualizer/panels", {"engine/base", "engine/trace", "visualizer/model"}},
    {"visualizer/app",
     {"engine/base", "engine/trace", "engine/stream", "visualizer/model", "visualizer/panels"}},
};

/// Libraries that one folder, and nobody else, may include.
std::vector<std::pair<std::regex, std::string>> const only_there{
    {std::regex("<linux/kvm\\.h>"), "engine/backend/kvm"},
    {std::regex("<unicorn/.*>"), "engine/backend/unicorn"},
    {std::regex("<(imgui.*|GLFW/.*|backends/imgui_.*)>"), "visualizer"},
    {std::regex("\"imgui.*\""), "visualizer"},
};

struct Include {
    std::string file; ///< from the repository's root
    int line = 0;
    std::string target; ///< with its brackets or quotes

    std::string where() const { return file + ":" + std::to_string(line) + " includes " + target; }
};

std::vector<Include> includes_below(std::string const& folder)
{
    static std::regex const pattern("^\\s*#\\s*include\\s+([<\"][^>\"]+[>\"])");
    std::vector<Include> found;
    fs::path const root = RINGSIDE_SOURCE_DIR;
    for (fs::directory_entry const& entry : fs::recursive_directory_iterator(root / folder)) {
        std::string const extension = entry.path().extension();
        if (extension != ".hpp" && extension != ".cpp")
            continue;
        std::ifstream file(entry.path());
        std::string text;
        for (int line = 1; std::getline(file, text); ++line) {
            std::smatch match;
            if (std::regex_search(text, match, pattern))
                found.push_back({fs::relative(entry.path(), root).string(), line, match[1]});
        }
    }
    return found;
}

/// The longest known room that holds this path; empty when none does.
std::string room_of(std::string const& path)
{
    std::string best;
    for (auto const& [room, edges] : allowed_edges)
        if (path.rfind(room + "/", 0) == 0 && room.size() > best.size())
            best = room;
    return best;
}

std::string joined(std::vector<std::string> const& lines)
{
    std::ostringstream text;
    for (std::string const& line : lines)
        text << line << '\n';
    return text.str();
}

} // namespace

TEST_CASE("rooms include only the rooms below them")
{
    std::vector<std::string> broken;
    for (std::string const folder : {"engine", "visualizer"}) {
        for (Include const& include : includes_below(folder)) {
            if (include.target.front() != '"')
                continue;
            std::string const room = room_of(include.file);
            std::string target = include.target.substr(1, include.target.size() - 2);
            std::string target_room = room_of(target);
            if (target_room.empty() && target.rfind("guest-programs/abi/", 0) == 0)
                target_room = "guest-programs/abi";
            bool const fine = !room.empty() && (room == target_room ||
                                                allowed_edges.at(room).count(target_room) != 0);
            if (!fine)
                broken.push_back(include.where());
        }
    }
    INFO(joined(broken));
    CHECK(broken.empty());
}

TEST_CASE("KVM, Unicorn and Dear ImGui are included in their own rooms only")
{
    std::vector<std::string> broken;
    for (std::string const folder : {"engine", "visualizer"})
        for (Include const& include : includes_below(folder))
            for (auto const& [library, home] : only_there)
                if (std::regex_match(include.target, library) &&
                    include.file.rfind(home + "/", 0) != 0)
                    broken.push_back(include.where());
    INFO(joined(broken));
    CHECK(broken.empty());
}

TEST_CASE("the check of includes really reads includes")
{
    CHECK(includes_below("engine").size() > 100);
    CHECK(room_of("engine/backend/kvm/vm.cpp") == "engine/backend/kvm");
    CHECK(room_of("engine/backend/exit.hpp") == "engine/backend");
}
