// The parts of the monitor around one CPU of the library, and who knows whom. Each stands in a file
// of its own; a part may use those above it.
#pragma once

#include <memory>
#include <utility>

#include "engine/backend/unicorn/code_invalidation.hpp"
#include "engine/backend/unicorn/code_pages.hpp"
#include "engine/backend/unicorn/device_window.hpp"
#include "engine/backend/unicorn/direct_execution.hpp"
#include "engine/backend/unicorn/engine.hpp"
#include "engine/backend/unicorn/fpu.hpp"
#include "engine/backend/unicorn/progress.hpp"
#include "engine/backend/unicorn/sensitive_finder.hpp"
#include "engine/backend/unicorn/shadow_translation.hpp"
#include "engine/backend/unicorn/worlds.hpp"

namespace ringside::unicorn {

struct Machinery {
    Machinery(memory::GuestMemory& memory, trace::Tracer& tracer, std::unique_ptr<Engine> opened)
        : engine(std::move(opened)),
          fpu(*engine),
          worlds(*engine, fpu),
          invalidation(*engine),
          translation(*engine, memory, tracer, code, invalidation, progress),
          finder(code, translation),
          devices(*engine, progress),
          execution(*engine, worlds, fpu, translation, invalidation, finder, devices, progress)
    {
    }
    Machinery(Machinery const&) = delete; // its parts, and the library's hooks, point into it
    Machinery& operator=(Machinery const&) = delete;

    /// Hooks them into the library.
    Result<void> install()
    {
        TRY(translation.install());
        TRY(devices.install());
        TRY(execution.install());
        return worlds.install();
    }

    std::unique_ptr<Engine> engine;
    Progress progress;
    Fpu fpu;
    Worlds worlds;
    CodePages code;
    CodeInvalidation invalidation;
    ShadowTranslation translation;
    SensitiveFinder finder;
    DeviceWindow devices;
    DirectExecution execution;
};

} // namespace ringside::unicorn
