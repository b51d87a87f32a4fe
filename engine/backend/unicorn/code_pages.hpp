// The bytes of guest code as the library sees them: which host page lies behind a linear page that
// was fetched from.
//
// Filled along with the library's own translations and forgotten together with them, so that what
// the finder reads before each instruction is what the library runs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/x86/paging.hpp"

namespace ringside::unicorn {

class CodePages {
public:
    static constexpr std::uint64_t longest_instruction = 15;

    /// Pages are known for each privilege on its own: what one may fetch, the other may not (SMEP).
    void set_privilege(x86::Privilege privilege);

    /// At least 15 bytes from `linear` on. Null when they reach into the next page, or the page is
    /// not known: not fetched from yet, or not to be fetched from.
    std::uint8_t const* bytes(std::uint64_t linear)
    {
        if (linear / layout::page_size != current_number_ && !turn_to(linear))
            return nullptr;
        std::uint64_t const offset = linear % layout::page_size;
        return offset <= layout::page_size - longest_instruction ? current_ + offset : nullptr;
    }

    void remember(std::uint64_t linear, std::byte const* host_page);
    void forget();

    /// True the first time an instruction of this page runs, and whenever that is not known.
    bool first_run(std::uint64_t linear);

    /// The library was given the barrier instead of this page: what it translated there is not the
    /// guest's code, whatever the guest's tables say meanwhile. True until all is forgotten.
    void raise_barrier(std::uint64_t linear);
    bool barrier_at(std::uint64_t linear) const;

private:
    static constexpr std::uint64_t no_page = ~0ULL;
    struct Page {
        std::uint64_t number = no_page;
        x86::Privilege privilege = x86::Privilege::supervisor;
        std::uint8_t const* host = nullptr;
        bool has_run = false;
    };
    bool turn_to(std::uint64_t linear);
    Page* find(std::uint64_t linear);
    Page& place_of(std::uint64_t number) { return pages_[number % pages_.size()]; }

    x86::Privilege privilege_ = x86::Privilege::supervisor;
    std::uint64_t current_number_ = no_page;
    std::uint8_t const* current_ = nullptr;
    std::array<Page, 256> pages_{};
    std::vector<std::uint64_t> barriers_; ///< by page number
};

} // namespace ringside::unicorn
