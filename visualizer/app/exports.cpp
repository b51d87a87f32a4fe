#include "visualizer/app/exports.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>

#include <fmt/format.h>
#include <imgui.h>

#include "engine/stream/chunk.hpp"
#include "engine/stream/export_perfetto.hpp"
#include "engine/stream/kept_records.hpp"
#include "engine/stream/reader.hpp"
#include "engine/stream/trace_file.hpp"
#include "engine/trace/raw_record.hpp"
#include "visualizer/app/surface.hpp"
#include "visualizer/panels/panel_picture.hpp"

namespace ringside::visualizer {

namespace {

bool ends_with(std::string_view path, std::string_view suffix)
{
    return path.size() > suffix.size() && path.ends_with(suffix);
}

// The first vCPU's records in this range say which time is meant on the others.
struct TimeRange {
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t last = 0;
    bool contains(std::uint64_t time) const { return time >= first && time <= last; }
};

class Trimmer {
public:
    Trimmer(stream::TraceFile& file, SeqRange range, TimeRange times)
        : file_(file), range_(range), times_(times)
    {
    }

    void take(trace::Record const& record)
    {
        trace::RawRecord const raw = trace::raw_record(record.event, record.vcpu, record.time);
        bool const wanted =
            record.vcpu == 0 ? range_.contains(record.seq) : times_.contains(record.time);
        if (!wanted) {
            if (!builders_.contains(record.vcpu))
                kept_.note(raw, record.seq);
            return;
        }
        stream::ChunkBuilder& builder = builder_of(record.vcpu, record.seq);
        builder.append_gap(record.seq, record.time, trace::DropReason::reader_late);
        if (auto const* lost = std::get_if<trace::Dropped>(&record.event))
            builder.append_gap(lost->first_seq + lost->count, record.time, lost->reason);
        else
            builder.append(raw, record.host == 0 ? std::nullopt : std::optional(record.host));
        ++count_;
        if (builder.full())
            seal(builder);
    }

    std::uint64_t finish()
    {
        for (auto& [vcpu, builder] : builders_)
            if (!builder->empty())
                seal(*builder);
        file_.finish(kept_);
        return count_;
    }

private:
    // Before the first wanted record of a vCPU comes what must be known to understand it.
    stream::ChunkBuilder& builder_of(std::uint8_t vcpu, std::uint64_t seq)
    {
        std::unique_ptr<stream::ChunkBuilder>& builder = builders_[vcpu];
        if (!builder) {
            for (stream::CatchUpChunk const& chunk :
                 kept_.catch_up(vcpu, 0, seq, trace::DropReason::reader_late, {}))
                file_.write(chunk.chunk, kept_);
            builder = std::make_unique<stream::ChunkBuilder>(vcpu, seq);
        }
        return *builder;
    }

    void seal(stream::ChunkBuilder& builder) { file_.write(builder.seal({}, &compressor_), kept_); }

    stream::TraceFile& file_;
    SeqRange range_;
    TimeRange times_;
    stream::KeptRecords kept_;
    stream::Compressor compressor_;
    std::map<std::uint8_t, std::unique_ptr<stream::ChunkBuilder>> builders_;
    std::uint64_t count_ = 0;
};

Result<void> export_png(Session& session, CommandRegistry const& commands,
                        PanelExport const& wanted)
{
    auto const surface = TRY(make_headless_surface(wanted.width, wanted.height));
    Fonts fonts;
    fonts.build(surface->scale() * session.view.scale);
    surface->upload_fonts();
    for (int frame = 0; frame < 2; ++frame) { // lists scroll to the Focus while they are drawn
        surface->begin_frame();
        draw_panel_alone(session, commands, fonts, wanted.panel,
                         {static_cast<float>(wanted.width), static_cast<float>(wanted.height)});
        ImGui::Render();
        surface->end_frame(theme_of(session.view.theme).background);
    }
    return write_png(wanted.path, surface->picture());
}

} // namespace

Result<void> write_text(std::string const& path, std::string_view text)
{
    if (path.empty() || path == "-") {
        fmt::print("{}", text);
        return {};
    }
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text << std::flush;
    if (!file)
        return fail(Blame::host, "cannot write " + path + ": is the folder there, and writable?");
    return {};
}

Result<void> export_panel(Session& session, CommandRegistry const& commands,
                          PanelExport const& wanted)
{
    if (drawer_named(wanted.panel) == nullptr)
        return fail(Blame::usage, fmt::format("there is no panel \"{}\": {}", wanted.panel,
                                              fmt::join(drawable_panels(), ", ")));
    if (ends_with(wanted.path, ".png"))
        return export_png(session, commands, wanted);
    if (!ends_with(wanted.path, ".svg"))
        return fail(Blame::usage, "a panel is exported to a file whose name ends in .svg or .png");
    Fonts fonts;
    fonts.build(session.view.scale);
    Size const size{static_cast<float>(wanted.width), static_cast<float>(wanted.height)};
    return write_text(wanted.path, panel_svg(session, commands, fonts, wanted.panel, size));
}

Result<void> export_perfetto(std::filesystem::path const& trace, std::filesystem::path const& to)
{
    stream::TraceReader const reader = TRY(stream::TraceReader::open(trace));
    return stream::write_perfetto(TRY(reader.read_all()), to);
}

Result<std::uint64_t> trim_trace(std::filesystem::path const& trace, SeqRange range,
                                 std::filesystem::path const& to)
{
    std::error_code ignored;
    if (std::filesystem::equivalent(trace, to, ignored))
        return fail(Blame::usage, "a trace cannot be trimmed into itself: choose another -o");
    stream::TraceReader const reader = TRY(stream::TraceReader::open(trace));
    TimeRange times;
    reader.for_each([&](trace::Record const& record) {
        if (record.vcpu != 0 || !range.contains(record.seq))
            return;
        times.first = std::min(times.first, record.time);
        times.last = std::max(times.last, record.time);
    });
    if (times.first > times.last)
        return fail(Blame::usage, "--trim: no record lies in this range");
    stream::TraceFile file = TRY(stream::TraceFile::create(to, reader.header()));
    Trimmer trimmer(file, range, times);
    reader.for_each([&](trace::Record const& record) { trimmer.take(record); });
    std::uint64_t const count = trimmer.finish();
    if (!file.problem().empty())
        return fail(Blame::host, file.problem());
    return count;
}

} // namespace ringside::visualizer
