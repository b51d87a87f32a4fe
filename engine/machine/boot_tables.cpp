#include "engine/machine/boot_tables.hpp"

#include <array>

#include "engine/x86/control_bits.hpp"
#include "guest-programs/abi/ringside.h"

namespace ringside::machine {

namespace {

constexpr std::uint16_t code32_selector = 0x08, code64_selector = 0x10, data_selector = 0x18;

// SDM Vol. 3A, "Segment Descriptors": flat, accessed, present, limit 0xfffff pages. The access byte
// is 0x9b (code) or 0x93 (data), with DPL 3 0xfb and 0xf3; the upper flags are G|D (0xc) or G|L
// (0xa).
constexpr std::array<std::uint64_t, 7> boot_gdt{
    0,
    0x00cf9b000000ffff, // 0x08 code, 32-bit
    0x00af9b000000ffff, // 0x10 code, 64-bit
    0x00cf93000000ffff, // 0x18 data
    0x00cffb000000ffff, // 0x20 user code, 32-bit
    0x00cff3000000ffff, // 0x28 user data
    0x00affb000000ffff, // 0x30 user code, 64-bit
};

// Access rights as x86::Segment keeps them: the descriptor's access byte and its upper flags.
constexpr std::uint16_t code32_rights = 0xc09b, code64_rights = 0xa09b, data_rights = 0xc093;
constexpr std::uint16_t busy_tss_rights = 0x008b, ldt_rights = 0x0082;

x86::Segment flat(std::uint16_t selector, std::uint16_t rights)
{
    return x86::Segment{selector, rights, 0xffffffff, 0};
}

x86::CpuState flat_start(std::uint64_t entry, x86::Segment const& code)
{
    x86::CpuState state;
    state.rip = entry;
    state.gpr[x86::rsp] = RINGSIDE_BOOT_STACK;
    for (x86::Segment& segment : state.segments)
        segment = flat(data_selector, data_rights);
    state[x86::cs] = code;
    state.tr = x86::Segment{0, busy_tss_rights, 0xffff, 0};
    state.ldtr = x86::Segment{0, ldt_rights, 0xffff, 0};
    state.gdtr = x86::DescriptorTable{RINGSIDE_BOOT_GDT, sizeof boot_gdt - 1};
    state.cr0 = x86::cr0::pe | x86::cr0::et | x86::cr0::ne;
    return state;
}

} // namespace

void write_boot_gdt(memory::GuestMemory& memory)
{
    memory.write(Gpa(RINGSIDE_BOOT_GDT), std::as_bytes(std::span(boot_gdt)),
                 memory::Writer::loader);
}

void write_boot_page_tables(memory::GuestMemory& memory)
{
    // SDM Vol. 3A, "4-Level Paging": P | R/W, and PS in a page-directory entry that maps 2 MiB.
    constexpr std::uint64_t table = 0x3, large_page = 0x83, large_page_size = 2ULL << 20;
    constexpr std::uint64_t pml4 = RINGSIDE_BOOT_TABLES, pdpt = pml4 + 0x1000,
                            directories = pml4 + 0x2000;
    auto const put = [&](std::uint64_t gpa, std::uint64_t value) {
        memory.write_integer(Gpa(gpa), value, 8, memory::Writer::loader);
    };
    put(pml4, pdpt | table);
    for (std::uint64_t gigabyte = 0; gigabyte < 4; ++gigabyte)
        put(pdpt + gigabyte * 8, (directories + gigabyte * 0x1000) | table);
    for (std::uint64_t page = 0; page < 4 * 512; ++page)
        put(directories + page * 8, page * large_page_size | large_page);
}

x86::CpuState protected32_start(std::uint64_t entry)
{
    return flat_start(entry, flat(code32_selector, code32_rights));
}

x86::CpuState long64_start(std::uint64_t entry)
{
    x86::CpuState state = flat_start(entry, flat(code64_selector, code64_rights));
    state.cr3 = RINGSIDE_BOOT_TABLES;
    state.cr4 = x86::cr4::pae;
    state.efer = x86::efer::lme | x86::efer::lma;
    state.cr0 |= x86::cr0::pg;
    return state;
}

} // namespace ringside::machine
