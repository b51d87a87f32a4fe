#include "engine/cli/guest_catalogue.hpp"

#include <algorithm>
#include <cstdlib>

namespace ringside::cli {

namespace fs = std::filesystem;

fs::path executable_folder()
{
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
}

Result<fs::path> guest_folder()
{
    std::error_code error;
    if (char const* named = std::getenv("RINGSIDE_GUESTS"); named != nullptr && *named != '\0') {
        if (fs::is_directory(named, error))
            return fs::path(named);
        return fail(Blame::usage,
                    "RINGSIDE_GUESTS names " + std::string(named) + ", which is not a folder");
    }
    fs::path const here = executable_folder();
    for (fs::path const& candidate : {here / "../guests", here / "../share/ringside/guests"})
        if (fs::is_directory(candidate, error))
            return fs::weakly_canonical(candidate, error);
    return fail(Blame::host, "cannot find the shipped guests beside " + here.string() +
                                 "; build them, or set RINGSIDE_GUESTS to their folder");
}

Result<std::vector<machine::GuestImage>> shipped_guests()
{
    fs::path const folder = TRY(guest_folder());
    std::vector<machine::GuestImage> guests;
    std::error_code error;
    for (fs::directory_entry const& file : fs::directory_iterator(folder, error))
        if (file.path().extension() == ".elf")
            guests.push_back(TRY(machine::read_guest_image(file.path())));
    std::sort(guests.begin(), guests.end(),
              [](auto const& left, auto const& right) { return left.name < right.name; });
    return guests;
}

Result<machine::GuestImage> find_guest(std::string const& name_or_path)
{
    bool const plain_name = name_or_path.find('/') == std::string::npos;
    std::error_code error;
    auto const folder = guest_folder();
    if (plain_name && folder) {
        fs::path const shipped = *folder / (name_or_path + ".elf");
        if (fs::is_regular_file(shipped, error))
            return machine::read_guest_image(shipped);
    }
    if (!fs::exists(name_or_path, error))
        return fail(Blame::input, "there is no guest named " + name_or_path +
                                      (plain_name ? ", shipped or as a file" : "") +
                                      "; `ringside guests` lists the shipped ones");
    return machine::read_guest_image(name_or_path);
}

} // namespace ringside::cli
