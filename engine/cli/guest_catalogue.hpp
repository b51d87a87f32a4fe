// The shipped guest programs: where they lie, and from a name on the command line to an image.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/result.hpp"
#include "engine/machine/guest_image.hpp"

namespace ringside::cli {

/// Beside the executable (../guests of a build, ../share/ringside/guests of an installation), or
/// where the environment's RINGSIDE_GUESTS says.
Result<std::filesystem::path> guest_folder();

/// All shipped guests, ascending by name.
Result<std::vector<machine::GuestImage>> shipped_guests();

/// A shipped name, or a path to an image. Shipped names win; a path with a slash is always a path.
Result<machine::GuestImage> find_guest(std::string const& name_or_path);

/// The folder of the running executable.
std::filesystem::path executable_folder();

} // namespace ringside::cli
