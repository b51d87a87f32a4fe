// `ringside doctor`: what this host can do and why not. Probes, never CPU flags.
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include "engine/backend/kvm/probe.hpp"
#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "engine/cli/commands.hpp"
#include "engine/cli/guest_catalogue.hpp"

namespace ringside::cli {

namespace {

using kvm::Probed;

/// The shipped guests that KVM cannot run here, and what each lacks.
nlohmann::json guests_without(backend::Abilities abilities)
{
    nlohmann::json list = nlohmann::json::array();
    auto const guests = shipped_guests();
    if (!guests)
        return list;
    for (machine::GuestImage const& guest : *guests) {
        nlohmann::json lacks = nlohmann::json::array();
        for (backend::AbilityInfo const& info : backend::ability_table())
            if ((guest.needs & ~abilities & backend::only(info.ability)) != 0)
                lacks.push_back(info.name);
        if (!lacks.empty())
            list.push_back({{"guest", guest.name}, {"lacks", lacks}});
    }
    return list;
}

nlohmann::json diagnose()
{
    nlohmann::json document;
    document["unicorn"] = {{"usable", true}, {"version", unicorn::version()}};
    Result<Probed> const kvm = kvm::probe();
    document["kvm"]["usable"] = kvm.has_value();
    if (!kvm) {
        document["kvm"]["why_not"] = kvm.error().text;
        return document;
    }
    for (kvm::AbilityProbe const& probe : kvm->probes)
        document["kvm"]["abilities"].push_back({{"name", backend::name_of(probe.ability)},
                                                {"present", probe.present},
                                                {"evidence", probe.evidence}});
    document["kvm"]["changed_cpuid_leaves"] = kvm->changed_cpuid_leaves;
    document["kvm"]["guests_it_cannot_run"] = guests_without(kvm->abilities);
    return document;
}

void print_abilities(nlohmann::json const& kvm)
{
    for (nlohmann::json const& ability : kvm["abilities"])
        std::printf("  %s  %-32s %s\n", ability["present"].get<bool>() ? "yes" : "NO ",
                    ability["name"].get<std::string>().c_str(),
                    ability["evidence"].get<std::string>().c_str());
}

/// What the guest reads is then the host's choice, not ours: a known difference between backends.
void print_changed_cpuid(nlohmann::json const& leaves)
{
    std::string list;
    for (nlohmann::json const& leaf : leaves)
        list += (list.empty() ? "" : ", ") + leaf.dump();
    if (!list.empty())
        std::printf("  note: this host's KVM answers CPUID differently from what we set, in leaf "
                    "%s\n",
                    list.c_str());
}

void print_text(nlohmann::json const& document, bool brief)
{
    nlohmann::json const& kvm = document["kvm"];
    std::printf("Unicorn   usable: version %s\n",
                document["unicorn"]["version"].get<std::string>().c_str());
    if (!kvm["usable"].get<bool>()) {
        std::printf("KVM       not usable: %s\n", kvm["why_not"].get<std::string>().c_str());
        std::printf("\nEverything runs on Unicorn; nothing else is needed.\n");
        return;
    }
    std::printf("KVM       usable\n");
    if (!brief) {
        print_abilities(kvm);
        print_changed_cpuid(kvm["changed_cpuid_leaves"]);
    }
    nlohmann::json const& cannot = kvm["guests_it_cannot_run"];
    if (cannot.empty()) {
        std::printf("\nBoth backends run every shipped guest.\n");
        return;
    }
    std::printf("\n%zu shipped guests need what this host's KVM lacks and run on Unicorn:\n",
                cannot.size());
    for (nlohmann::json const& guest : cannot) {
        std::string lacks;
        for (nlohmann::json const& name : guest["lacks"])
            lacks += (lacks.empty() ? "" : ", ") + name.get<std::string>();
        std::printf("  %-20s lacks %s\n", guest["guest"].get<std::string>().c_str(), lacks.c_str());
    }
}

} // namespace

void add_doctor_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("doctor", "What this host can do, and why not");
    auto json = std::make_shared<bool>(false);
    auto brief = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print one JSON document");
    command->add_flag("--short", *brief, "Leave out the abilities one by one");
    command->callback([&action, json, brief] {
        action = [json, brief]() -> Result<int> {
            nlohmann::json const document = diagnose();
            if (*json)
                std::printf("%s\n", document.dump(2).c_str());
            else
                print_text(document, *brief);
            return 0;
        };
    });
}

} // namespace ringside::cli
