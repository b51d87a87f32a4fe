#include "visualizer/panels/window.hpp"

#include <algorithm>
#include <cmath>

#include <imgui.h>

#include "visualizer/panels/imgui_canvas.hpp"
#include "visualizer/panels/keyboard.hpp"
#include "visualizer/panels/panel_picture.hpp"
#include "visualizer/panels/panels.hpp"

namespace ringside::visualizer {

namespace {

Mouse mouse_of_frame()
{
    ImGuiIO const& io = ImGui::GetIO();
    return {io.MousePos.x, io.MousePos.y, ImGui::IsMouseClicked(0), io.MouseDown[0], io.MouseWheel};
}

constexpr float gap_at_scale_1 = 5;

} // namespace

DrawPanel drawer_of(PanelId panel)
{
    switch (panel) {
    case PanelId::exits:
        return draw_exit_list;
    case PanelId::inspector:
        return draw_inspector;
    case PanelId::cpu:
        return draw_cpu;
    case PanelId::walk:
        return draw_walk;
    case PanelId::tour:
        return draw_tour;
    case PanelId::console:
        return draw_console;
    case PanelId::code:
        return draw_code;
    case PanelId::memory:
        return draw_memory;
    case PanelId::interrupts:
        return draw_interrupts;
    case PanelId::devices:
        return draw_devices;
    case PanelId::scheduler:
        return draw_scheduler;
    case PanelId::layers:
        break;
    }
    return draw_layers;
}

// An ImGui window without any decoration: its own draw list, so that none grows beyond what 16-bit
// indices can count. What lies on top takes the focus, and with it the mouse and the text fields.
class Window::Layer {
public:
    enum class Kind : std::uint8_t { panel, on_top };

    Layer(Window& window, char const* name, Rect area, HoverCard& card, Mouse const& mouse,
          Kind kind = Kind::panel)
        : canvas_(begin(name, area, kind), window.fonts_),
          frame_{canvas_,
                 window.session_,
                 window.commands_,
                 theme_of(window.session_.view.theme),
                 window.items_,
                 card,
                 mouse,
                 window.fonts_.scale()}
    {
        canvas_.clip(area);
    }
    ~Layer()
    {
        canvas_.clip(std::nullopt);
        ImGui::End();
    }
    Layer(Layer const&) = delete;
    Layer& operator=(Layer const&) = delete;

    Frame& frame() { return frame_; }

private:
    static ImDrawList& begin(char const* name, Rect area, Kind kind)
    {
        ImGui::SetNextWindowPos(ImVec2(area.x, area.y));
        ImGui::SetNextWindowSize(ImVec2(area.width, area.height));
        ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
        ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
        ImGui::PushStyleVar(ImGuiStyleVar_WindowMinSize, ImVec2(1, 1));
        ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoBackground |
                                 ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                                 ImGuiWindowFlags_NoMove;
        if (kind == Kind::panel)
            flags |= ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoFocusOnAppearing;
        ImGui::Begin(name, nullptr, flags);
        ImGui::PopStyleVar(3);
        return *ImGui::GetWindowDrawList();
    }

