// Dear ImGui from 1.86 (Debian 12) to 1.90 (Debian 13) behind one face, where they differ: how
// events are fed. The only file with version checks.
//
// Commands do not come this way: before 1.87 ImGui forgets a key that goes down and up within one
// frame, so the app hands over key presses itself (Window::draw).
#pragma once

#include <array>
#include <cstddef>

#include <imgui.h>

#if IMGUI_VERSION_NUM < 18700
#ifndef GLFW_INCLUDE_NONE
#define GLFW_INCLUDE_NONE
#endif
#include <GLFW/glfw3.h>
#endif

#include "visualizer/model/keys.hpp"

namespace ringside::visualizer::ui {

#if IMGUI_VERSION_NUM >= 18700
using KeyCode = ImGuiKey;
#define RINGSIDE_KEY(imgui_name, glfw_name) ImGuiKey_##imgui_name
#else
using KeyCode = int; // before 1.87 keys have the numbers of the backend
#define RINGSIDE_KEY(imgui_name, glfw_name) GLFW_KEY_##glfw_name
#endif

struct KeyName {
    Key key;
    KeyCode code;
};

/// The keys that text fields know.
inline constexpr std::array editing_keys = {
    KeyName{Key::left, RINGSIDE_KEY(LeftArrow, LEFT)},
    KeyName{Key::right, RINGSIDE_KEY(RightArrow, RIGHT)},
    KeyName{Key::home, RINGSIDE_KEY(Home, HOME)},
    KeyName{Key::end, RINGSIDE_KEY(End, END)},
    KeyName{Key::enter, RINGSIDE_KEY(Enter, ENTER)},
    KeyName{Key::escape, RINGSIDE_KEY(Escape, ESCAPE)},
    KeyName{Key::backspace, RINGSIDE_KEY(Backspace, BACKSPACE)},
};
#undef RINGSIDE_KEY

inline void feed_key(KeyCode code, bool down)
{
#if IMGUI_VERSION_NUM >= 18700
    ImGui::GetIO().AddKeyEvent(code, down);
#else
    ImGui::GetIO().KeysDown[static_cast<std::size_t>(code)] = down;
#endif
}

inline void feed_mouse(float x, float y, bool down)
{
#if IMGUI_VERSION_NUM >= 18700
    ImGui::GetIO().AddMousePosEvent(x, y);
    ImGui::GetIO().AddMouseButtonEvent(0, down);
#else
    ImGui::GetIO().MousePos = ImVec2(x, y);
    ImGui::GetIO().MouseDown[0] = down;
#endif
}

inline void feed_wheel(float steps)
{
#if IMGUI_VERSION_NUM >= 18700
    ImGui::GetIO().AddMouseWheelEvent(0, steps);
#else
    ImGui::GetIO().MouseWheel = steps;
#endif
}

/// Gives the keyboard to the text field that was drawn last. Asked for before the field is drawn,
/// it never comes in 1.90.1.
inline void focus_last_field()
{
    ImGui::SetKeyboardFocusHere(-1);
}

/// What the GLFW backend does in the real window.
inline void map_editing_keys()
{
#if IMGUI_VERSION_NUM < 18700
    ImGuiIO& io = ImGui::GetIO();
    io.KeyMap[ImGuiKey_Enter] = GLFW_KEY_ENTER;
    io.KeyMap[ImGuiKey_Escape] = GLFW_KEY_ESCAPE;
    io.KeyMap[ImGuiKey_Backspace] = GLFW_KEY_BACKSPACE;
    io.KeyMap[ImGuiKey_LeftArrow] = GLFW_KEY_LEFT;
    io.KeyMap[ImGuiKey_RightArrow] = GLFW_KEY_RIGHT;
    io.KeyMap[ImGuiKey_Home] = GLFW_KEY_HOME;
    io.KeyMap[ImGuiKey_End] = GLFW_KEY_END;
#endif
}

} // namespace ringside::visualizer::ui
