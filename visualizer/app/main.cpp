// ringside-view: the window.
#include <variant>

#include "visualizer/app/app.hpp"

int main(int argc, char** argv)
{
    using namespace ringside::visualizer;
    auto parsed = parse_options(argc, argv);
    if (int const* code = std::get_if<int>(&parsed))
        return *code;
    return App(std::get<Options>(std::move(parsed))).run();
}
