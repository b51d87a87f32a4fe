// Longer than most sources for its table of bits: each name of the glossary with its place in a
// register, so that a search can look there.
#include "visualizer/model/examples.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "engine/base/bits.hpp"
#include "engine/trace/schema.hpp"
#include "visualizer/model/glossary.hpp"

namespace ringside::visualizer {

namespace {

using trace::Register;
using RowTest = std::function<bool(Moment const&)>;
using RecordTest = std::function<bool(RecordIndex)>;

struct BitPlace {
    std::string_view id;
    Register which;
    unsigned low;
    unsigned count = 1;
};

// SDM Vol. 3A, "Control Registers"; Vol. 1, "EFLAGS Register".
constexpr auto register_bits = std::to_array<BitPlace>({
    {"cr0.PE", Register::cr0, 0},
    {"cr0.MP", Register::cr0, 1},
    {"cr0.EM", Register::cr0, 2},
    {"cr0.TS", Register::cr0, 3},
    {"cr0.ET", Register::cr0, 4},
    {"cr0.NE", Register::cr0, 5},
    {"cr0.WP", Register::cr0, 16},
    {"cr0.AM", Register::cr0, 18},
    {"cr0.NW", Register::cr0, 29},
    {"cr0.CD", Register::cr0, 30},
    {"cr0.PG", Register::cr0, 31},
    {"cr3.PWT", Register::cr3, 3},
    {"cr3.PCD", Register::cr3, 4},
    {"cr3.base", Register::cr3, 12, 52},
    {"cr4.VME", Register::cr4, 0},
    {"cr4.PVI", Register::cr4, 1},
    {"cr4.TSD", Register::cr4, 2},
    {"cr4.DE", Register::cr4, 3},
    {"cr4.PSE", Register::cr4, 4},
    {"cr4.PAE", Register::cr4, 5},
    {"cr4.MCE", Register::cr4, 6},
    {"cr4.PGE", Register::cr4, 7},
    {"cr4.PCE", Register::cr4, 8},
    {"cr4.OSFXSR", Register::cr4, 9},
    {"cr4.OSXMMEXCPT", Register::cr4, 10},
    {"cr4.UMIP", Register::cr4, 11},
    {"cr4.FSGSBASE", Register::cr4, 16},
    {"cr4.SMEP", Register::cr4, 20},
    {"cr4.SMAP", Register::cr4, 21},
    {"efer.SCE", Register::efer, 0},
    {"efer.LME", Register::efer, 8},
    {"efer.LMA", Register::efer, 10},
    {"efer.NXE", Register::efer, 11},
    {"rflags.CF", Register::rflags, 0},
    {"rflags.PF", Register::rflags, 2},
    {"rflags.AF", Register::rflags, 4},
    {"rflags.ZF", Register::rflags, 6},
    {"rflags.SF", Register::rflags, 7},
    {"rflags.TF", Register::rflags, 8},
    {"rflags.IF", Register::rflags, 9},
    {"rflags.DF", Register::rflags, 10},
    {"rflags.OF", Register::rflags, 11},
    {"rflags.IOPL", Register::rflags, 12, 2},
    {"rflags.NT", Register::rflags, 14},
    {"rflags.RF", Register::rflags, 16},
    {"rflags.VM", Register::rflags, 17},
    {"rflags.AC", Register::rflags, 18},
    {"rflags.VIF", Register::rflags, 19},
    {"rflags.VIP", Register::rflags, 20},
    {"rflags.ID", Register::rflags, 21},
});

// SDM Vol. 3A, "4-Level Paging", "Page-Fault Exceptions"; Vol. 3B, "Debug Status Register (DR6)".
constexpr std::string_view entry_letters = "PWUADSGX";
constexpr std::array<unsigned, 8> entry_places = {0, 1, 2, 5, 6, 7, 8, 63};
constexpr std::string_view error_letters = "PWURI";
constexpr auto dr6_bits = std::to_array<std::pair<std::string_view, unsigned>>(
    {{"B0", 0}, {"B1", 1}, {"B2", 2}, {"B3", 3}, {"BD", 13}, {"BS", 14}, {"BT", 15}});

struct Split {
    std::string_view theme; ///< "cr0"
    std::string_view rest;  ///< "PE"
};

Split split(std::string_view id)
{
    std::size_t const dot = std::min(id.find('.'), id.size());
    return {id.substr(0, dot), id.substr(std::min(dot + 1, id.size()))};
}

class Search {
public:
    explicit Search(Session const& session) : session_(session), model_(session.trace()) {}

