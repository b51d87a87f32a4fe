#include "engine/backend/unicorn/code_pages.hpp"

#include <algorithm>
#include <utility>

namespace ringside::unicorn {

void CodePages::remember(std::uint64_t linear, std::byte const* host_page)
{
    if (barrier_at(linear))
        return;
    std::uint64_t const number = linear / layout::page_size;
    place_of(number) = {number, reinterpret_cast<std::uint8_t const*>(host_page), false};
    current_number_ = no_page;
}

bool CodePages::first_run(std::uint64_t linear)
{
    Page& place = place_of(linear / layout::page_size);
    return place.number != linear / layout::page_size || !std::exchange(place.has_run, true);
}

void CodePages::forget()
{
    pages_.fill({});
    current_number_ = no_page;
    barriers_.clear();
}

void CodePages::raise_barrier(std::uint64_t linear)
{
    if (barrier_at(linear))
        return;
    std::uint64_t const number = linear / layout::page_size;
    barriers_.push_back(number);
    if (place_of(number).number == number)
        place_of(number) = {};
    current_number_ = no_page;
}

bool CodePages::barrier_at(std::uint64_t linear) const
{
    return std::find(barriers_.begin(), barriers_.end(), linear / layout::page_size) !=
           barriers_.end();
}

bool CodePages::turn_to(std::uint64_t linear)
{
    Page const& place = place_of(linear / layout::page_size);
    if (place.number != linear / layout::page_size)
        return false;
    current_number_ = place.number;
    current_ = place.host;
    return true;
}

} // namespace ringside::unicorn
