// `ringside guests`: the shipped guest programs, what each shows and what it needs.
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/guest_catalogue.hpp"

namespace ringside::cli {

namespace {

std::vector<std::string> ability_names(backend::Abilities abilities)
{
    std::vector<std::string> names;
    for (backend::AbilityInfo const& info : backend::ability_table())
        if ((abilities & backend::only(info.ability)) != 0)
            names.emplace_back(info.name);
    return names;
}

void print_json(std::vector<machine::GuestImage> const& guests)
{
    nlohmann::json list = nlohmann::json::array();
    for (machine::GuestImage const& guest : guests)
        list.push_back({{"name", guest.name},
                        {"summary", guest.summary},
                        {"start", machine::name_of(guest.start)},
                        {"needs", ability_names(guest.needs)},
                        {"preempted", guest.preempted}});
    std::printf("%s\n", nlohmann::json{{"guests", list}}.dump(2).c_str());
}

void print_table(std::vector<machine::GuestImage> const& guests)
{
    std::size_t width = 0;
    for (machine::GuestImage const& guest : guests)
        width = std::max(width, guest.name.size());
    for (machine::GuestImage const& guest : guests)
        std::printf("%-*s  %s\n", static_cast<int>(width), guest.name.c_str(),
                    guest.summary.c_str());
    std::printf("\nRun one:       ringside run %s\nWatch one:     ringside view %s\n",
                guests.front().name.c_str(), guests.front().name.c_str());
}

} // namespace

void add_guests_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("guests", "List the shipped guest programs");
    auto json = std::make_shared<bool>(false);
    command->add_flag("--json", *json, "Print one JSON document");
    command->callback([&action, json] {
        action = [json]() -> Result<int> {
            std::vector<machine::GuestImage> const guests = TRY(shipped_guests());
            if (guests.empty())
                return fail(Blame::host, "the folder of shipped guests is empty; build them");
            *json ? print_json(guests) : print_table(guests);
            return 0;
        };
    });
}

} // namespace ringside::cli
