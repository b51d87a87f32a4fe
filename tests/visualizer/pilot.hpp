// Drives the whole window without OpenGL, display or person: frames, keys, clicks by name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <imgui.h>

#include "tests/visualizer/story.hpp"
#include "visualizer/model/command.hpp"
#include "visualizer/model/session.hpp"
#include "visualizer/panels/ui_compat.hpp"
#include "visualizer/panels/window.hpp"

namespace ringside::visualizer {

class Pilot {
public:
    explicit Pilot(float width = 1280, float height = 800)
    {
        ImGui::CreateContext();
        ImGuiIO& io = ImGui::GetIO();
        io.IniFilename = nullptr;
        io.DisplaySize = ImVec2(width, height);
        io.DeltaTime = 1.0F / 60.0F;
        ui::map_editing_keys();
        ui::feed_mouse(-1, -1, false);
    }
    ~Pilot() { ImGui::DestroyContext(); }
    Pilot(Pilot const&) = delete;
    Pilot& operator=(Pilot const&) = delete;

    Session session;
    CommandRegistry commands = CommandRegistry::standard();
    Window window{session, commands};

    void load(story::Options const& options = {})
    {
        std::vector<trace::Record> const records = story::records(options);
        session.assume(options.backend);
        session.append(records);
        frame();
    }

    void frame(unsigned count = 1)
    {
        for (unsigned number = 0; number < count; ++number)
            frame_with({});
    }

    // A key goes down for one frame and up in the next, as ImGui's text fields need it.
    void press(Key key, bool ctrl = false, bool shift = false, bool alt = false)
    {
        feed_editing_key(key, true);
        frame_with({KeyChord{key, 0, ctrl, shift, alt}});
        feed_editing_key(key, false);
        frame();
    }
    void type(std::string_view text)
    {
        for (char const letter : text) {
            ImGui::GetIO().AddInputCharacter(static_cast<unsigned char>(letter));
            frame();
        }
        frame();
    }

    bool click(std::string_view path)
    {
        auto const area = window.items().find(path);
        if (!area)
            return false;
        click_at(area->x + area->width / 2, area->y + area->height / 2);
        return true;
    }
    void click_at(float x, float y)
    {
        move_to(x, y);
        ui::feed_mouse(x, y, true);
        frame();
        ui::feed_mouse(x, y, false);
        frame();
    }
    void move_to(float x, float y)
    {
        ui::feed_mouse(x, y, false);
        frame(2);
    }
    void drag(float from_x, float from_y, float to_x, float to_y)
    {
        move_to(from_x, from_y);
        ui::feed_mouse(from_x, from_y, true);
        frame();
        ui::feed_mouse(to_x, to_y, true);
        frame(2);
        ui::feed_mouse(to_x, to_y, false);
        frame();
    }
    void wheel(std::string_view path, float steps)
    {
        Rect const area = window.items().find(path).value_or(Rect{});
        move_to(area.x + area.width / 2, area.y + area.height / 2);
        ui::feed_wheel(steps);
        frame();
        ui::feed_wheel(0);
        frame();
    }

    bool shows(std::string_view path) const { return window.items().find(path).has_value(); }

private:
    void frame_with(std::vector<KeyChord> keys)
    {
        window.fit_fonts(1.0F);
        ImGui::NewFrame();
        window.draw(std::move(keys));
        ImGui::Render();
    }
    static void feed_editing_key(Key key, bool down)
    {
        for (ui::KeyName const& name : ui::editing_keys)
            if (name.key == key)
                ui::feed_key(name.code, down);
    }
};

} // namespace ringside::visualizer
