#include "visualizer/app/gl_window.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl2.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include "visualizer/app/gl_picture.hpp"

namespace ringside::visualizer {

namespace {

std::string last_glfw_error()
{
    char const* text = nullptr;
    glfwGetError(&text);
    return text != nullptr ? text : "no reason given";
}

Error no_display()
{
    bool const has_display =
        std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
    std::string const why =
        has_display ? "the display does not answer (" + last_glfw_error() + ")" : "no display";
    return {why + ": run `ringside trace show` in the terminal, or xvfb-run ringside-view, or use "
                  "--screenshot",
            Blame::unavailable};
}

struct KeyName {
    Key key;
    int code;
};
constexpr auto key_names = std::to_array<KeyName>({
    {Key::up, GLFW_KEY_UP},
    {Key::down, GLFW_KEY_DOWN},
    {Key::left, GLFW_KEY_LEFT},
    {Key::right, GLFW_KEY_RIGHT},
    {Key::page_up, GLFW_KEY_PAGE_UP},
    {Key::page_down, GLFW_KEY_PAGE_DOWN},
    {Key::home, GLFW_KEY_HOME},
    {Key::end, GLFW_KEY_END},
    {Key::enter, GLFW_KEY_ENTER},
    {Key::enter, GLFW_KEY_KP_ENTER},
    {Key::escape, GLFW_KEY_ESCAPE},
    {Key::backspace, GLFW_KEY_BACKSPACE},
    {Key::f1, GLFW_KEY_F1},
    {Key::f5, GLFW_KEY_F5},
    {Key::f6, GLFW_KEY_F6},
    {Key::f10, GLFW_KEY_F10},
    {Key::f11, GLFW_KEY_F11},
    // From here on they type a character and are commands with Ctrl only.
    {Key::plus, GLFW_KEY_EQUAL},
    {Key::plus, GLFW_KEY_KP_ADD},
    {Key::minus, GLFW_KEY_MINUS},
    {Key::minus, GLFW_KEY_KP_SUBTRACT},
    {Key::zero, GLFW_KEY_0},
    {Key::zero, GLFW_KEY_KP_0},
    {Key::one, GLFW_KEY_1},
    {Key::two, GLFW_KEY_2},
    {Key::three, GLFW_KEY_3},
    {Key::four, GLFW_KEY_4},
    {Key::five, GLFW_KEY_5},
    {Key::six, GLFW_KEY_6},
    {Key::seven, GLFW_KEY_7},
    {Key::eight, GLFW_KEY_8},
    {Key::nine, GLFW_KEY_9},
    {Key::b, GLFW_KEY_B},
    {Key::c, GLFW_KEY_C},
    {Key::g, GLFW_KEY_G},
    {Key::l, GLFW_KEY_L},
    {Key::n, GLFW_KEY_N},
    {Key::o, GLFW_KEY_O},
    {Key::p, GLFW_KEY_P},
    {Key::q, GLFW_KEY_Q},
    {Key::t, GLFW_KEY_T},
});

} // namespace

// OpenGL 3.2 by preference; what offers less than that may still have 2.1.
GLFWwindow* GlWindow::open(unsigned width, unsigned height, std::string const& title)
{
    int const w = static_cast<int>(width);
    int const h = static_cast<int>(height);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 2);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    if (GLFWwindow* window = glfwCreateWindow(w, h, title.c_str(), nullptr, nullptr))
        return window;
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 2);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 1);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_ANY_PROFILE);
    return glfwCreateWindow(w, h, title.c_str(), nullptr, nullptr);
}

Result<std::unique_ptr<GlWindow>> GlWindow::create(unsigned width, unsigned height,
                                                   std::string const& title, Visibility visibility)
{
    if (glfwInit() != GLFW_TRUE)
        return fail(no_display());
    glfwWindowHint(GLFW_VISIBLE, visibility == Visibility::shown ? GLFW_TRUE : GLFW_FALSE);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    GLFWwindow* const made = open(width, height, title);
    if (made == nullptr) {
        Error refused{"no OpenGL 3.2 and no OpenGL 2.1 (" + last_glfw_error() +
                          "): install libgl1-mesa-dri for software drawing, or run `ringside trace "
                          "show` in the terminal",
                      Blame::unavailable};
        glfwTerminate();
        return fail(std::move(refused));
    }
    std::unique_ptr<GlWindow> window(new GlWindow(made));
    TRY(window->start_drawing());
    return window;
}

