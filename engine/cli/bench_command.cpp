// `ringside bench`: the project's own measurements, each beside a raw floor taken in the same
// process and in turn with ours, because machines are noisy. Medians over the rounds; ratios are
// what to quote.
#include <algorithm>
#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include "engine/cli/bench_measures.hpp"
#include "engine/cli/commands.hpp"

namespace ringside::cli {

namespace {

nlohmann::json to_json(Measure const& measure)
{
    nlohmann::json object{{"name", measure.name}, {"value", measure.value},
                          {"unit", measure.unit}, {"floor_is", measure.floor_is},
                          {"aim", measure.aim},   {"rounds", measure.rounds}};
    if (measure.floor > 0) {
        object["floor"] = measure.floor;
        object["ratio"] = measure.value / measure.floor;
        object["above_floor"] = measure.value - measure.floor;
    }
    return object;
}

void print(Measure const& measure)
{
    std::printf("%-34s %12.1f %-12s", measure.name.c_str(), measure.value, measure.unit.c_str());
    if (measure.floor > 0)
        std::printf(" floor %10.1f  ratio %5.2f", measure.floor, measure.value / measure.floor);
    else
        std::printf(" %31s", "");
    std::printf("   aim: %s\n", measure.aim.c_str());
}

std::string all_names()
{
    std::string names;
    for (Benchmark const& benchmark : benchmarks())
        names += " " + std::string(benchmark.name);
    return names;
}

} // namespace

void add_bench_command(CLI::App& app, Action& action)
{
    CLI::App* command = app.add_subcommand("bench", "Measure Ringside beside its raw floors");
    auto json = std::make_shared<bool>(false);
    auto name = std::make_shared<std::string>();
    command->add_option("name", *name, "Only measurements whose name contains this");
    command->add_flag("--json", *json, "Print one JSON document");
    command->callback([&action, json, name] {
        action = [json, name]() -> Result<int> {
            nlohmann::json list = nlohmann::json::array();
            nlohmann::json skipped = nlohmann::json::array();
            for (Benchmark const& benchmark : benchmarks()) {
                if (benchmark.name.find(*name) == std::string_view::npos)
                    continue;
                auto const measures = benchmark.run();
                if (!measures) {
                    skipped.push_back({{"name", benchmark.name}, {"why", measures.error().text}});
                    if (!*json)
                        std::printf("%-34s skipped: %s\n", std::string(benchmark.name).c_str(),
                                    measures.error().text.c_str());
                    continue;
                }
                for (Measure const& measure : *measures) {
                    list.push_back(to_json(measure));
                    if (!*json)
                        print(measure);
                }
            }
            if (list.empty() && skipped.empty())
                return fail(Blame::usage, "no measurement is named like '" + *name +
                                              "'; there are" + all_names());
            if (*json)
                std::printf(
                    "%s\n",
                    nlohmann::json{{"measures", list}, {"skipped", skipped}}.dump(2).c_str());
            return 0;
        };
    });
}

} // namespace ringside::cli
