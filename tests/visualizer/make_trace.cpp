// Writes the made-up story into a trace file, for window tests and for looking at:
//
//     make_trace OUT.ring [--unicorn] [--no-end] [--rounds N]
#include "tests/visualizer/story.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "engine/stream/recorder.hpp"

int main(int argc, char** argv)
{
    using namespace ringside;
    visualizer::story::Options story;
    stream::RecorderOptions recording;
    for (int place = 1; place < argc; ++place) {
        std::string_view const word = argv[place];
        if (word == "--unicorn")
            story.backend = trace::BackendKind::unicorn;
        else if (word == "--no-end")
            story.ends = false;
        else if (word == "--rounds" && place + 1 < argc)
            story.rounds = static_cast<unsigned>(std::strtoul(argv[++place], nullptr, 10));
        else
            recording.file = word;
    }
    recording.backend = story.backend;
    auto recorder = stream::Recorder::create(recording);
    if (!recorder) {
        std::fprintf(stderr, "%s\n", recorder.error().text.c_str());
        return 1;
    }
    visualizer::story::tell(**recorder, story);
    (*recorder)->finish();
    return (*recorder)->problem().empty() ? 0 : 1;
}
