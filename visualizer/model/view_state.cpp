#include "visualizer/model/view_state.hpp"

#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

std::string_view name_of(ThemeName theme)
{
    static constexpr std::array<std::string_view, 3> names = {"dark", "light", "high-contrast"};
    return names[static_cast<std::size_t>(theme)];
}

std::optional<ThemeName> theme_named(std::string_view name)
{
    for (ThemeName const theme : {ThemeName::dark, ThemeName::light, ThemeName::high_contrast})
        if (same_name(name, name_of(theme)))
            return theme;
    return std::nullopt;
}

std::optional<Layout> ViewState::layout_called(std::string_view name) const
{
    auto const saved = saved_layouts.find(std::string(name));
    if (saved != saved_layouts.end())
        if (auto kept = Layout::parse(name, saved->second))
            return kept;
    return Layout::named(name);
}

} // namespace ringside::visualizer
