#include "engine/stream/ring.hpp"

#include <algorithm>
#include <sys/mman.h>

namespace ringside::stream {

void Ring::populate()
{
    // In small pieces: the address space is locked against mmap() meanwhile. Kernels before 5.14 do
    // not know how; then the pages come one by one, as they are touched.
    constexpr std::size_t piece = 64 * 1024;
    for (std::size_t offset = 0; offset < bytes_.size(); offset += piece) {
        std::size_t const size = std::min(piece, bytes_.size() - offset);
        if (::madvise(&bytes_[offset], size, MADV_POPULATE_WRITE) != 0)
            return;
    }
}

} // namespace ringside::stream
