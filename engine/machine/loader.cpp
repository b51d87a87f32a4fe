#include "engine/machine/loader.hpp"

#include <cstdio>
#include <cstring>

#include "engine/machine/boot_tables.hpp"
#include "guest-programs/abi/ringside.h"

namespace ringside::machine {

namespace {

std::string hex(std::uint64_t value)
{
    char text[20];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

bool overlap(GuestImage::Segment const& segment, std::uint64_t start, std::uint64_t end)
{
    return segment.gpa < end && segment.gpa + segment.memory_size > start;
}

Result<void> place(GuestImage const& image, GuestImage::Segment const& segment,
                   memory::GuestMemory& memory)
{
    bool const wraps = segment.gpa + segment.memory_size < segment.gpa;
    bool const backed = !wraps &&
                        !memory.host_bytes(Gpa(segment.gpa), segment.memory_size).empty() &&
                        memory.find(Gpa(segment.gpa))->kind == memory::SlotKind::ram;
    if (!backed)
        return fail(Blame::input, "guest " + image.name + " wants " + hex(segment.memory_size) +
                                      " bytes at " + hex(segment.gpa) +
                                      ", where the machine has no RAM; see --mem");
    if (image.start != StartMode::real &&
        overlap(segment, RINGSIDE_BOOT_GDT, RINGSIDE_BOOT_TABLES + boot_tables_size))
        return fail(Blame::input, "guest " + image.name + " lies at " + hex(segment.gpa) +
                                      ", where its start mode needs the GDT and page tables; link "
                                      "it at 0x10000 or above");
    memory.write(Gpa(segment.gpa), std::as_bytes(std::span(segment.bytes)), memory::Writer::loader);
    return {};
}

x86::CpuState first_state(GuestImage const& image, memory::GuestMemory& memory)
{
    if (image.start == StartMode::real)
        return x86::real_mode_start(static_cast<std::uint16_t>(image.entry));
    write_boot_gdt(memory);
    if (image.start == StartMode::protected32)
        return protected32_start(image.entry);
    write_boot_page_tables(memory);
    return long64_start(image.entry);
}

} // namespace

Result<void> add_standard_slots(memory::GuestMemory& memory, std::uint64_t memory_bytes)
{
    if (memory_bytes < least_memory || memory_bytes > most_memory ||
        memory_bytes % memory::page_size != 0)
        return fail(Blame::usage, "the machine takes 2M to 3G of memory in whole pages, not " +
                                      std::to_string(memory_bytes) + " bytes");
    using memory::SlotKind;
    constexpr std::uint64_t rom_end = RINGSIDE_ROM_BASE + RINGSIDE_ROM_SIZE;
    TRY(memory.add_slot(Gpa(0), RINGSIDE_ROM_BASE, SlotKind::ram, "low RAM"));
    TRY(memory.add_slot(Gpa(RINGSIDE_ROM_BASE), RINGSIDE_ROM_SIZE, SlotKind::read_only, "ROM"));
    TRY(memory.add_slot(Gpa(rom_end), memory_bytes - rom_end, SlotKind::ram, "RAM"));
    TRY(memory.add_slot(Gpa(RINGSIDE_MMIO_BASE), RINGSIDE_MMIO_SIZE, SlotKind::unmapped,
                        "MMIO window"));
    memory.write(Gpa(RINGSIDE_ROM_BASE),
                 std::as_bytes(std::span(RINGSIDE_ROM_TEXT, sizeof RINGSIDE_ROM_TEXT)),
                 memory::Writer::loader);
    return {};
}

Result<x86::CpuState> load(GuestImage const& image, memory::GuestMemory& memory)
{
    if (image.start == StartMode::real && image.entry > 0xffff)
        return fail(Blame::input, "guest " + image.name + " starts in real mode at " +
                                      hex(image.entry) + ", above the first 64 KiB");
    for (GuestImage::Segment const& segment : image.segments)
        TRY(place(image, segment, memory));
    x86::CpuState const state = first_state(image, memory);
    memory.clear_dirty();
    return state;
}

} // namespace ringside::machine
