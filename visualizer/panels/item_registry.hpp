// Where everything stands that was drawn in the last frame: tests click by name, and a test can ask
// what is on the screen.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/layout.hpp"

namespace ringside::visualizer {

class ItemRegistry {
public:
    void begin_frame() { items_.clear(); }
    void add(std::string_view path, Rect area) { items_.insert_or_assign(std::string(path), area); }

    /// "Exits/Row 12": where it was drawn, if it was.
    std::optional<Rect> find(std::string_view path) const
    {
        auto const found = items_.find(path);
        return found == items_.end() ? std::nullopt : std::optional(found->second);
    }
    std::vector<std::string> paths() const
    {
        std::vector<std::string> result;
        for (auto const& [path, area] : items_)
            result.push_back(path);
        return result;
    }

private:
    std::map<std::string, Rect, std::less<>> items_;
};

} // namespace ringside::visualizer
