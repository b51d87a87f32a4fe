// Opening the library, in the order it insists on: the translation mode before the first mapping,
// the list of exit addresses (ours is empty) before the first run.
#include "engine/backend/unicorn/engine.hpp"

#include <algorithm>
#include <string>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"

namespace ringside::unicorn {

Result<void> check(uc_err error, std::string_view tried)
{
    if (error == UC_ERR_OK)
        return {};
    return fail(Blame::host, "Unicorn refused to " + std::string(tried) + ": " +
                                 uc_strerror(error) + "; run 'ringside doctor'");
}

Result<std::unique_ptr<Engine>> Engine::open(memory::GuestMemory const& memory)
{
    std::unique_ptr<Engine> engine(new Engine);
    uc_engine* handle = nullptr;
    TRY(check(uc_open(UC_ARCH_X86, UC_MODE_64, &handle), "open an x86 CPU"));
    engine->handle_.reset(handle);
    TRY(engine->configure());
    TRY(engine->map_slots(memory));
    TRY(engine->map_own_pages());
    return engine;
}

Result<void> Engine::configure()
{
    TRY(check(uc_ctl_tlb_mode(handle(), UC_TLB_VIRTUAL), "let us fill its translations"));
    // With a reachable end address each start costs a translation; with an empty list it does not.
    TRY(check(uc_ctl_exits_enable(handle()), "run without an end address"));
    // Without OSFXSR the library calls every SSE instruction undefined. The guest's own CR4 stays
    // with us, and attention.hpp asks it.
    std::uint64_t const cr4 = x86::cr4::osfxsr;
    return check(uc_reg_write(handle(), UC_X86_REG_CR4, &cr4), "allow SSE");
}

Result<void> Engine::map_slots(memory::GuestMemory const& memory)
{
    for (memory::Slot const& slot : memory.slots()) {
        if (slot.host.empty())
            continue;
        if (slot.start.value + slot.size > layout::guest_physical_size)
            return fail(Blame::usage, "memory slot '" + slot.label + "' lies above the CPU's " +
                                          std::to_string(x86::physical_address_bits) +
                                          " physical address bits");
        auto const rights =
            slot.kind == memory::SlotKind::ram ? UC_PROT_ALL : UC_PROT_READ | UC_PROT_EXEC;
        TRY(check(uc_mem_map_ptr(handle(), slot.start.value, slot.size,
                                 static_cast<std::uint32_t>(rights), slot.host.data()),
                  "map guest memory"));
    }
    return {};
}

Result<void> Engine::map_own_pages()
{
    hidden_ = TRY(Mapping::anonymous(layout::hidden_size));
    barrier_ = TRY(Mapping::anonymous(layout::page_size));
    constexpr std::byte halt{0xf4};
    std::fill(barrier_.bytes().begin(), barrier_.bytes().end(), halt);
    TRY(check(uc_mem_map_ptr(handle(), layout::hidden_physical, layout::hidden_size, UC_PROT_ALL,
                             hidden_.bytes().data()),
              "map the hidden pages"));
    return check(uc_mem_map_ptr(handle(), layout::barrier_physical, layout::page_size, UC_PROT_ALL,
                                barrier_.bytes().data()),
                 "map the barrier page");
}

Result<void> Engine::add_hook(uc_hook_type type, void* callback, void* user_data)
{
    uc_hook hook = 0;
    constexpr std::uint64_t everywhere_from = 1, everywhere_to = 0; // an empty range means all
    return check(
        uc_hook_add(handle(), &hook, type, callback, user_data, everywhere_from, everywhere_to),
        "add a hook");
}

void Engine::watch_stores()
{
    auto const never = [](uc_engine*, uc_mem_type, std::uint64_t, int, std::int64_t, void*) {};
    uc_cb_hookmem_t const callback = never;
    uc_hook hook = 0;
    constexpr std::uint64_t nowhere = ~0ULL;
    uc_err const error = uc_hook_add(handle(), &hook, UC_HOOK_MEM_WRITE,
                                     reinterpret_cast<void*>(callback), nullptr, nowhere, nowhere);
    ASSERT(error == UC_ERR_OK);
    watches_stores_ = true;
}

Result<void> Engine::map_devices(uc_cb_mmio_read_t read, uc_cb_mmio_write_t write, void* user_data)
{
    return check(uc_mmio_map(handle(), layout::device_window, layout::guest_physical_size, read,
                             user_data, write, user_data),
                 "map the device window");
}

void Engine::flush_translations()
{
    uc_err const error = uc_ctl_flush_tlb(handle());
    ASSERT(error == UC_ERR_OK);
}

Result<Context> Context::create(Engine& engine)
{
    uc_context* context = nullptr;
    TRY(check(uc_context_alloc(engine.handle(), &context), "allocate a register context"));
    return Context(context);
}

void Context::save(Engine& engine)
{
    uc_err const error = uc_context_save(engine.handle(), context_.get());
    ASSERT(error == UC_ERR_OK);
}

void Context::restore(Engine& engine) const
{
    uc_err const error = uc_context_restore(engine.handle(), context_.get());
    ASSERT(error == UC_ERR_OK);
}

} // namespace ringside::unicorn
