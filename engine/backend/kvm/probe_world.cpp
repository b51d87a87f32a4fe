// The memory that all probe guests share: page tables of every kind, a GDT, interrupt tables, a
// TSS.
//
//   0x0000 IVT                    0x9000 PAE PT
//   0x1000 PML4                   0xa000 64-bit IDT
//   0x2000 PDPT                   0xb000 32-bit IDT
//   0x3000 PD                     0xc000 GDT, TSS
//   0x4000 PT                     0xd000 handlers, one for each vector
//   0x5000 32-bit directory       0xe000 supervisor code, its stack below 0xfff0
//   0x6000 32-bit page table      0x10000 user code
//   0x7000 PAE PDPT               0x11000 user stack
//   0x8000 PAE PD                 0x12000 a byte that is reached through paging only
#include "engine/backend/kvm/probe_world.hpp"

#include "engine/backend/kvm/probe_guests.hpp"
#include "engine/base/assert.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/segments.hpp"

#include <array>
#include <span>

namespace ringside::kvm {

namespace {

using memory::GuestMemory;
using x86::CpuState;
using x86::Segment;

constexpr std::uint64_t present = 1, writable = 2, user = 4, large = 0x80; // SDM Vol. 3A, "Paging"
constexpr unsigned vectors = 256;
constexpr std::uint64_t bytes_per_handler = 5;

void put(GuestMemory& memory, std::uint64_t address, std::uint64_t value, unsigned width)
{
    bool const written = memory.write_integer(Gpa{address}, value, width);
    ASSERT(written);
}

bool is_user_page(std::uint64_t page)
{
    return page == world::user_code || page == world::user_stack;
}

/// One table that maps the whole memory to itself, with 4- or 8-byte entries, and the page
/// `world::alias` to `world::hidden_byte`.
void map_small_pages(GuestMemory& memory, std::uint64_t table, unsigned entry_bytes)
{
    for (std::uint64_t page = 0; page < world::size; page += memory::page_size) {
        std::uint64_t const flags = present | writable | (is_user_page(page) ? user : 0);
        put(memory, table + page / memory::page_size * entry_bytes, page | flags, entry_bytes);
    }
    put(memory, table + world::alias / memory::page_size * entry_bytes,
        world::hidden_byte | present | writable, entry_bytes);
}

void lay_out_page_tables(GuestMemory& memory)
{
    constexpr std::uint64_t all = present | writable | user;
    put(memory, world::pml4, (world::pml4 + 0x1000) | all, 8);
    put(memory, world::pml4 + 0x1000, (world::pml4 + 0x2000) | all, 8);
    put(memory, world::pml4 + 0x2000, (world::pml4 + 0x3000) | all, 8);
    map_small_pages(memory, world::pml4 + 0x3000, 8);

    put(memory, world::directory32, (world::directory32 + 0x1000) | all, 4);
    put(memory, world::directory32 + 4, 0 | all | large, 4); // 4 MiB to physical 0: CR4.PSE
    map_small_pages(memory, world::directory32 + 0x1000, 4);

    put(memory, world::pae_pointers, (world::pae_pointers + 0x1000) | present, 8);
    put(memory, world::pae_pointers + 0x1000, (world::pae_pointers + 0x2000) | all, 8);
    map_small_pages(memory, world::pae_pointers + 0x2000, 8);
    put(memory, world::hidden_byte, world::hidden_value, 1);
}

void lay_out_segments(GuestMemory& memory)
{
    struct Named {
        std::uint16_t selector;
        std::uint16_t attributes;
    };
    for (Named const& named :
         {Named{world::code32, 0xc09b}, Named{world::code64, 0xa09b}, Named{world::data, 0xc093},
          Named{world::user_code32, 0xc0fb}, Named{world::user_data, 0xc0f3},
          Named{world::user_code64, 0xa0fb}}) {
        Segment const segment = world::flat(named.selector, named.attributes);
        put(memory, world::gdt + (named.selector & ~7U), x86::encode_descriptor(segment), 8);
    }
    // SDM Vol. 3A, "64-Bit TSS": RSP0 at offset 4. No I/O bitmap: its offset lies at the limit.
    put(memory, world::tss + 4, world::stack_top, 8);
    put(memory, world::tss + 0x66, world::tss_limit + 1, 2);
}

/// `mov al, vector; out surprise_port, al; hlt` is the same in 16-, 32- and 64-bit code, so one
/// handler serves the three kinds of tables.
void lay_out_interrupts(GuestMemory& memory)
{
    constexpr std::uint64_t interrupt_gate = 0x8e, for_every_privilege = 0x60;
    for (unsigned vector = 0; vector < vectors; ++vector) {
        std::uint64_t const handler = world::handlers + vector * bytes_per_handler;
        std::array<std::uint8_t, bytes_per_handler> const code{
            0xb0, static_cast<std::uint8_t>(vector), 0xe6, surprise_port, 0xf4};
        bool const written = memory.write(Gpa{handler}, std::as_bytes(std::span(code)));
        ASSERT(written);

        std::uint64_t const type =
            interrupt_gate | (vector == expected_interrupt ? for_every_privilege : 0);
        std::uint64_t const gate = handler | type << 40;
        put(memory, vector * 4, handler, 4);
        put(memory, world::idt32 + vector * 8, gate | std::uint64_t{world::code32} << 16, 8);
        put(memory, world::idt64 + vector * 16, gate | std::uint64_t{world::code64} << 16, 8);
        put(memory, world::idt64 + vector * 16 + 8, 0, 8);
    }
}

} // namespace

CpuState world::start_in_real_mode()
{
    CpuState state = x86::real_mode_start(static_cast<std::uint16_t>(world::code));
    state.gpr[x86::rsp] = world::stack_top;
    return state;
}

CpuState world::start_protected()
{
    constexpr std::uint16_t code_attributes = 0xc09b, data_attributes = 0xc093;
    constexpr std::uint16_t busy_task = 0x8b;
    CpuState state;
    state.rip = world::code;
    state.gpr[x86::rsp] = world::stack_top;
    state.cr0 = x86::cr0::pe | x86::cr0::et | x86::cr0::ne;
    for (x86::Segment& segment : state.segments)
        segment = world::flat(world::data, data_attributes);
    state[x86::cs] = world::flat(world::code32, code_attributes);
    state.tr = {.selector = world::task,
                .attributes = busy_task,
                .limit = world::tss_limit,
                .base = world::tss};
    state.gdtr = {.base = world::gdt, .limit = world::gdt_limit};
    state.idtr = {.base = world::idt32, .limit = 256 * 8 - 1};
    return state;
}

CpuState world::start_paged(std::uint64_t tables, std::uint64_t cr4)
{
    CpuState state = start_protected();
    state.cr0 |= x86::cr0::pg | x86::cr0::wp;
    state.cr3 = tables;
    state.cr4 = cr4;
    return state;
}

CpuState world::start_long()
{
    constexpr std::uint16_t code_attributes = 0xa09b;
    CpuState state = start_paged(world::pml4, x86::cr4::pae);
    state.efer = x86::efer::lme | x86::efer::lma | x86::efer::sce | x86::efer::nxe;
    state[x86::cs] = world::flat(world::code64, code_attributes);
    state.idtr = {.base = world::idt64, .limit = 256 * 16 - 1};
    state.star = std::uint64_t{world::user_code32} << 48 | std::uint64_t{world::code64} << 32;
    state.lstar = world::syscall_entry;
    state.fmask = x86::rflags::if_;
    return state;
}

CpuState world::start_in_user_mode()
{
    constexpr std::uint16_t code_attributes = 0xa0fb, data_attributes = 0xc0f3;
    CpuState state = start_long();
    state.rip = world::user_code;
    state.gpr[x86::rsp] = world::user_stack_top;
    for (x86::Segment& segment : state.segments)
        segment = world::flat(world::user_data, data_attributes);
    state[x86::cs] = world::flat(world::user_code64, code_attributes);
    return state;
}

Segment world::flat(std::uint16_t selector, std::uint16_t attributes)
{
    return {.selector = selector, .attributes = attributes, .limit = 0xffffffff, .base = 0};
}

Result<GuestMemory> probe_memory()
{
    GuestMemory memory;
    TRY(memory.add_slot(Gpa{0}, world::size, memory::SlotKind::ram, "probe"));
    return memory;
}

void lay_out(GuestMemory& memory, ProbeGuest const& guest)
{
    lay_out_page_tables(memory);
    lay_out_segments(memory);
    lay_out_interrupts(memory);
    for (ProbeGuest::Handler const& handler : guest.handlers) {
        // A gate and an IVT entry keep the low 16 bits of the handler's address in front.
        put(memory, handler.vector * 4U, handler.at.value, 2);
        put(memory, world::idt32 + handler.vector * 8U, handler.at.value, 2);
        put(memory, world::idt64 + handler.vector * 16U, handler.at.value, 2);
    }
    for (ProbeGuest::Code const& code : guest.code) {
        bool const written = memory.write(code.at, std::as_bytes(std::span(code.bytes)));
        ASSERT(written);
    }
}

} // namespace ringside::kvm
