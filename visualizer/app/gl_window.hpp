// The real window: GLFW, with OpenGL 3 where there is one and OpenGL 2 where not.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "visualizer/app/surface.hpp"
#include "visualizer/model/keys.hpp"

struct GLFWwindow;

namespace ringside::visualizer {

enum class Visibility : std::uint8_t { shown, hidden };

class GlWindow final : public Surface {
public:
    static Result<std::unique_ptr<GlWindow>>
    create(unsigned width, unsigned height, std::string const& title, Visibility visibility);
    ~GlWindow() override;

    float scale() const override;
    void upload_fonts() override;
    void begin_frame() override;
    void end_frame(Color background) override;
    Image picture() override;
    std::string renderer() const override;

    /// Shows what end_frame() drew.
    void present();
    void set_title(std::string const& title);
    bool should_close() const;
    /// Blocks until there is an event. True: a person or the system did something, so a few frames
    /// more than one are wanted. False: only wake() was called.
    bool wait();
    /// Looks for events without blocking; the same answer.
    bool look();
    /// The keys that went down, or repeated, since the last call.
    std::vector<KeyChord> take_keys() { return std::exchange(keys_, {}); }
    /// The path of a file that was dropped onto the window since the last call.
    std::string take_dropped_file() { return std::exchange(dropped_, {}); }
    /// Ends a wait(); any thread may call it.
    static void wake();

private:
    explicit GlWindow(GLFWwindow* window) : window_(window) {}
    Result<void> start_drawing();
    static GLFWwindow* open(unsigned width, unsigned height, std::string const& title);
    void watch_input();
    bool take_input() { return std::exchange(input_, false); }
    template <typename... Arguments>
    static void noticed(GLFWwindow* window, Arguments...);
    static void on_key(GLFWwindow* window, int key, int scan_code, int action, int modifiers);

    static void on_drop(GLFWwindow* window, int count, char const** paths);

    GLFWwindow* window_;
    bool modern_ = true; ///< OpenGL 3
    bool drawing_ = false;
    bool input_ = true; ///< something happened since the last take_input()
    std::vector<KeyChord> keys_;
    std::string dropped_;
};

} // namespace ringside::visualizer
