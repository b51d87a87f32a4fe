#include "visualizer/model/table_view.hpp"

#include "engine/base/bits.hpp"

namespace ringside::visualizer {

namespace {

// SDM Vol. 3A, "32-Bit Paging": 1024 entries of four bytes; "PAE Paging": four PDPTEs; else 512
// of eight.
std::size_t entries_in(trace::PagingMode mode, std::string_view table)
{
    if (mode == trace::PagingMode::bits32)
        return 1024;
    return mode == trace::PagingMode::pae && table == "PDPTE" ? 4 : 512;
}

// Where the letters of an entry stand; the same figure as in walk_ladder.cpp.
unsigned position_of(char letter)
{
    switch (letter) {
    case 'P':
        return 0;
    case 'W':
        return 1;
    case 'U':
        return 2;
    case 'A':
        return 5;
    case 'D':
        return 6;
    case 'S':
        return 7;
    case 'G':
        return 8;
    default:
        return 63; // X
    }
}

} // namespace

TablePicture table_picture(TraceModel const& model, trace::PageWalk const& walk, Rung const& rung,
                           RecordIndex now)
{
    bool const narrow = walk.paging == trace::PagingMode::bits32;
    std::uint64_t const width = narrow ? 4 : 8;
    TablePicture picture;
    picture.name = rung.table.substr(0, rung.table.size() - 1); // "PDE" stands in a PD
    picture.focus = rung.index;
    picture.gpa = rung.entry_gpa - rung.index * width;
    picture.cells.resize(entries_in(walk.paging, rung.table));
    bool const last_level = rung.table == "PTE";
    auto const& entries = model.occurrences().entries();
    std::uint64_t const end = picture.gpa + picture.cells.size() * width;
    for (auto place = entries.lower_bound(picture.gpa);
         place != entries.end() && place->first < end; ++place) {
        Told const* told = told_until(place->second.told, now);
        if (told == nullptr)
            continue;
        TableCell& cell = picture.cells[(place->first - picture.gpa) / width];
        cell.known = true;
        cell.entry = told->value;
        cell.teller = told->record;
        cell.present = bit(told->value, 0);
        cell.large = !last_level && bit(told->value, 7);
        cell.no_execute = !narrow && bit(told->value, 63);
    }
    return picture;
}

void mark_changes(Ladder& ladder, TraceModel const& model, RecordIndex record)
{
    auto const& entries = model.occurrences().entries();
    for (Rung& rung : ladder.rungs) {
        auto const place = entries.find(rung.entry_gpa);
        Told const* told =
            place == entries.end() ? nullptr : told_until(place->second.told, record);
        bool const changed_now =
            told != nullptr && told->record == record && told != place->second.told.data();
        if (!changed_now)
            continue;
        rung.before = (told - 1)->value;
        for (EntryBit& letter : rung.bits)
            letter.changed = bit(rung.entry ^ *rung.before, position_of(letter.letter));
    }
}

} // namespace ringside::visualizer