    std::optional<RecordIndex> rows(RowTest const& test) const
    {
        Moments const& moments = model_.moments();
        MomentIndex const count = moments.size();
        MomentIndex const start = session_.moment() == no_moment ? 0 : session_.moment() + 1;
        for (MomentIndex step = 0; step < count; ++step) {
            Moment const& row = moments[(start + step) % count];
            if (test(row))
                return row.first;
        }
        return std::nullopt;
    }

    std::optional<RecordIndex> records(RecordTest const& test) const
    {
        RecordIndex const count = model_.records().size();
        RecordIndex const start = count == 0 ? 0 : session_.as_of() + 1;
        for (RecordIndex step = 0; step < count; ++step)
            if (RecordIndex const index = (start + step) % count; test(index))
                return index;
        return std::nullopt;
    }

    template <typename E>
    std::optional<RecordIndex> events(std::function<bool(E const&)> const& test) const
    {
        return records([&](RecordIndex index) {
            auto const event = model_.records().get<E>(index);
            return event && test(*event);
        });
    }

    std::optional<RecordIndex> event_named(std::string_view name) const
    {
        std::uint8_t wanted = 0;
        trace::for_each_event_type([&](auto tag) {
            using E = typename decltype(tag)::type;
            if (E::name == name)
                wanted = E::id;
        });
        return records([&](RecordIndex index) {
            bool found = false;
            trace::with_event_type(wanted, [&](auto tag) {
                found = model_.records().get<typename decltype(tag)::type>(index).has_value();
            });
            return found;
        });
    }

    // Where the bits come to hold another value; else where they are not zero.
    std::optional<RecordIndex> register_bit(BitPlace const& place) const
    {
        std::optional<std::uint64_t> before;
        if (!model_.records().empty())
            if (RegisterState const now = session_.registers_now(); now.knows(place.which))
                before = now[place.which];
        auto const bits_of = [&](std::uint64_t value) {
            return bits(value, place.low, place.count);
        };
        auto const changed = records([&](RecordIndex index) {
            auto const value = told_value(index, place.which);
            bool const other = value && before && bits_of(*value) != bits_of(*before);
            before = value ? value : before;
            return other;
        });
        if (changed)
            return changed;
        return records([&](RecordIndex index) {
            auto const value = told_value(index, place.which);
            return value && bits_of(*value) != 0;
        });
    }

    std::optional<RecordIndex> evidence(char letter) const
    {
        static constexpr MomentIndex enough = 500; // taking a row apart is not cheap
        Moments const& moments = model_.moments();
        MomentIndex const start = session_.moment() == no_moment ? 0 : session_.moment() + 1;
        for (MomentIndex step = 0; step < std::min(moments.size(), enough); ++step) {
            MomentIndex const row = (start + step) % moments.size();
            for (Step const& each : inspect(model_, row).steps)
                if (letter_of(each.evidence) == letter)
                    return moments[row].first;
        }
        return std::nullopt;
    }

private:
    // What this record says the register holds.
    std::optional<std::uint64_t> told_value(RecordIndex index, Register which) const
    {
        auto const place = static_cast<std::size_t>(which);
        if (auto const all = model_.records().get<trace::Keyframe>(index))
            return place < all->values.count ? std::optional(all->values.items[place])
                                             : std::nullopt;
        auto const some = model_.records().get<trace::RegistersChanged>(index);
        if (!some || !bit(some->mask, static_cast<unsigned>(place)))
            return std::nullopt;
        std::uint64_t const lower = some->mask & ((std::uint64_t{1} << place) - 1);
        auto const position = static_cast<std::size_t>(__builtin_popcountll(lower));
        return position < some->values.count ? std::optional(some->values.items[position])
                                             : std::nullopt;
    }

