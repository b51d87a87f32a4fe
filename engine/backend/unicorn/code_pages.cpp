#include "engine/backend/unicorn/code_pages.hpp"

#include <algorithm>
#include <utility>

namespace ringside::unicorn {

void CodePages::set_privilege(x86::Privilege privilege)
{
    if (privilege == privilege_)
        return;
    privilege_ = privilege;
    current_number_ = no_page;
}

void CodePages::remember(std::uint64_t linear, std::byte const* host_page)
{
    if (barrier_at(linear))
        return;
    std::uint64_t const number = linear / layout::page_size;
    place_of(number) = {.number = number,
                        .privilege = privilege_,
                        .host = reinterpret_cast<std::uint8_t const*>(host_page),
                        .has_run = false};
    current_number_ = no_page;
}

bool CodePages::first_run(std::uint64_t linear)
{
    Page* const page = find(linear);
    return page == nullptr || !std::exchange(page->has_run, true);
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
    barriers_.push_back(linear / layout::page_size);
    if (Page* const page = find(linear))
        *page = {};
    current_number_ = no_page;
}

bool CodePages::barrier_at(std::uint64_t linear) const
{
    return std::find(barriers_.begin(), barriers_.end(), linear / layout::page_size) !=
           barriers_.end();
}

CodePages::Page* CodePages::find(std::uint64_t linear)
{
    std::uint64_t const number = linear / layout::page_size;
    Page& place = place_of(number);
    return place.number == number && place.privilege == privilege_ ? &place : nullptr;
}

bool CodePages::turn_to(std::uint64_t linear)
{
    Page const* const page = find(linear);
    if (page == nullptr)
        return false;
    current_number_ = page->number;
    current_ = page->host;
    return true;
}

} // namespace ringside::unicorn
