// The owner of one instance of the Unicorn library: a CPU that runs plain x86 instructions by
// translating them.
//
// One instance for each vCPU, always in 64-bit mode (worlds.hpp shows how it runs all the others),
// at the guest's own privilege level, with the library's page-table walker switched off: it asks us
// for every translation. Everything else in this folder is what a monitor adds to such a CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include <unicorn/unicorn.h>

#include "engine/base/mapping.hpp"
#include "engine/base/result.hpp"
#include "engine/memory/guest_memory.hpp"

namespace ringside::unicorn {

class Engine {
public:
    /// Opens the library and maps the memory's slots, which must outlive it.
    static Result<std::unique_ptr<Engine>> open(memory::GuestMemory const& memory);

    uc_engine* handle() const { return handle_.get(); }
    std::span<std::byte> hidden_pages() const { return hidden_.bytes(); }

    /// `callback` is one of the library's callback types for this `type`.
    Result<void> add_hook(uc_hook_type type, void* callback, void* user_data);
    Result<void> map_devices(uc_cb_mmio_read_t read, uc_cb_mmio_write_t write, void* user_data);

    /// Makes the library look at every store for the translated code it changes. By itself it looks
    /// at the first store through a mapping only; it does so at all while stores are hooked, which
    /// makes them several times as dear.
    void watch_stores();
    bool watches_stores() const { return watches_stores_; }

    /// Runs the guest from the offset `rip` in its code segment until a hook stops it.
    uc_err run(std::uint64_t rip) { return uc_emu_start(handle(), rip, 0, 0, 0); }
    /// From inside a hook: no further instruction is run.
    void stop() { uc_emu_stop(handle()); }

    /// Forgets every translation of addresses. Translated code is kept.
    void flush_translations();

    /// True while the monitor itself uses the CPU: hooks that watch the guest stay silent.
    bool hidden() const { return hidden_depth_ != 0; }

    /// Marks a stretch of the monitor's own use.
    class HiddenCall {
    public:
        explicit HiddenCall(Engine& engine) : engine_(engine) { ++engine_.hidden_depth_; }
        ~HiddenCall() { --engine_.hidden_depth_; }
        HiddenCall(HiddenCall const&) = delete;
        HiddenCall& operator=(HiddenCall const&) = delete;

    private:
        Engine& engine_;
    };

private:
    struct Close {
        void operator()(uc_engine* engine) const { uc_close(engine); }
    };
    Engine() = default;
    Result<void> configure();
    Result<void> map_slots(memory::GuestMemory const& memory);
    Result<void> map_own_pages();

    Mapping hidden_;
    Mapping barrier_;
    std::unique_ptr<uc_engine, Close> handle_; // last: closed before what it maps goes away
    unsigned hidden_depth_ = 0;
    bool watches_stores_ = false;
};

/// All registers of the library's CPU, kept aside.
class Context {
public:
    static Result<Context> create(Engine& engine);
    void save(Engine& engine);
    void restore(Engine& engine) const;

private:
    struct Free {
        void operator()(uc_context* context) const { uc_context_free(context); }
    };
    explicit Context(uc_context* context) : context_(context) {}
    std::unique_ptr<uc_context, Free> context_;
};

/// "Unicorn refused to map guest memory: Invalid argument (UC_ERR_ARG)".
Result<void> check(uc_err error, std::string_view tried);

} // namespace ringside::unicorn
