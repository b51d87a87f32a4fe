#include "engine/base/fd.hpp"

#include <unistd.h>

namespace ringside {

Fd::~Fd()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

} // namespace ringside
