// The library drops translated code by *virtual* address range. The forget window is one that only
// we can use: it maps each guest-physical address to itself, so the guest's own mappings, aliases
// included, do not matter. Its translations never change and need no flush.
#include "engine/backend/unicorn/code_invalidation.hpp"

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/assert.hpp"

namespace ringside::unicorn {

void CodeInvalidation::mark_code(Gpa page)
{
    code_pages_.insert(page.value / layout::page_size);
}

bool CodeInvalidation::is_code(Gpa page) const
{
    return code_pages_.contains(page.value / layout::page_size);
}

void CodeInvalidation::written(Gpa gpa, std::uint64_t size)
{
    if (size != 0 && holds_code(gpa, size))
        pending_.emplace_back(gpa.value, gpa.value + size);
}

bool CodeInvalidation::holds_code(Gpa gpa, std::uint64_t size) const
{
    std::uint64_t const last = (gpa.value + size - 1) / layout::page_size;
    for (std::uint64_t page = gpa.value / layout::page_size; page <= last; ++page)
        if (code_pages_.contains(page))
            return true;
    return false;
}

void CodeInvalidation::drop_pending()
{
    Engine::HiddenCall const hidden(engine_);
    for (auto const& [begin, end] : pending_) {
        uc_err const error = uc_ctl_remove_cache(engine_.handle(), layout::forget_window + begin,
                                                 layout::forget_window + end);
        ASSERT(error == UC_ERR_OK);
    }
    pending_.clear();
}

} // namespace ringside::unicorn
