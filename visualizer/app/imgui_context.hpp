// ImGui's global context, owned by a scope.
#pragma once

#include <imgui.h>

namespace ringside::visualizer {

class ImGuiContextOwner {
public:
    ImGuiContextOwner()
    {
        ImGui::CreateContext();
        ImGui::GetIO().IniFilename = nullptr;
        ImGui::GetIO().ConfigInputTextCursorBlink = false; // nothing moves by itself
    }
    ~ImGuiContextOwner() { ImGui::DestroyContext(); }
    ImGuiContextOwner(ImGuiContextOwner const&) = delete;
    ImGuiContextOwner& operator=(ImGuiContextOwner const&) = delete;
};

} // namespace ringside::visualizer
