#include "visualizer/model/sidecar.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t longest_text = 2000;

std::optional<Place> place_of(Json const& entry)
{
    auto const seq = entry.find("seq");
    auto const vcpu = entry.find("vcpu");
    bool const sane = seq != entry.end() && seq->is_number_unsigned() && vcpu != entry.end() &&
                      vcpu->is_number_unsigned() && vcpu->get<std::uint64_t>() < 256;
    if (!sane)
        return std::nullopt;
    return Place{seq->get<std::uint64_t>(), vcpu->get<std::uint8_t>()};
}

std::string text_of(Json const& entry, char const* key)
{
    auto const found = entry.find(key);
    return found != entry.end() && found->is_string()
               ? found->get<std::string>().substr(0, longest_text)
               : std::string();
}

bool is_before(Place const& a, Place const& b)
{
    return a.vcpu != b.vcpu ? a.vcpu < b.vcpu : a.seq < b.seq;
}

void read_bookmark(Json const& entry, Sidecar& sidecar)
{
    auto const key = entry.find("key");
    auto const place = place_of(entry);
    bool const sane = key != entry.end() && key->is_number_unsigned() &&
                      key->get<std::uint64_t>() < Sidecar::bookmark_count && place;
    if (sane)
        sidecar.bookmarks[key->get<std::size_t>()] = Bookmark{*place, text_of(entry, "label")};
}

} // namespace

void Sidecar::add(Note note)
{
    remove_note(note.place);
    if (note.text.empty() || notes.size() >= most_notes)
        return;
    auto const behind = std::find_if(notes.begin(), notes.end(), [&](Note const& each) {
        return is_before(note.place, each.place);
    });
    notes.insert(behind, std::move(note));
}

void Sidecar::remove_note(Place place)
{
    std::erase_if(notes, [&](Note const& note) { return note.place == place; });
}

Note const* Sidecar::note_at(Place place) const
{
    auto const found = std::find_if(notes.begin(), notes.end(),
                                    [&](Note const& note) { return note.place == place; });
    return found == notes.end() ? nullptr : &*found;
}

std::string to_json(Sidecar const& sidecar)
{
    Json json;
    json["ringside-notes"] = 1;
    json["bookmarks"] = Json::array();
    for (std::size_t key = 0; key < sidecar.bookmarks.size(); ++key)
        if (auto const& mark = sidecar.bookmarks[key])
            json["bookmarks"].push_back({{"key", key},
                                         {"seq", mark->place.seq},
                                         {"vcpu", mark->place.vcpu},
                                         {"label", mark->label}});
    json["notes"] = Json::array();
    for (Note const& note : sidecar.notes)
        json["notes"].push_back(
            {{"seq", note.place.seq}, {"vcpu", note.place.vcpu}, {"text", note.text}});
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Sidecar> sidecar_from_json(std::string_view text)
{
    Json const json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("ringside-notes"))
        return fail(Blame::input, "these are no Ringside notes");
    Sidecar sidecar;
    for (Json const& entry : json.value("bookmarks", Json::array()))
        if (entry.is_object())
            read_bookmark(entry, sidecar);
    for (Json const& entry : json.value("notes", Json::array()))
        if (auto const place = entry.is_object() ? place_of(entry) : std::nullopt)
            sidecar.add({*place, text_of(entry, "text")});
    return sidecar;
}

} // namespace ringside::visualizer
