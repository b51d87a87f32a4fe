// What a person is told when KVM cannot be used, and what the probes find when it can.
#include "engine/backend/kvm/system.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "engine/backend/kvm/probe.hpp"
#include "tests/backend/live_guest.hpp"
#include "tests/catch.hpp"

using namespace ringside;
using kvm::System;

namespace {

bool mentions(Error const& error, std::string_view words)
{
    return error.text.find(words) != std::string::npos;
}

/// A file that this process may not open, root or not.
class ForbiddenFile {
public:
    ForbiddenFile()
    {
        std::ofstream(path_) << "x";
        std::filesystem::permissions(path_, std::filesystem::perms::none);
        constexpr uid_t nobody = 65534;
        changed_user_ = ::geteuid() == 0 && ::seteuid(nobody) == 0;
    }
    ~ForbiddenFile()
    {
        if (changed_user_ && ::seteuid(0) != 0)
            std::abort();
        std::filesystem::remove(path_);
    }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() / ("ringside-kvm-" + std::to_string(::getpid()));
    bool changed_user_ = false;
};

} // namespace

TEST_CASE("a host without KVM is told what to do about it")
{
    auto const system = System::open("/dev/there-is-no-such-device");
    REQUIRE_FALSE(system.has_value());
    CHECK(system.error().blame == Blame::unavailable);
    CHECK(mentions(system.error(), "No such file or directory"));
    CHECK(mentions(system.error(), "load the module"));
    CHECK(mentions(system.error(), "--backend unicorn"));
}

TEST_CASE("a KVM that this user may not open is told with the group to join")
{
    ForbiddenFile const file;
    auto const system = System::open(file.path());
    REQUIRE_FALSE(system.has_value());
    CHECK(system.error().blame == Blame::unavailable);
    CHECK(mentions(system.error(), "Permission denied"));
    CHECK(mentions(system.error(), "group kvm"));
}

TEST_CASE("a device that is not KVM is not taken for one")
{
    auto const system = System::open("/dev/null");
    REQUIRE_FALSE(system.has_value());
    CHECK(system.error().blame == Blame::unavailable);
    CHECK(mentions(system.error(), "/dev/null"));
}

TEST_CASE("the probes give a verdict and evidence for every ability")
{
    if (test::skip_without_kvm())
        return;
    kvm::Probed const probed = kvm::probe().value();
    REQUIRE(probed.probes.size() == backend::ability_table().size());
    for (std::size_t index = 0; index < probed.probes.size(); ++index) {
        kvm::AbilityProbe const& found = probed.probes[index];
        CHECK(found.ability == backend::ability_table()[index].ability);
        CHECK_FALSE(found.evidence.empty());
        CHECK(found.present == ((probed.abilities & backend::only(found.ability)) != 0));
    }
}

TEST_CASE("a second round of probes finds what the first one found")
{
    if (test::skip_without_kvm())
        return;
    CHECK(kvm::probe()->abilities == kvm::probe()->abilities);
}