Result<void> GlWindow::start_drawing()
{
    modern_ = glfwGetWindowAttrib(window_, GLFW_CONTEXT_VERSION_MAJOR) >= 3;
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(1);
    watch_input();
    bool const keys = ImGui_ImplGlfw_InitForOpenGL(window_, true);
    drawing_ =
        keys && (modern_ ? ImGui_ImplOpenGL3_Init("#version 150") : ImGui_ImplOpenGL2_Init());
    if (!drawing_)
        return fail(Blame::unavailable, "ImGui's renderer does not start on " + gl_renderer());
    return {};
}

GlWindow::~GlWindow()
{
    if (drawing_) {
        if (modern_)
            ImGui_ImplOpenGL3_Shutdown();
        else
            ImGui_ImplOpenGL2_Shutdown();
        ImGui_ImplGlfw_Shutdown();
    }
    glfwDestroyWindow(window_);
    glfwTerminate();
}

// Any event at all. ImGui's own callbacks, installed later, pass events on to these.
template <typename... Arguments>
void GlWindow::noticed(GLFWwindow* window, Arguments...)
{
    static_cast<GlWindow*>(glfwGetWindowUserPointer(window))->input_ = true;
}

void GlWindow::on_key(GLFWwindow* window, int key, int, int action, int modifiers)
{
    noticed(window);
    if (action == GLFW_RELEASE)
        return;
    bool const ctrl = (modifiers & GLFW_MOD_CONTROL) != 0;
    for (KeyName const& name : key_names)
        if (name.code == key && (ctrl || name.key < Key::plus))
            static_cast<GlWindow*>(glfwGetWindowUserPointer(window))
                ->keys_.push_back({name.key, 0, ctrl, (modifiers & GLFW_MOD_SHIFT) != 0,
                                   (modifiers & GLFW_MOD_ALT) != 0});
}

void GlWindow::on_drop(GLFWwindow* window, int count, char const** paths)
{
    noticed(window);
    if (count > 0)
        static_cast<GlWindow*>(glfwGetWindowUserPointer(window))->dropped_ = paths[0];
}

void GlWindow::watch_input()
{
    glfwSetWindowUserPointer(window_, this);
    glfwSetKeyCallback(window_, on_key);
    glfwSetDropCallback(window_, on_drop);
    glfwSetCharCallback(window_, noticed<unsigned>);
    glfwSetMouseButtonCallback(window_, noticed<int, int, int>);
    glfwSetScrollCallback(window_, noticed<double, double>);
    glfwSetCursorPosCallback(window_, noticed<double, double>);
    glfwSetCursorEnterCallback(window_, noticed<int>);
    glfwSetWindowFocusCallback(window_, noticed<int>);
    glfwSetFramebufferSizeCallback(window_, noticed<int, int>);
    glfwSetWindowRefreshCallback(window_, noticed<>);
    glfwSetWindowCloseCallback(window_, noticed<>);
}

bool GlWindow::wait()
{
    glfwWaitEvents();
    return take_input();
}

bool GlWindow::look()
{
    glfwPollEvents();
    return take_input();
}

void GlWindow::wake()
{
    glfwPostEmptyEvent();
}

float GlWindow::scale() const
{
    float across = 1;
    float down = 1;
    glfwGetWindowContentScale(window_, &across, &down);
    return std::max(across, down);
}

void GlWindow::upload_fonts()
{
    if (modern_) {
        ImGui_ImplOpenGL3_DestroyFontsTexture();
        ImGui_ImplOpenGL3_CreateFontsTexture();
    } else {
        ImGui_ImplOpenGL2_DestroyFontsTexture();
        ImGui_ImplOpenGL2_CreateFontsTexture();
    }
}

void GlWindow::begin_frame()
{
    if (modern_)
        ImGui_ImplOpenGL3_NewFrame();
    else
        ImGui_ImplOpenGL2_NewFrame();
    ImGui_ImplGlfw_NewFrame();
    ImGui::NewFrame();
}

void GlWindow::end_frame(Color background)
{
    int width = 0;
    int height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    clear_to(background, width, height);
    if (modern_)
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    else
        ImGui_ImplOpenGL2_RenderDrawData(ImGui::GetDrawData());
}

void GlWindow::present()
{
    glfwSwapBuffers(window_);
}

Image GlWindow::picture()
{
    int width = 0;
    int height = 0;
    glfwGetFramebufferSize(window_, &width, &height);
    return read_picture(static_cast<unsigned>(width), static_cast<unsigned>(height));
}

std::string GlWindow::renderer() const
{
    return gl_renderer();
}

void GlWindow::set_title(std::string const& title)
{
    glfwSetWindowTitle(window_, title.c_str());
}

bool GlWindow::should_close() const
{
    return glfwWindowShouldClose(window_) != 0;
}

} // namespace ringside::visualizer
