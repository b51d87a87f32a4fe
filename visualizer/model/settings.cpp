#include "visualizer/model/settings.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace ringside::visualizer {

namespace {

using Json = nlohmann::ordered_json;

std::string word(Json const& json, char const* key, std::string fallback)
{
    auto const found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>()
                                                     : std::move(fallback);
}

} // namespace

void Settings::opened(std::string path)
{
    std::erase(recent, path);
    recent.insert(recent.begin(), std::move(path));
    if (recent.size() > most_recent)
        recent.resize(most_recent);
}

void apply(Settings const& settings, ViewState& view)
{
    view.theme = settings.theme;
    view.scale = static_cast<float>(settings.scale_percent) / 100.0F;
    view.saved_layouts = settings.layouts;
    view.recent = settings.recent;
    view.toured = settings.toured;
    if (auto layout = view.layout_called(settings.layout))
        view.layout = std::move(*layout);
}

void remember(ViewState const& view, Settings& settings)
{
    settings.theme = view.theme;
    settings.scale_percent = static_cast<unsigned>(std::lround(view.scale * 100));
    settings.layout = view.layout.name();
    settings.layouts = view.saved_layouts;
    auto const shipped = Layout::named(view.layout.name());
    if (shipped && shipped->text() == view.layout.text())
        settings.layouts.erase(settings.layout);
    else
        settings.layouts[settings.layout] = view.layout.text();
    settings.recent = view.recent;
    settings.toured = view.toured;
}

std::string to_json(Settings const& settings)
{
    Json json;
    json["ringside-view"] = 1;
    json["theme"] = name_of(settings.theme);
    json["scale"] = settings.scale_percent;
    json["layout"] = settings.layout;
    json["layouts"] = settings.layouts;
    json["recent"] = settings.recent;
    json["toured"] = settings.toured;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Settings> settings_from_json(std::string_view text)
{
    Json const json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("ringside-view"))
        return fail(Blame::input, "this is no settings file of ringside-view");
    Settings settings;
    settings.theme = theme_named(word(json, "theme", "dark")).value_or(ThemeName::dark);
    if (auto const scale = json.find("scale"); scale != json.end() && scale->is_number_unsigned())
        settings.scale_percent =
            static_cast<unsigned>(std::clamp<std::uint64_t>(scale->get<std::uint64_t>(), 75, 250));
    settings.layout = word(json, "layout", "exit");
    if (auto const layouts = json.find("layouts"); layouts != json.end() && layouts->is_object())
        for (auto const& [name, tree] : layouts->items())
            if (tree.is_string() && Layout::named(name))
                settings.layouts[name] = tree.get<std::string>();
    if (auto const recent = json.find("recent"); recent != json.end() && recent->is_array())
        for (Json const& path : *recent)
            if (path.is_string() && settings.recent.size() < Settings::most_recent)
                settings.recent.push_back(path.get<std::string>());
    if (auto const toured = json.find("toured"); toured != json.end() && toured->is_boolean())
        settings.toured = toured->get<bool>();
    return settings;
}

} // namespace ringside::visualizer
