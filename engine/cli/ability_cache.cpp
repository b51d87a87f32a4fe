#include "engine/cli/ability_cache.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "engine/backend/kvm/probe.hpp"
#include "engine/backend/kvm/system.hpp"

namespace ringside::cli {

namespace fs = std::filesystem;

namespace {

constexpr int cache_version = 1;

fs::path cache_file()
{
    if (char const* folder = std::getenv("XDG_CACHE_HOME"); folder != nullptr && *folder == '/')
        return fs::path(folder) / "ringside" / "kvm-abilities";
    if (char const* home = std::getenv("HOME"); home != nullptr && *home == '/')
        return fs::path(home) / ".cache" / "ringside" / "kvm-abilities";
    return {};
}

std::string boot_id()
{
    std::string id;
    std::ifstream("/proc/sys/kernel/random/boot_id") >> id;
    return id;
}

std::optional<backend::Abilities> remembered()
{
    int version = 0;
    std::string boot;
    backend::Abilities abilities = 0;
    std::ifstream file(cache_file());
    if (!(file >> version >> boot >> abilities) || version != cache_version || boot != boot_id())
        return std::nullopt;
    return abilities & backend::all_abilities;
}

/// A cache that cannot be written is no trouble: the next run probes again.
void remember(backend::Abilities abilities)
{
    fs::path const path = cache_file();
    if (path.empty())
        return;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    fs::path const fresh = path.string() + "." + std::to_string(::getpid());
    std::ofstream(fresh) << cache_version << ' ' << boot_id() << ' ' << abilities << '\n';
    fs::rename(fresh, path, error);
    if (error)
        fs::remove(fresh, error);
}

} // namespace

Result<backend::Abilities> kvm_abilities()
{
    TRY(kvm::System::open());
    if (auto const abilities = remembered())
        return *abilities;
    kvm::Probed const probed = TRY(kvm::probe());
    remember(probed.abilities);
    return probed.abilities;
}

} // namespace ringside::cli
