#include "tests/travel/traveller.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <set>

namespace ringside::tests {

namespace {

std::uint64_t hash_on(std::uint64_t hash, std::span<std::byte const> bytes)
{
    constexpr std::uint64_t prime = 0x100000001b3;
    std::array<std::uint64_t, 4> lanes{hash, hash + 1, hash + 2, hash + 3}; // for speed
    std::array<std::uint64_t, 4> words{};
    for (std::size_t at = 0; at < bytes.size(); at += sizeof words) {
        words = {};
        std::memcpy(words.data(), &bytes[at], std::min(sizeof words, bytes.size() - at));
        for (std::size_t lane = 0; lane < lanes.size(); ++lane)
            lanes[lane] = (lanes[lane] ^ words[lane]) * prime;
    }
    return lanes[0] ^ lanes[1] * 3 ^ lanes[2] * 5 ^ lanes[3] * 7;
}

} // namespace

std::uint64_t state_hash(machine::State const& state, memory::GuestMemory const& memory)
{
    std::uint64_t hash = hash_on(0xcbf29ce484222325, machine::pack(state));
    for (memory::Slot const& slot : memory.slots())
        hash = hash_on(hash, slot.host);
    return hash;
}

machine::Options Traveller::standard_options(std::string const& guest)
{
    static std::set<std::string> const needs_more{
        "demand-paging", "long-mode", "memory-map", "monitor",           "pae",
        "page-rights",   "paging32",  "unreal",     "real-to-protected", "self-modifying"};
    machine::Options options;
    if (needs_more.count(guest) == 0)
        options.memory_bytes = 2U << 20;
    options.history_bytes = 64U << 20;
    return options;
}

Traveller::Traveller(ExpectedGuest const& guest, trace::BackendKind backend,
                     machine::Options options)
    : input(guest.input)
{
    options.limit_seconds = 120;
    machine::Surroundings surroundings;
    surroundings.input = &input;
    surroundings.output = [this](std::uint8_t byte) { console += static_cast<char>(byte); };
    surroundings.sink = &told;
    surroundings.replayed = &retold;
    auto created = machine::Machine::create(options, shipped_image(guest.name),
                                            backend_factory(backend), surroundings);
    INFO(guest.name << ": " << (created ? "" : created.error().text));
    REQUIRE(created.has_value());
    machine = *std::move(created);
    told_by[0] = told.records().size();
}

std::vector<trace::Record> Traveller::told_behind(std::uint64_t exits) const
{
    auto const& records = told.records();
    return {records.begin() + static_cast<std::ptrdiff_t>(told_by.at(exits)), records.end()};
}

bool Traveller::turn(machine::Pace pace)
{
    auto const end = machine->turn(pace);
    INFO((end ? "" : end.error().text));
    REQUIRE(end.has_value());
    if (*end)
        stop = **end;
    return end->has_value();
}

void Traveller::run_on(Hashes& hashes, std::uint64_t every)
{
    for (bool ended = false; !ended;) {
        std::uint64_t const before = machine->exits();
        ended = turn();
        if (machine->exits() != before)
            told_by.emplace(machine->exits(), told.records().size());
        if (machine->exits() == before || (!ended && machine->exits() % every != 0))
            continue;
        auto const state = machine->state();
        REQUIRE(state.has_value());
        if (*state)
            hashes[machine->exits()] = state_hash(**state, machine->memory());
    }
}

void Traveller::go_to(std::uint64_t exits, std::uint64_t steps)
{
    auto const gone = machine->go_to({exits, steps});
    INFO((gone ? "" : gone.error().text));
    REQUIRE(gone.has_value());
}

std::uint64_t Traveller::hash()
{
    auto const state = machine->state();
    REQUIRE(state.has_value());
    REQUIRE(state->has_value());
    return state_hash(**state, machine->memory());
}

bool skip_guest(std::string const& test, ExpectedGuest const& guest, trace::BackendKind backend)
{
    std::string const reason = reason_to_skip(backend, shipped_image(guest.name).needs);
    if (!reason.empty())
        std::printf("SKIPPED: %s of %s: %s\n", test.c_str(), guest.name.c_str(), reason.c_str());
    return !reason.empty();
}

} // namespace ringside::tests
