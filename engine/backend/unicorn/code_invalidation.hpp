// Forgetting translated code whose bytes somebody else changed.
//
// The library notices the guest's own stores into code. It cannot see ours: a device's DMA, a
// debugger's breakpoint, a frame pushed by interrupt delivery. All of them pass the one door of
// guest memory, whose watcher tells us. Not modelled: code that one vCPU writes and another runs.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/backend/unicorn/engine.hpp"
#include "engine/base/ids.hpp"

namespace ringside::unicorn {

class CodeInvalidation {
public:
    explicit CodeInvalidation(Engine& engine) : engine_(engine) {}

    /// Code was fetched from this page: translations of it may exist from now on.
    void mark_code(Gpa page);
    bool is_code(Gpa page) const;
    /// The watcher. May be called while the guest runs: a page walk sets accessed bits.
    void written(Gpa gpa, std::uint64_t size);
    /// Before each run.
    void apply()
    {
        if (!pending_.empty())
            drop_pending();
    }

private:
    bool holds_code(Gpa gpa, std::uint64_t size) const;
    void drop_pending();

    Engine& engine_;
    std::unordered_set<std::uint64_t> code_pages_; ///< by page number
    std::vector<std::pair<std::uint64_t, std::uint64_t>> pending_;
};

} // namespace ringside::unicorn
