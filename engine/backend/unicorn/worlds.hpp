// Putting the library's CPU into the guest's world.
//
// The library was opened in 64-bit mode and stays there; 16- and 32-bit code, real mode included,
// runs as compatibility mode does, from segment descriptors of ours that the guest never sees. To
// load them we run a stub on the library's CPU, as an operating system enters a program:
//
//     write the descriptors ──► MOV ES, MOV DS ──► IRETQ (loads CS, SS and the privilege level)
//
// The result is kept as a context, so that each world is made once and found again later. Not
// modelled: virtual-8086 mode.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/backend/unicorn/engine.hpp"
#include "engine/backend/unicorn/fpu.hpp"
#include "engine/backend/unicorn/world.hpp"

namespace ringside::unicorn {

class Worlds {
public:
    /// Real-mode programs make a world of each combination of segments they use.
    static constexpr std::size_t kept = 64;

    Worlds(Engine& engine, Fpu& fpu) : engine_(engine), fpu_(fpu) {}
    Result<void> install();

    /// What entering a world left behind.
    enum class Entered : std::uint8_t {
        already, ///< it was the current one
        known,   ///< general registers are lost
        made,    ///< general registers and translations are lost
    };
    Result<Entered> enter(x86::CpuState const& state);
    /// The next entry is a real one, and clears whatever the library's CPU remembers of this one.
    void leave() { any_ = false; }

private:
    struct Known {
        World world;
        Context context;
        std::uint64_t last_used = 0;
    };
    void write_free_bases(x86::CpuState const& state);
    Known* find(World const& world);
    Result<void> make(World const& world);
    Result<Known*> place_for(World const& world);

    Engine& engine_;
    Fpu& fpu_;
    std::optional<Context> pristine_; ///< as the library was opened: the stub starts from here
    std::vector<Known> known_;
    World current_;
    bool any_ = false;
    std::uint64_t fs_base_ = 0, gs_base_ = 0;
    std::uint64_t entries_ = 0;
};

} // namespace ringside::unicorn
