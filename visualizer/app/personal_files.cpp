#include "visualizer/app/personal_files.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>

#include <fmt/format.h>

namespace ringside::visualizer {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest = 4 << 20; // no honest one comes near it

std::optional<std::string> read_text(fs::path const& path)
{
    std::error_code error;
    if (path.empty() || fs::file_size(path, error) > largest || error)
        return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// A new file beside the old one, then its name: there is always one that is whole.
Result<void> replace_text(fs::path const& path, std::string const& text)
{
    std::error_code error;
    if (path.has_parent_path())
        fs::create_directories(path.parent_path(), error);
    fs::path fresh = path;
    fresh += ".new";
    {
        std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
        file << text << std::flush;
        if (!file)
            return fail(Blame::host, fmt::format("cannot write {}", fresh.string()));
    }
    fs::rename(fresh, path, error);
    if (error)
        return fail(Blame::host,
                    fmt::format("cannot write {}: {}", path.string(), error.message()));
    return {};
}

} // namespace

fs::path settings_path()
{
    if (char const* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != 0)
        return fs::path(config) / "ringside" / "view.json";
    if (char const* home = std::getenv("HOME"); home != nullptr && *home != 0)
        return fs::path(home) / ".config" / "ringside" / "view.json";
    return {};
}

fs::path sidecar_path(fs::path const& trace)
{
    fs::path path = trace;
    path += ".notes.json";
    return path;
}

void PersonalFiles::load_settings(Session& session)
{
    auto const text = read_text(settings_path());
    if (!text)
        return;
    auto const settings = settings_from_json(*text);
    if (!settings) {
        session.notes.push_back(settings_path().string() + ": " + settings.error().text);
        return;
    }
    settings_ = *settings;
    apply(settings_, session.view);
}

void PersonalFiles::open_trace(Session& session, fs::path const& trace)
{
    std::error_code ignored;
    trace_ = trace;
    sidecar_ = {};
    Settings recent;
    recent.recent = session.view.recent;
    recent.opened(fs::absolute(trace, ignored).string());
    session.view.recent = recent.recent;
    auto const text = read_text(sidecar_path(trace));
    if (!text)
        return;
    auto sidecar = sidecar_from_json(*text);
    if (sidecar) {
        sidecar_ = *sidecar;
        session.sidecar = std::move(*sidecar);
    } else {
        session.notes.push_back(sidecar_path(trace).string() + ": " + sidecar.error().text);
        trace_.clear(); // not ours to overwrite
    }
}

void PersonalFiles::put(Session& session, fs::path const& path, std::string const& text)
{
    if (path.empty())
        return;
    auto const written = replace_text(path, text);
    if (!written && !std::exchange(refused_, true))
        session.notes.push_back(written.error().text);
}

void PersonalFiles::keep(Session& session)
{
    Settings now = settings_;
    remember(session.view, now);
    bool const dragging = session.view.dragged_splitter.has_value();
    if (now != settings_ && !dragging) {
        settings_ = std::move(now);
        put(session, settings_path(), to_json(settings_));
    }
    if (session.sidecar != sidecar_) {
        sidecar_ = session.sidecar;
        put(session, trace_.empty() ? fs::path() : sidecar_path(trace_), to_json(sidecar_));
    }
}

} // namespace ringside::visualizer
