#include "engine/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace ringside {

void assertion_failed(char const* promise, char const* file, int line) noexcept
{
    std::fprintf(stderr, "ringside: a promise was broken at %s:%d: %s\n", file, line, promise);
    std::abort();
}

} // namespace ringside