    ImGuiCanvas canvas_;
    Frame frame_;
};

bool Window::fit_fonts(float monitor_scale)
{
    float const wanted = std::max(0.5F, monitor_scale * session_.view.scale);
    if (std::abs(wanted - fonts_.scale()) < 0.01F)
        return false;
    fonts_.build(wanted);
    return true;
}

Color Window::background() const
{
    return theme_of(session_.view.theme).background;
}

void Window::draw(std::vector<KeyChord> keys)
{
    items_.begin_frame();
    bool const editing = ImGui::GetIO().WantTextInput || session_.view.edit_filter;
    for (KeyChord const& chord : typed_characters())
        keys.push_back(chord);
    handle_keys(keys, editing, commands_, session_);
    session_.guide.update(session_);

    ImGuiIO const& io = ImGui::GetIO();
    Rect const window{0, 0, io.DisplaySize.x, io.DisplaySize.y};
    Mouse const mouse = mouse_of_frame();
    HoverCard card;
    bool const covered = session_.view.overlay != Overlay::none || !session_.failure.empty();
    ShownCard const& shown = session_.view.card;
    bool const on_card = !shown.term.empty() && shown.area.contains(mouse.x, mouse.y);
    Mouse const below = covered || on_card ? Mouse{} : mouse; // what lies on top has the mouse

    float const scale = fonts_.scale();
    Rect const toolbar{0, 0, window.width, std::round(36 * scale)};
    Rect const strip{0, toolbar.bottom(), window.width, std::round(52 * scale)};
    Rect const timeline{0, strip.bottom(), window.width, timeline_height(session_, scale)};
    float const status = std::round(26 * scale);
    Rect const status_bar{0, window.height - status, window.width, status};
    Rect const middle{0, timeline.bottom(), window.width,
                      std::max(0.0F, window.height - timeline.bottom() - status)};
    draw_toolbar(Layer(*this, "toolbar", toolbar, card, below).frame(), toolbar);
    draw_strip(Layer(*this, "strip", strip, card, below).frame(), strip);
    draw_timeline(Layer(*this, "timeline", timeline, card, below).frame(), timeline);
    draw_panels(middle, card, below);
    draw_status_bar(Layer(*this, "status", status_bar, card, below).frame(), status_bar);
    draw_on_top(window, card, mouse);
}

void Window::draw_panels(Rect area, HoverCard& card, Mouse const& mouse)
{
    float const gap = std::round(gap_at_scale_1 * fonts_.scale());
    draw_splitters(area, mouse);
    for (Layout::Leaf const& leaf : session_.view.layout.arrange(area, gap).leaves) {
        std::string const name(name_of(leaf.panel));
        Layer layer(*this, name.c_str(), leaf.area, card, mouse);
        items_.add(name, leaf.area);
        drawer_of(leaf.panel)(layer.frame(), leaf.area);
        if (leaf.panel == session_.view.panel) // the keyboard is here
            layer.frame().canvas.shape(leaf.area.inset(0.5F), {.fill = {},
                                                               .border = layer.frame().theme.focus,
                                                               .thickness = layer.frame().px(1)});
    }
}

void Window::draw_splitters(Rect area, Mouse const& mouse)
{
    ViewState& view = session_.view;
    float const gap = std::round(gap_at_scale_1 * fonts_.scale());
    HoverCard none;
    Layer layer(*this, "splitters", area, none, mouse);
    std::size_t number = 0;
    for (Layout::Splitter const& splitter : view.layout.arrange(area, gap).splitters) {
        Frame& frame = layer.frame();
        bool const hot = view.dragged_splitter == splitter.node || frame.hovers(splitter.area);
        frame.canvas.shape(splitter.area,
                           {.fill = hot ? frame.theme.faint : frame.theme.line, .border = {}});
        items_.add("Splitter " + std::to_string(number++), splitter.area);
        if (mouse.clicked && frame.hovers(splitter.area))
            view.dragged_splitter = splitter.node;
        if (hot)
            ImGui::SetMouseCursor(splitter.axis == SplitAxis::side_by_side
                                      ? ImGuiMouseCursor_ResizeEW
                                      : ImGuiMouseCursor_ResizeNS);
        if (view.dragged_splitter == splitter.node && mouse.down)
            view.layout.drag(splitter.node, area, gap,
                             splitter.axis == SplitAxis::side_by_side ? mouse.x : mouse.y);
    }
    if (!mouse.down)
        view.dragged_splitter.reset();
}

// What the guide speaks of has a frame around it.
void Window::draw_highlight(Frame& frame)
{
    GuideStep const* step = session_.guide.step();
    auto const item = step != nullptr ? items_.find(step->highlight) : std::optional<Rect>();
    if (item && session_.view.overlay == Overlay::none)
        frame.canvas.shape(*item, {.fill = {},
                                   .border = frame.theme.changed,
                                   .rounding = frame.px(4),
                                   .thickness = frame.px(2)});
}

void Window::draw_on_top(Rect window, HoverCard& card, Mouse const& mouse)
{
    if (!session_.failure.empty()) {
        draw_message(Layer(*this, "message", window, card, mouse, Layer::Kind::on_top).frame(),
                     window);
    } else if (session_.view.overlay == Overlay::help) {
        draw_help(Layer(*this, "help", window, card, mouse, Layer::Kind::on_top).frame(), window);
    } else if (session_.view.overlay == Overlay::palette) {
        draw_palette(Layer(*this, "palette", window, card, mouse, Layer::Kind::on_top).frame(),
                     window);
    } else if (session_.view.overlay == Overlay::notebook ||
               session_.view.overlay == Overlay::recent) {
        draw_list(Layer(*this, "list", window, card, mouse, Layer::Kind::on_top).frame(), window);
    } else if (session_.view.overlay == Overlay::explanation) {
        draw_explanation(Layer(*this, "explain", window, card, mouse, Layer::Kind::on_top).frame(),
                         window);
    } else {
        // Not a window: it must take neither the focus nor the mouse.
        ImGuiCanvas canvas(*ImGui::GetForegroundDrawList(), fonts_);
        Frame frame{canvas, session_, commands_, theme_of(session_.view.theme),
                    items_, card,     mouse,     fonts_.scale()};
        draw_highlight(frame);
        draw_hover_card(frame, window);
    }
}

Rect draw_title(Frame& frame, PanelId panel, Rect area, std::string_view remark)
{
    Theme const& theme = frame.theme;
    bool const current = frame.session.view.panel == panel;
    Rect const strip{area.x, area.y, area.width, title_height(frame)};
    frame.canvas.shape(strip, {.fill = theme.raised, .border = {}});
    if (current)
        frame.canvas.shape({strip.x, strip.y, strip.width, frame.px(2)},
                           {.fill = theme.focus, .border = {}});
    float const y = strip.y + (strip.height - frame.text_height()) / 2;
    float const x = strip.x + frame.px(10);
    float const width =
        frame.write({x, y}, Face::bold, current ? theme.text : theme.dim, name_of(panel));
    frame.write_cut({x + width + frame.px(12), y}, strip.width - width - frame.px(30), Face::text,
                    theme.dim, remark);
    if (frame.mouse.clicked && frame.hovers(area))
        frame.session.view.panel = panel;
    return {area.x, strip.bottom(), area.width, std::max(0.0F, area.height - strip.height)};
}

} // namespace ringside::visualizer
