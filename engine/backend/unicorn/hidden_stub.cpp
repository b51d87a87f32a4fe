#include "engine/backend/unicorn/hidden_stub.hpp"

#include <array>
#include <cstring>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/assert.hpp"
#include "engine/x86/segments.hpp"

namespace ringside::unicorn::hidden_stub {

namespace {

constexpr std::uint64_t table_at = 0, code_at = layout::page_size, stack_at = 2 * layout::page_size;

// Entries of the hidden GDT. Selector = entry * 8.
enum Entry : std::uint16_t { es_entry = 1, cs_entry, ss_entry, ds_entry, entries };

constexpr std::uint16_t selector(Entry entry, unsigned privilege = 0)
{
    return static_cast<std::uint16_t>(entry * 8U | privilege);
}

// SDM Vol. 3A, "Segment Descriptors"; layout of the attributes as in x86::Segment.
namespace attribute {
constexpr unsigned writable_data = 0x93, readable_code = 0x9b, long_mode = 1U << 13, big = 1U << 14,
                   pages = 1U << 15, privilege_shift = 5;
}

/// A descriptor of 4 GiB: limits are checked by us where the guest set any (attention.hpp).
std::uint64_t descriptor(std::uint64_t base, unsigned attributes, unsigned privilege)
{
    return x86::encode_descriptor(
        {.selector = 0,
         .attributes = static_cast<std::uint16_t>(attributes | attribute::pages |
                                                  privilege << attribute::privilege_shift),
         .limit = ~0U,
         .base = base});
}

unsigned code_attributes(World const& world)
{
    switch (world.code_size) {
    case x86::CodeSize::bits16:
        return attribute::readable_code;
    case x86::CodeSize::bits32:
        return attribute::readable_code | attribute::big;
    case x86::CodeSize::bits64:
        break;
    }
    return attribute::readable_code | attribute::long_mode;
}

void write(Engine& engine, std::uint64_t at, std::span<std::uint64_t const> words)
{
    std::memcpy(engine.hidden_pages().data() + at, words.data(), words.size_bytes());
}

void write_descriptors(Engine& engine, World const& world)
{
    // Data segments of privilege 3 may be loaded, and stay loaded, at every level.
    constexpr unsigned data = attribute::writable_data | attribute::big, everybody = 3;
    unsigned const stack = attribute::writable_data | (world.wide_stack ? attribute::big : 0U);
    std::array<std::uint64_t, entries> table{};
    table[es_entry] = descriptor(world.es_base, data, everybody);
    table[cs_entry] = descriptor(world.cs_base, code_attributes(world), world.privilege);
    table[ss_entry] = descriptor(world.ss_base, stack, world.privilege);
    table[ds_entry] = descriptor(world.ds_base, data, everybody);
    write(engine, table_at, table);
}

void write_return_frame(Engine& engine, World const& world)
{
    constexpr std::uint64_t rip = 0, rflags = 2, rsp = 0;
    std::array<std::uint64_t, 5> const frame{rip, selector(cs_entry, world.privilege), rflags, rsp,
                                             selector(ss_entry, world.privilege)};
    write(engine, stack_at, frame);
}

} // namespace

Result<void> install(Engine& engine)
{
    std::array<std::uint8_t, 16> const code{0xb8, selector(es_entry),
                                            0,    0,
                                            0,          // mov eax, es_selector
                                            0x8e, 0xc0, // mov es, eax
                                            0xb8, selector(ds_entry),
                                            0,    0,
                                            0,           // mov eax, ds_selector
                                            0x8e, 0xd8,  // mov ds, eax
                                            0x48, 0xcf}; // iretq
    std::memcpy(engine.hidden_pages().data() + code_at, code.data(), code.size());

    uc_x86_mmr gdtr{};
    gdtr.base = layout::hidden_linear + table_at;
    gdtr.limit = entries * 8 - 1;
    return check(uc_reg_write(engine.handle(), UC_X86_REG_GDTR, &gdtr), "load our descriptors");
}

Result<void> run(Engine& engine, World const& world)
{
    write_descriptors(engine, world);
    write_return_frame(engine, world);
    std::uint64_t const stack = layout::hidden_linear + stack_at;
    TRY(check(uc_reg_write(engine.handle(), UC_X86_REG_RSP, &stack), "set the stub's stack"));

    // The stub's last instruction goes to an address of the guest. No translation of it is given
    // while the call is hidden, and that ends the run: an error is what we expect.
    Engine::HiddenCall const hidden(engine);
    uc_err const ended = engine.run(layout::hidden_linear + code_at);
    std::uint64_t loaded = 0;
    TRY(check(uc_reg_read(engine.handle(), UC_X86_REG_CS, &loaded), "tell its code segment"));
    if (loaded != selector(cs_entry, world.privilege))
        return check(ended == UC_ERR_OK ? UC_ERR_EXCEPTION : ended, "enter the guest's mode");
    return {};
}

} // namespace ringside::unicorn::hidden_stub
