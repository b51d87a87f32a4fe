// Dear ImGui from 1.86 (Debian 12) to 1.90 (Debian 13) behind one face: keys by name, and events fed
// by tests. The only file with version checks.
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

inline constexpr std::array key_names = {
    KeyName{Key::up, RINGSIDE_KEY(UpArrow, UP)},
    KeyName{Key::down, RINGSIDE_KEY(DownArrow, DOWN)},
    KeyName{Key::left, RINGSIDE_KEY(LeftArrow, LEFT)},
    KeyName{Key::right, RINGSIDE_KEY(RightArrow, RIGHT)},
    KeyName{Key::page_up, RINGSIDE_KEY(PageUp, PAGE_UP)},
    KeyName{Key::page_down, RINGSIDE_KEY(PageDown, PAGE_DOWN)},
    KeyName{Key::home, RINGSIDE_KEY(Home, HOME)},
    KeyName{Key::end, RINGSIDE_KEY(End, END)},
    KeyName{Key::enter, RINGSIDE_KEY(Enter, ENTER)},
    KeyName{Key::enter, RINGSIDE_KEY(KeypadEnter, KP_ENTER)},
    KeyName{Key::escape, RINGSIDE_KEY(Escape, ESCAPE)},
    KeyName{Key::backspace, RINGSIDE_KEY(Backspace, BACKSPACE)},
    KeyName{Key::f1, RINGSIDE_KEY(F1, F1)},
    KeyName{Key::f5, RINGSIDE_KEY(F5, F5)},
    KeyName{Key::f6, RINGSIDE_KEY(F6, F6)},
    KeyName{Key::f10, RINGSIDE_KEY(F10, F10)},
    KeyName{Key::plus, RINGSIDE_KEY(Equal, EQUAL)},
    KeyName{Key::plus, RINGSIDE_KEY(KeypadAdd, KP_ADD)},
    KeyName{Key::minus, RINGSIDE_KEY(Minus, MINUS)},
    KeyName{Key::minus, RINGSIDE_KEY(KeypadSubtract, KP_SUBTRACT)},
    KeyName{Key::zero, RINGSIDE_KEY(0, 0)},
    KeyName{Key::c, RINGSIDE_KEY(C, C)},
    KeyName{Key::g, RINGSIDE_KEY(G, G)},
    KeyName{Key::l, RINGSIDE_KEY(L, L)},
    KeyName{Key::p, RINGSIDE_KEY(P, P)},
    KeyName{Key::q, RINGSIDE_KEY(Q, Q)},
    KeyName{Key::t, RINGSIDE_KEY(T, T)},
};
#undef RINGSIDE_KEY

/// Went down in this frame, or repeats.
inline bool key_pressed(KeyCode code)
{
    return ImGui::IsKeyPressed(code, true);
}

// ---------------------------------------------------------------- events from tests

inline void feed_key(KeyCode code, bool down)
{
#if IMGUI_VERSION_NUM >= 18700
    ImGui::GetIO().AddKeyEvent(code, down);
#else
    ImGui::GetIO().KeysDown[static_cast<std::size_t>(code)] = down;
#endif
}

inline void feed_modifiers(bool ctrl, bool shift, bool alt)
{
#if IMGUI_VERSION_NUM >= 18900
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, ctrl);
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Shift, shift);
    ImGui::GetIO().AddKeyEvent(ImGuiMod_Alt, alt);
#else
    ImGui::GetIO().KeyCtrl = ctrl;
    ImGui::GetIO().KeyShift = shift;
    ImGui::GetIO().KeyAlt = alt;
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

/// Editing keys for text fields, which the GLFW backend maps in the real window.
inline void map_editing_keys()
{
#if IMGUI_VERSION_NUM < 18700
    ImGuiIO& io = ImGui::GetIO();
    io.KeyMap[ImGuiKey_Enter] = GLFW_KEY_ENTER;
    io.KeyMap[ImGuiKey_Escape] = GLFW_KEY_ESCAPE;
    io.KeyMap[ImGuiKey_Backspace] = GLFW_KEY_BACKSPACE;
    io.KeyMap[ImGuiKey_LeftArrow] = GLFW_KEY_LEFT;
    io.KeyMap[ImGuiKey_RightArrow] = GLFW_KEY_RIGHT;
    io.KeyMap[ImGuiKey_UpArrow] = GLFW_KEY_UP;
    io.KeyMap[ImGuiKey_DownArrow] = GLFW_KEY_DOWN;
    io.KeyMap[ImGuiKey_Home] = GLFW_KEY_HOME;
    io.KeyMap[ImGuiKey_End] = GLFW_KEY_END;
    io.KeyMap[ImGuiKey_A] = GLFW_KEY_A;
#endif
}

} // namespace ringside::visualizer::ui