    Session const& session_;
    TraceModel const& model_;
};

using Found = std::optional<RecordIndex>;

Found example_row(Search const& search, Split const& id)
{
    if (id.theme == "exit")
        return search.rows([&](Moment const& row) {
            return row.is_exit() && trace::name_of(row.kind) == id.rest;
        });
    if (id.theme == "class")
        return search.rows([&](Moment const& row) {
            return !id.rest.empty() && letter_of(row.exit_class) == id.rest.front();
        });
    if (id.theme == "verdict")
        return search.rows([&](Moment const& row) {
            return row.is_exit() && !row.open && trace::name_of(row.verdict) == id.rest;
        });
    if (id.theme == "register")
        return search.rows([&](Moment const& row) {
            return row.reg != nullptr && row.reg->short_name == id.rest;
        });
    return std::nullopt;
}

Found example_walk(Search const& search, Split const& id)
{
    using trace::PageWalk;
    auto const walks = [&](std::function<bool(PageWalk const&)> const& test) {
        return search.events<PageWalk>(test);
    };
    if (id.theme == "entry") {
        std::size_t const letter = entry_letters.find(id.rest);
        return walks([&](PageWalk const& walk) {
            for (std::size_t step = 0; step < walk.steps.count; ++step)
                if (letter < entry_places.size() &&
                    bit(walk.steps.items[step].entry, entry_places[letter]))
                    return true;
            return false;
        });
    }
    if (id.theme == "pf") {
        auto const place = static_cast<unsigned>(error_letters.find(id.rest));
        return walks([&](PageWalk const& walk) { return !walk.ok && bit(walk.error_code, place); });
    }
    if (id.theme == "problem")
        return walks([&](PageWalk const& walk) { return trace::name_of(walk.problem) == id.rest; });
    if (id.theme == "origin")
        return walks([&](PageWalk const& walk) { return trace::name_of(walk.origin) == id.rest; });
    if (id.theme == "access")
        return walks([&](PageWalk const& walk) { return trace::name_of(walk.access) == id.rest; });
    return std::nullopt;
}

Found example_dr6(Search const& search, std::string_view name)
{
    auto const known = std::find_if(dr6_bits.begin(), dr6_bits.end(),
                                    [&](auto const& each) { return each.first == name; });
    if (known == dr6_bits.end())
        return std::nullopt;
    return search.rows([&](Moment const& row) {
        return row.is_exit() && row.kind == trace::ExitKind::debug &&
               bit(row.address, known->second);
    });
}

Found example_record(Search const& search, Split const& id)
{
    if (id.theme == "event")
        return search.event_named(id.rest);
    if (id.theme == "mode")
        return search.events<trace::ModeChanged>(
            [&](trace::ModeChanged const& e) { return trace::name_of(e.to) == id.rest; });
    if (id.theme == "notnow")
        return search.events<trace::InterruptPending>(
            [&](trace::InterruptPending const& e) { return trace::name_of(e.reason) == id.rest; });
    if (id.theme == "sched")
        return search.events<trace::Scheduling>(
            [&](trace::Scheduling const& e) { return trace::name_of(e.step) == id.rest; });
    if (id.theme == "vector")
        return search.events<trace::Delivered>([&](trace::Delivered const& e) {
            unsigned vector = 0;
            std::from_chars(id.rest.data(), id.rest.data() + id.rest.size(), vector);
            return e.vector == vector;
        });
    if (id.theme == "dr6")
        return example_dr6(search, id.rest);
    if (id.theme == "evidence" && !id.rest.empty())
        return search.evidence(id.rest.front());
    return std::nullopt;
}

} // namespace

std::optional<RecordIndex> next_example(Session const& session, std::string_view term)
{
    Term const* known = find_term(term);
    if (known == nullptr || known->example == "-" || session.trace().records().empty())
        return std::nullopt;
    std::string_view const id = known->example.empty() ? term : known->example;
    Search const search(session);
    auto const place = std::find_if(register_bits.begin(), register_bits.end(),
                                    [&](BitPlace const& each) { return each.id == id; });
    if (place != register_bits.end())
        return search.register_bit(*place);
    Split const parts = split(id);
    if (auto const row = example_row(search, parts))
        return row;
    if (auto const walk = example_walk(search, parts))
        return walk;
    return example_record(search, parts);
}

} // namespace ringside::visualizer
