// What the program does without a window: describe, dump, draw a panel, copy a part of a trace.
#include <chrono>

#include <fmt/format.h>

#include "visualizer/app/app.hpp"
#include "visualizer/app/exit_codes.hpp"
#include "visualizer/app/exports.hpp"
#include "visualizer/app/imgui_context.hpp"
#include "visualizer/model/describe.hpp"
#include "visualizer/model/glossary.hpp"

namespace ringside::visualizer {

namespace {

int finish(Result<void> const& done)
{
    if (done)
        return exit_ok;
    complain(done.error().text);
    return exit_code_of(done.error().blame);
}

Result<void> dump(Session const& session, Options const& options)
{
    auto const range = seq_range(options.dump);
    auto const format = row_format_named(options.format);
    if (!range || !format)
        return fail(Blame::usage, "--dump: a range looks like all, 5, 5..90, 5.. or ..90");
    return write_text(options.output, rows_as(session, *format, *range));
}

Result<void> trim(Options const& options)
{
    auto const range = seq_range(options.trim);
    if (!range)
        return fail(Blame::usage, "--trim: a range looks like 5..90, 5.. or ..90");
    std::uint64_t const count = TRY(trim_trace(options.file, *range, options.output));
    complain(fmt::format("{} records of {} are in {}", count, options.file, options.output));
    return {};
}

} // namespace

int App::run_batch()
{
    if (!options_.glossary.empty())
        return finish(write_text(options_.output, options_.glossary == "md" ? glossary_markdown()
                                                                            : glossary_json()));
    if (!options_.trim.empty())
        return finish(trim(options_));
    if (!options_.perfetto.empty())
        return finish(export_perfetto(options_.file, options_.perfetto));

    if (auto const opened = open_feed([] {}); !opened)
        return finish(fail(opened.error()));
    read_everything();
    if (std::string const problem = obey_options(); !problem.empty())
        return finish(fail(Blame::usage, problem));
    if (session_.moment() == no_moment && session_.failure.empty())
        session_.failure = "there is nothing to show";
    if (!session_.failure.empty())
        return finish(fail(Blame::input, session_.failure));
    if (options_.describe)
        return finish(write_text(options_.output, describe(session_)));
    if (!options_.dump.empty())
        return finish(dump(session_, options_));
    ImGuiContextOwner const imgui;
    return finish(
        export_panel(session_, commands_,
                     {options_.export_panel, options_.output, options_.width, options_.height}));
}

} // namespace ringside::visualizer
