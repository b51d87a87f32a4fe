// The stub that loads a world's segments, and the three hidden pages it needs: descriptors, code,
// and a stack that holds one IRETQ frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/backend/unicorn/engine.hpp"
#include "engine/backend/unicorn/world.hpp"

namespace ringside::unicorn::hidden_stub {

/// Writes the code and tells the library where the descriptors lie. Once for each engine.
Result<void> install(Engine& engine);

/// Runs the stub. Afterwards the library's CPU is in `world`, its general registers are anything
/// and the hidden pages are still in its translation cache.
Result<void> run(Engine& engine, World const& world);

} // namespace ringside::unicorn::hidden_stub
