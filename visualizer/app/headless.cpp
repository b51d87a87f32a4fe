// Drawing without a display: EGL's surfaceless platform and a framebuffer object, by Mesa on the
// GPU or on the CPU.
#define GL_GLEXT_PROTOTYPES
#include "visualizer/app/surface.hpp"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/gl.h>
#include <GL/glext.h>
#include <backends/imgui_impl_opengl3.h>
#include <imgui.h>

#include "visualizer/app/gl_picture.hpp"

namespace ringside::visualizer {

namespace {

class HeadlessSurface final : public Surface {
public:
    HeadlessSurface(unsigned width, unsigned height) : width_(width), height_(height) {}
    ~HeadlessSurface() override
    {
        if (drawing_)
            ImGui_ImplOpenGL3_Shutdown();
        if (display_ != EGL_NO_DISPLAY)
            eglTerminate(display_);
    }

    Result<void> create()
    {
        auto const get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
            eglGetProcAddress("eglGetPlatformDisplayEXT"));
        if (get_display == nullptr)
            return refuse("EGL has no platform displays");
        display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
        if (display_ == EGL_NO_DISPLAY || eglInitialize(display_, nullptr, nullptr) != EGL_TRUE)
            return refuse("EGL has no surfaceless platform");
        eglBindAPI(EGL_OPENGL_API);
        EGLint const attributes[] = {EGL_CONTEXT_MAJOR_VERSION,
                                     3,
                                     EGL_CONTEXT_MINOR_VERSION,
                                     2,
                                     EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                     EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                                     EGL_NONE};
        EGLContext const context =
            eglCreateContext(display_, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
        if (context == EGL_NO_CONTEXT ||
            eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context) != EGL_TRUE)
            return refuse("EGL makes no OpenGL 3.2 context");
        make_target();
        drawing_ = ImGui_ImplOpenGL3_Init("#version 150");
        return drawing_ ? Result<void>() : refuse("ImGui's OpenGL 3 renderer does not start");
    }

    float scale() const override { return 1.0F; }
    void upload_fonts() override
    {
        ImGui_ImplOpenGL3_DestroyFontsTexture();
        ImGui_ImplOpenGL3_CreateFontsTexture();
    }
    void begin_frame() override
    {
        ImGuiIO& io = ImGui::GetIO();
        io.DisplaySize = ImVec2(static_cast<float>(width_), static_cast<float>(height_));
        io.DeltaTime = 1.0F / 60.0F;
        ImGui_ImplOpenGL3_NewFrame();
        ImGui::NewFrame();
    }
    void end_frame(Color background) override
    {
        clear_to(background, static_cast<int>(width_), static_cast<int>(height_));
        ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
        glFinish();
    }
    Image picture() override { return read_picture(width_, height_); }
    std::string renderer() const override { return gl_renderer(); }

private:
    static Result<void> refuse(std::string what)
    {
        return fail(Blame::unavailable, "cannot draw without a display: " + std::move(what));
    }

    void make_target()
    {
        GLuint buffer = 0;
        GLuint colours = 0;
        glGenFramebuffers(1, &buffer);
        glBindFramebuffer(GL_FRAMEBUFFER, buffer);
        glGenRenderbuffers(1, &colours);
        glBindRenderbuffer(GL_RENDERBUFFER, colours);
        glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, static_cast<int>(width_),
                              static_cast<int>(height_));
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, colours);
    }

    unsigned width_;
    unsigned height_;
    EGLDisplay display_ = EGL_NO_DISPLAY;
    bool drawing_ = false;
};

} // namespace

Result<std::unique_ptr<Surface>> make_headless_surface(unsigned width, unsigned height)
{
    auto surface = std::make_unique<HeadlessSurface>(width, height);
    TRY(surface->create());
    return std::unique_ptr<Surface>(std::move(surface));
}

} // namespace ringside::visualizer
