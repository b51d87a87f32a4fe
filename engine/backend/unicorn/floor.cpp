#include "engine/backend/unicorn/floor.hpp"

#include <array>
#include <memory>

#include <unicorn/unicorn.h>

#include "engine/base/stopwatch.hpp"

namespace ringside::unicorn {

namespace {

constexpr std::array<unsigned char, 4> code{0xe6, 0x80, 0xeb, 0xfc}; // out 0x80, al; jmp -4
constexpr std::uint64_t out_at = 0, jmp_at = 2;

void stop_at_out(uc_engine* engine, std::uint64_t address, std::uint32_t, void*)
{
    if (address == out_at)
        uc_emu_stop(engine);
}

struct Close {
    void operator()(uc_engine* engine) const { uc_close(engine); }
};

Result<void> check(uc_err error, char const* what)
{
    if (error == UC_ERR_OK)
        return {};
    return fail(Blame::host, std::string("cannot ") + what + ": " + uc_strerror(error));
}

} // namespace

Result<RawTimes> raw_port_out_loop(std::uint64_t exits)
{
    double const begin = wall_ns();
    uc_engine* raw = nullptr;
    TRY(check(uc_open(UC_ARCH_X86, UC_MODE_16, &raw), "open the library"));
    std::unique_ptr<uc_engine, Close> const engine(raw);
    TRY(check(uc_ctl_exits_enable(raw), "turn off the end address"));
    TRY(check(uc_mem_map(raw, 0, 4096, UC_PROT_ALL), "map memory"));
    TRY(check(uc_mem_write(raw, 0, code.data(), code.size()), "write code"));
    uc_hook hook = 0;
    TRY(check(
        uc_hook_add(raw, &hook, UC_HOOK_CODE, reinterpret_cast<void*>(&stop_at_out), nullptr, 1, 0),
        "add a hook"));
    TRY(check(uc_emu_start(raw, out_at, 0, 0, 0), "run"));
    RawTimes times;
    times.start_ns = wall_ns() - begin;
    double const looping = thread_ns();
    for (std::uint64_t count = 0; count < exits; ++count)
        TRY(check(uc_emu_start(raw, jmp_at, 0, 0, 0), "run"));
    times.exit_ns = exits == 0 ? 0 : (thread_ns() - looping) / static_cast<double>(exits);
    return times;
}

} // namespace ringside::unicorn
