// `ringside trace show`: a recorded stream in the terminal, as records, as JSON or as a story. A
// trace of any size: in memory are one chunk of each vCPU and the lines that --last keeps.
#include "engine/cli/trace_show.hpp"

#include <cstdio>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "engine/stream/export_json.hpp"
#include "engine/stream/export_text.hpp"
#include "engine/stream/reader.hpp"

namespace ringside::cli {

namespace {

/// Lines on their way to stdout: all of them at once, or the last few at the end.
class Lines {
public:
    Lines(std::uint64_t last, char const* separator) : last_(last), separator_(separator) {}

    void add(std::string line)
    {
        if (last_ == 0)
            return print(line);
        if (kept_.size() == last_) {
            kept_.pop_front();
            ++skipped_;
        }
        kept_.push_back(std::move(line));
    }
    std::uint64_t skipped() const { return skipped_; }
    void finish()
    {
        for (std::string const& line : kept_)
            print(line);
        if (*before_ != '\0')
            std::printf("\n");
    }

private:
    void print(std::string const& line)
    {
        std::printf("%s%s", std::exchange(before_, separator_), line.c_str());
    }
    std::uint64_t last_;
    char const* separator_;
    char const* before_ = "";
    std::deque<std::string> kept_;
    std::uint64_t skipped_ = 0;
};

/// What lies inside an exit's span is indented.
class RecordText {
public:
    std::string operator()(trace::Record const& record)
    {
        bool const edge = std::holds_alternative<trace::ExitBegin>(record.event) ||
                          std::holds_alternative<trace::ExitEnd>(record.event);
        std::string const indent = inside_ && !edge ? "    " : "";
        if (edge)
            inside_ = std::holds_alternative<trace::ExitBegin>(record.event);
        return indent + stream::record_text(record);
    }

private:
    bool inside_ = false;
};

void for_each(stream::TraceReader const& reader,
              std::function<void(trace::Record const&)> const& action)
{
    std::vector<std::string> problems;
    reader.for_each(action, &problems);
    if (!reader.complete())
        spdlog::warn("{}", reader.problem());
    for (std::string const& problem : problems)
        spdlog::warn("{}", problem);
}

void show_story(stream::TraceReader const& reader, ShowOptions const& options)
{
    Lines lines(options.last, "\n");
    stream::Story story;
    for_each(reader, [&](trace::Record const& record) {
        for (std::string& line : story.tell(record))
            if (record.seq >= options.from)
                lines.add(std::move(line));
    });
    for (std::string& line : story.finish())
        lines.add(std::move(line));
    if (lines.skipped() != 0)
        std::printf("... %llu lines before these\n",
                    static_cast<unsigned long long>(lines.skipped()));
    lines.finish();
}

void show_json(stream::TraceReader const& reader, ShowOptions const& options)
{
    std::printf("{\"records\": [\n");
    Lines lines(options.last, ",\n");
    for_each(reader, [&](trace::Record const& record) {
        if (record.seq >= options.from)
            lines.add(stream::to_json(record).dump());
    });
    lines.finish();
    std::printf("]}\n");
}

void show_records(stream::TraceReader const& reader, ShowOptions const& options)
{
    Lines lines(options.last, "\n");
    RecordText text;
    for_each(reader, [&](trace::Record const& record) {
        std::string line = text(record);
        if (record.seq >= options.from)
            lines.add(std::move(line));
    });
    lines.finish();
}

} // namespace

Result<int> show_trace(std::string const& file, ShowOptions const& options)
{
    stream::TraceReader const reader = TRY(stream::TraceReader::open(file));
    if (options.form == ShowForm::story)
        show_story(reader, options);
    else if (options.form == ShowForm::json)
        show_json(reader, options);
    else
        show_records(reader, options);
    return 0;
}

} // namespace ringside::cli
