#include "engine/machine/guest_image.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/fd.hpp"
#include "guest-programs/abi/ringside.h"

namespace ringside::machine {

namespace {

constexpr std::uint64_t flat_address = 0x7c00;
constexpr std::uint64_t flat_limit = 480 * 1024;
constexpr std::uint64_t file_limit = 256ULL << 20;

Error unreadable(std::filesystem::path const& path, int error_number)
{
    Error error = host_error("read guest " + path.string(), error_number,
                             "`ringside guests` lists the shipped ones");
    error.blame = Blame::input;
    return error;
}

Result<std::vector<std::uint8_t>> read_file(std::filesystem::path const& path)
{
    Fd const file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return fail(unreadable(path, errno));
    struct stat status {};
    if (::fstat(file.get(), &status) != 0)
        return fail(unreadable(path, errno));
    if (!S_ISREG(status.st_mode))
        return fail(Blame::input, "guest " + path.string() + " is not a regular file");
    if (static_cast<std::uint64_t>(status.st_size) > file_limit)
        return fail(Blame::input, "guest " + path.string() + " is larger than 256 MiB");
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(status.st_size));
    std::size_t done = 0;
    while (done < bytes.size()) {
        ssize_t const count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
        if (count < 0)
            return fail(unreadable(path, errno));
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
}

Result<GuestImage> parse_flat_image(std::span<std::uint8_t const> file, std::string name)
{
    if (file.size() > flat_limit)
        return fail(Blame::input, "guest " + name + " is neither ELF nor a flat image: " +
                                      std::to_string(file.size()) +
                                      " bytes do not fit below 640 KiB");
    GuestImage image;
    image.summary = "a flat image, started at 0000:7c00 in real mode";
    image.entry = flat_address;
    image.needs = backend::only(backend::Ability::real_mode);
    image.segments.push_back({flat_address, file.size(), {file.begin(), file.end()}});
    image.name = std::move(name);
    return image;
}

} // namespace

std::string_view name_of(StartMode mode)
{
    static constexpr auto names =
        std::to_array<std::string_view>({"real mode", "32-bit protected mode", "long mode"});
    return names[static_cast<std::size_t>(mode)];
}

backend::Ability ability_of(StartMode mode)
{
    static constexpr auto abilities = std::to_array<backend::Ability>(
        {backend::Ability::real_mode, backend::Ability::protected32, backend::Ability::long_mode});
    return abilities[static_cast<std::size_t>(mode)];
}

Result<GuestImage> read_guest_image(std::filesystem::path const& path)
{
    std::vector<std::uint8_t> const bytes = TRY(read_file(path));
    return parse_guest_image(bytes, path.stem().string());
}

Result<GuestImage> parse_guest_image(std::span<std::uint8_t const> file, std::string name)
{
    static constexpr std::array<std::uint8_t, 4> elf_magic{0x7f, 'E', 'L', 'F'};
    if (file.empty())
        return fail(Blame::input, "guest " + name + " is empty: there is nothing to run");
    std::size_t const compared = std::min(file.size(), elf_magic.size());
    bool const elf = std::equal(
        elf_magic.begin(), elf_magic.begin() + static_cast<std::ptrdiff_t>(compared), file.begin());
    if (elf)
        return parse_elf_image(file, std::move(name));
    return parse_flat_image(file, std::move(name));
}

} // namespace ringside::machine
