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

} // namespace ringside::visualizer
