#include "tests/backend/unicorn/box.hpp"

#include <array>
#include <sstream>
#include <typeinfo>

namespace {

/// "mmio-write 0xd0000000 width 4 = 0x99": for messages of failed tests.
struct Describe {
    std::ostream& out;

    void operator()(ringside::backend::exit::PortIn const& e) const
    {
        out << "in " << e.port << " width " << +e.width << " element " << e.element << " of "
            << e.elements;
    }
    void operator()(ringside::backend::exit::PortOut const& e) const
    {
        out << "out " << e.port << " width " << +e.width << " = " << e.value;
    }
    void operator()(ringside::backend::exit::MmioRead const& e) const
    {
        out << "load " << e.gpa.value << " width " << +e.width;
    }
    void operator()(ringside::backend::exit::MmioWrite const& e) const
    {
        out << "store " << e.gpa.value << " width " << +e.width << " = " << e.value;
    }
    void operator()(ringside::backend::exit::Unhandled const& e) const { out << e.what; }
    template <typename Other>
    void operator()(Other const&) const
    {
        out << typeid(Other).name();
    }
};

} // namespace

std::string
Catch::StringMaker<ringside::backend::Exit>::convert(ringside::backend::Exit const& left)
{
    std::ostringstream out;
    out << std::hex;
    std::visit(Describe{out}, left);
    return out.str();
}

