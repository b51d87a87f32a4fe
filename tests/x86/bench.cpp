#include "tests/x86/bench.hpp"

#include "engine/base/bits.hpp"

#include <array>

namespace ringside::x86::test {

namespace {

constexpr std::uint64_t memory_size = 0x100000;
constexpr std::uint64_t present_writable_user = 7;

struct Described {
    std::uint16_t selector;
    std::uint64_t descriptor;
};

// None is marked accessed, so that tests see who marks them.
constexpr auto descriptors = std::to_array<Described>({
    {kernel_code32, 0x00cf9a000000ffff},
    {kernel_code64, 0x00af9a000000ffff},
    {kernel_data, 0x00cf92000000ffff},
    {user_code32, 0x00cffa000000ffff},
    {user_data, 0x00cff2000000ffff},
    {user_code64, 0x00affa000000ffff},
    {kernel_code16, 0x00009a000000ffff},
    {task, 0x0000890030000067},        // TSS at 3000, limit 67h
    {local_table, 0x000082004000000f}, // LDT at 4000, two entries
    {conforming_code, 0x00cf9e000000ffff},
    {absent_data, 0x00cf12000000ffff},
    {read_only_data, 0x00cf90000000ffff},
    {execute_only, 0x00cf98000000ffff},
    {absent_code, 0x00cf1a000000ffff},
    {kernel_data16, 0x000092000000ffff},
    {expand_down, 0x00cf96000000000f}, // 64 KiB and up
    {busy_task, 0x00008b0030000067},
    {based_data, 0x1240923456780fff}, // base 12345678h, limit FFFh
});

void map_identity(Bench& bench)
{
    bench.put(tables_at, (tables_at + 0x1000) | present_writable_user);
    bench.put(tables_at + 0x1000, (tables_at + 0x2000) | present_writable_user);
    bench.put(tables_at + 0x2000, (tables_at + 0x3000) | present_writable_user);
    for (std::uint64_t page = 0; page < memory_size / memory::page_size; ++page)
        bench.put(tables_at + 0x3000 + page * 8, page * memory::page_size | present_writable_user);
}

void describe_tables(Bench& bench)
{
    for (Described const& entry : descriptors)
        bench.descriptor(entry.selector, entry.descriptor);
    bench.put(ldt_at, 0x00cff2000000ffff); // entry 0: user data
    bench.state.gdtr = {.base = gdt_at, .limit = 0xff};
    bench.state.idtr = {.base = idt_at, .limit = 0xfff};
}

Segment loaded(Bench const& bench, std::uint16_t selector)
{
    constexpr std::uint64_t accessed = 1ULL << 40;
    return decode_descriptor(bench.descriptor(selector) | accessed, selector);
}

std::uint16_t code_selector(CpuMode mode, unsigned cpl)
{
    switch (mode) {
    case CpuMode::protected16:
        return kernel_code16;
    case CpuMode::long64:
        return cpl == 0 ? kernel_code64 : user_code64;
    default:
        return cpl == 0 ? kernel_code32 : user_code32;
    }
}

std::uint16_t stack_selector(CpuMode mode, unsigned cpl)
{
    if (mode == CpuMode::protected16)
        return kernel_data16;
    return cpl == 0 ? kernel_data : user_data;
}

void enter_protected(Bench& bench, CpuMode mode, unsigned cpl)
{
    CpuState& state = bench.state;
    state.cr0 |= cr0::pe;
    if (mode == CpuMode::long64 || mode == CpuMode::compatibility) {
        map_identity(bench);
        state.cr0 |= cr0::pg | cr0::wp;
        state.cr3 = tables_at;
        state.cr4 = cr4::pae;
        state.efer = efer::lme | efer::lma | efer::nxe;
    }
    state[cs] = loaded(bench, code_selector(mode, cpl));
    for (SegmentIndex const index : {es, ss, ds, fs, gs})
        state[index] = loaded(bench, stack_selector(mode, cpl));
    state.tr = {.selector = task, .attributes = 0x8b, .limit = 0x67, .base = tss_at};
    state.ldtr = {.selector = local_table, .attributes = 0x82, .limit = 0xf, .base = ldt_at};
    bench.put(tss_at + 4, rsp0, mode == CpuMode::protected32 ? 4 : 8);
    if (mode == CpuMode::protected32)
        bench.put(tss_at + 8, kernel_data, 2);
    else
        bench.put(tss_at + 36, ist1);
    bench.put(tss_at + 102, 0x68, 2); // no I/O permission map
}

} // namespace

Fault fault(std::uint8_t vector, std::optional<std::uint16_t> error_code)
{
    return {.vector = vector, .error_code = error_code, .cr2 = 0};
}

Fault page_fault(std::uint16_t error_code, std::uint64_t cr2)
{
    return {.vector = vector::pf, .error_code = error_code, .cr2 = cr2};
}

Bench::Bench(CpuMode mode, unsigned cpl) : state(real_mode_start(0x7c00))
{
    REQUIRE(memory.add_slot(Gpa(0), memory_size, memory::SlotKind::ram, "ram"));
    state.cr0 = cr0::et;
    state.gpr[rsp] = stack_top;
    if (mode == CpuMode::real)
        return;
    describe_tables(*this);
    enter_protected(*this, mode, cpl);
    REQUIRE(state.mode() == mode);
    REQUIRE(state.cpl() == cpl);
}

void Bench::put(std::uint64_t address, std::uint64_t value, unsigned width)
{
    REQUIRE(memory.write_integer(Gpa(address), value, width, memory::Writer::loader));
}

std::uint64_t Bench::get(std::uint64_t address, unsigned width) const
{
    auto const value = memory.read_integer(Gpa(address), width);
    REQUIRE(value);
    return *value;
}

void Bench::put_frame(std::uint64_t address, std::vector<std::uint64_t> const& frame,
                      unsigned width)
{
    for (std::uint64_t const value : frame) {
        put(address, value, width);
        address += width;
    }
}

std::vector<std::uint64_t> Bench::values(std::uint64_t address, unsigned width,
                                         unsigned count) const
{
    std::vector<std::uint64_t> found;
    for (unsigned index = 0; index < count; ++index)
        found.push_back(get(address + std::uint64_t{index} * width, width));
    return found;
}

std::uint64_t Bench::descriptor(std::uint16_t selector) const
{
    return get(gdt_at + (selector & ~7U));
}

void Bench::descriptor(std::uint16_t selector, std::uint64_t value)
{
    put(gdt_at + (selector & ~7U), value);
}

void Bench::gate(std::uint8_t vector, std::uint16_t selector, unsigned type, unsigned dpl,
                 unsigned stack)
{
    constexpr std::uint64_t present = 1ULL << 47;
    std::uint64_t const low = (handler & 0xffff) | std::uint64_t{selector} << 16 |
                              std::uint64_t{stack} << 32 | std::uint64_t{type} << 40 |
                              std::uint64_t{dpl} << 45 | present | (handler >> 16) << 48;
    bool const long_mode = state.long_mode_active();
    put(idt_at + vector * (long_mode ? 16U : 8U), low);
    if (long_mode)
        put(idt_at + vector * 16U + 8, handler >> 32);
}

void Bench::page(std::uint64_t linear, std::uint64_t rights)
{
    std::uint64_t const number = linear / memory::page_size;
    put(tables_at + 0x3000 + number * 8, number * memory::page_size | rights);
}

Decoded Bench::decoded(Bytes const& bytes) const
{
    auto const found = decode(bytes, state.code_size());
    REQUIRE(found);
    REQUIRE(found->length() == bytes.size());
    REQUIRE(is_sensitive(found->instruction));
    return *found;
}

Effect Bench::run(Bytes const& bytes)
{
    return execute(state, memory, decoded(bytes), 1000);
}

effect::Done Bench::done(Bytes const& bytes)
{
    return leaves<effect::Done>(bytes);
}

Fault Bench::fault_of(Bytes const& bytes)
{
    CpuState const before = state;
    Fault const raised = leaves<Fault>(bytes);
    CHECK(state == before);
    return raised;
}

Outcome<void> Bench::complete(Bytes const& bytes, Effect const& effect,
                              std::vector<std::uint64_t> const& values)
{
    return x86::complete(state, memory, decoded(bytes), effect, values);
}

Delivery Bench::deliver(Source source, Fault const& what, std::uint8_t instruction_length)
{
    return x86::deliver(state, memory, {.source = source, .what = what}, instruction_length);
}

Attempt Bench::delivered(Source source, Fault const& what, std::uint8_t instruction_length)
{
    Delivery const delivery = deliver(source, what, instruction_length);
    CHECK_FALSE(delivery.shutdown);
    REQUIRE(delivery.attempts.size() == 1);
    REQUIRE(delivery.attempts.front().delivered);
    return delivery.attempts.front();
}

} // namespace ringside::x86::test