namespace ringside::unicorn_test {

namespace {

using x86::Segment;

Segment flat(std::uint16_t selector, std::uint16_t attributes)
{
    return {.selector = selector, .attributes = attributes, .limit = ~0U, .base = 0};
}

// Present, 4 GiB; type and DPL vary. Layout as in x86::Segment.
constexpr std::uint16_t code32_attributes = 0xc09b, code64_attributes = 0xa09b,
                        data_attributes = 0xc093, task_attributes = 0x8b;

x86::CpuState flat_state(Start start)
{
    x86::CpuState state;
    state[x86::cs] =
        start == Start::long64 ? flat(code64, code64_attributes) : flat(code32, code32_attributes);
    for (auto const index : {x86::es, x86::ss, x86::ds, x86::fs, x86::gs})
        state[index] = flat(data, data_attributes);
    state.tr = {.selector = task, .attributes = task_attributes, .limit = 0x67, .base = tss};
    state.gdtr = {.base = gdt, .limit = 0x4f};
    state.idtr = {.base = idt, .limit = 0xfff};
    state.cr0 = x86::cr0::pe | x86::cr0::et | x86::cr0::ne | x86::cr0::wp;
    state.rip = code;
    state.gpr[x86::rsp] = stack_top;
    return state;
}

x86::CpuState state_at(Start start)
{
    if (start == Start::real) {
        x86::CpuState state = x86::real_mode_start(real_code);
        state.gpr[x86::rsp] = real_code;
        return state;
    }
    x86::CpuState state = flat_state(start);
    if (start == Start::long64) {
        state.cr0 |= x86::cr0::pg;
        state.cr3 = page_tables;
        state.cr4 = x86::cr4::pae | x86::cr4::osfxsr;
        state.efer = x86::efer::sce | x86::efer::lme | x86::efer::lma | x86::efer::nxe;
    }
    return state;
}

constexpr std::uint64_t present_writable = 3, user = 4, large = 0x80;
constexpr std::uint64_t page_size = 4096;

} // namespace

Box::Box(Start start, Bytes guest, backend::Slice slice) : start_(start)
{
    REQUIRE(memory.add_slot(Gpa(0), rom, memory::SlotKind::ram, "low"));
    REQUIRE(memory.add_slot(Gpa(rom), 0x10000, memory::SlotKind::read_only, "rom"));
    REQUIRE(memory.add_slot(Gpa(0x100000), ram_size - 0x100000, memory::SlotKind::ram, "high"));
    write_tables(start);
    load(start == Start::real ? real_code : code, guest);
    memory.clear_dirty();

    auto created = unicorn::create(memory, tracer, slice);
    REQUIRE(created);
    machine = std::move(*created);
    auto made = machine->create_vcpu(VcpuId(0));
    REQUIRE(made);
    vcpu = std::move(*made);
    set(state_at(start));
}

void Box::write_tables(Start start)
{
    std::array<std::uint64_t, 9> const descriptors{0,
                                                   0x00cf9b000000ffff,             // code32
                                                   0x00af9b000000ffff,             // code64
                                                   0x00cf93000000ffff,             // data
                                                   0x00cffb000000ffff,             // user code32
                                                   0x00cff3000000ffff,             // user data
                                                   0x00affb000000ffff,             // user code64
                                                   0x00008b0000000067 | tss << 16, // task
                                                   0};
    for (std::size_t index = 0; index < descriptors.size(); ++index)
        poke(gdt + index * 8, descriptors[index]);
    poke(tss + 4, inner_stack); // RSP0, or ESP0
    poke(tss + 102, 0x68, 2);   // no I/O permission bitmap
    if (start == Start::protected32)
        poke(tss + 8, data, 4); // SS0

    std::uint64_t const pointers = page_tables + page_size;
    poke(page_tables, pointers | present_writable);
    for (std::uint64_t gib = 0; gib < 4; ++gib) {
        std::uint64_t const directory = page_tables + (2 + gib) * page_size;
        poke(pointers + gib * 8, directory | present_writable);
        for (std::uint64_t entry = 0; entry < 512; ++entry)
            poke(directory + entry * 8, gib << 30 | entry << 21 | present_writable | large);
    }
}

Exit Box::enter(backend::Budget budget)
{
    Result<Exit> entered = vcpu->enter(budget);
    REQUIRE(entered);
    exits.push_back(*entered);
    return *entered;
}

void Box::finish(backend::Answer answer_given)
{
    REQUIRE(vcpu->finish(answer_given));
}

Exit Box::step(backend::Budget budget)
{
    Exit const left = enter(budget);
    finish({.value = answer(left), .general_protection = false});
    return left;
}

std::vector<Exit> const& Box::run(std::size_t limit)
{
    for (std::size_t count = 0; count < limit; ++count) {
        Exit const left = step();
        auto const* const out = std::get_if<exit::PortOut>(&left);
        bool const halted =
            std::holds_alternative<exit::Halt>(left) && !registers().interrupts_on();
        if ((out != nullptr && out->port == done_port) || halted ||
            std::holds_alternative<exit::TripleFault>(left) ||
            std::holds_alternative<exit::Unhandled>(left))
            break;
    }
    return exits;
}

std::vector<std::uint64_t> Box::said() const
{
    std::vector<std::uint64_t> values;
    for (Exit const& left : exits)
        if (auto const* const out = std::get_if<exit::PortOut>(&left))
            if (out->port == say_port)
                values.push_back(out->value);
    return values;
}

bool Box::done() const
{
    auto const* const out = exits.empty() ? nullptr : std::get_if<exit::PortOut>(&exits.back());
    return out != nullptr && out->port == done_port;
}

void Box::set(x86::CpuState const& state)
{
    REQUIRE(vcpu->set_state(state));
}

void Box::load(std::uint64_t gpa, Bytes bytes)
{
    REQUIRE(memory.write(Gpa(gpa), std::as_bytes(bytes), memory::Writer::loader));
}

void Box::poke(std::uint64_t gpa, std::uint64_t value, unsigned width)
{
    if (!memory.write_integer(Gpa(gpa), value, width, memory::Writer::loader))
        FAIL("no memory to write at " << gpa);
}

std::uint64_t Box::peek(std::uint64_t gpa, unsigned width) const
{
    auto const value = memory.read_integer(Gpa(gpa), width);
    REQUIRE(value);
    return *value;
}

void Box::gate(std::uint8_t vector, std::uint64_t handler, unsigned dpl, unsigned ist)
{
    std::uint64_t const low = handler & 0xffff, middle = handler >> 16 & 0xffff;
    if (start_ == Start::real) {
        poke(vector * 4U, low, 4);
        return;
    }
    constexpr std::uint64_t interrupt_gate = 0x8e00;
    bool const wide = start_ == Start::long64;
    std::uint64_t const selector = wide ? code64 : code32;
    std::uint64_t const attributes = interrupt_gate | std::uint64_t{dpl} << 13 | ist;
    std::uint64_t const address = idt + vector * (wide ? 16U : 8U);
    poke(address, low | selector << 16 | attributes << 32 | middle << 48);
    if (wide)
        poke(address + 8, handler >> 32);
}

std::uint64_t Box::entry_of(std::uint64_t linear)
{
    std::uint64_t table = page_tables;
    for (unsigned shift = 39; shift > 12; shift -= 9) {
        std::uint64_t const entry = table + (linear >> shift & 511) * 8;
        if (peek(entry) == 0) {
            poke(entry, next_table_ | present_writable | user);
            next_table_ += page_size;
        }
        table = peek(entry) & ~0xfffULL;
    }
    return table + (linear >> 12 & 511) * 8;
}

void Box::map_page(std::uint64_t linear, std::uint64_t entry)
{
    poke(entry_of(linear), entry);
}

} // namespace ringside::unicorn_test
