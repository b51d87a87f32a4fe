// A small machine around one vCPU of the Unicorn backend: memory, tables, a script of answers, and
// what came out.
//
//     0x00500  GDT, TSS, IDT             0x20000  page tables
//     0x07c00  real-mode code            0xf0000  64 KiB of ROM
//     0x09000  stack of ring 0           0x100000 RAM up to 4 MiB, for the tests
//     0x10000  other code                above    nothing: devices
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/backend/unicorn/unicorn_backend.hpp"
#include "engine/trace/memory_sink.hpp"
#include "engine/trace/tracer.hpp"
#include "engine/x86/control_bits.hpp"
#include "engine/x86/cpu_state.hpp"
#include "tests/catch.hpp"

namespace Catch {
template <>
struct StringMaker<ringside::backend::Exit> {
    static std::string convert(ringside::backend::Exit const& left);
};
} // namespace Catch

// A guest of guests/*.S, as bytes.
#define GUEST_BYTES(name)                                                                          \
    ([]() -> std::span<std::uint8_t const> {                                                       \
        extern std::uint8_t const begin_##name[] __asm__("guest_" #name);                          \
        extern std::uint8_t const end_##name[] __asm__("guest_" #name "_end");                     \
        return {begin_##name, static_cast<std::size_t>(end_##name - begin_##name)};                \
    }())

namespace ringside::unicorn_test {

using backend::Exit;
namespace exit = backend::exit;
using Bytes = std::span<std::uint8_t const>;

inline constexpr std::uint64_t real_code = 0x7c00, code = 0x10000, stack_top = 0xa000;
inline constexpr std::uint64_t gdt = 0x500, tss = 0x600, idt = 0x1000, page_tables = 0x20000;
inline constexpr std::uint64_t inner_stack = 0x9000; ///< RSP0 of the TSS
inline constexpr std::uint64_t rom = 0xf0000, ram_size = 4 << 20, device = 0xd0000000;
/// Free for mappings of the tests in long mode; everything below 4 GiB is an identity.
inline constexpr std::uint64_t mapped = 0x100'0000'0000;

// Selectors of the GDT, in Linux's layout.
inline constexpr std::uint16_t code32 = 0x08, code64 = 0x10, data = 0x18, user_code32 = 0x23,
                               user_data = 0x2b, user_code64 = 0x33, task = 0x38;
inline constexpr std::uint16_t say_port = 0x10, done_port = 0xf4;

enum class Start : std::uint8_t { real, protected32, long64 };

class Box {
public:
    /// With the tables of that mode in place, the guest loaded, and the vCPU at its first byte.
    Box(Start start, Bytes guest, backend::Slice slice = {});

    /// Runs until the guest writes to the done port, halts with interrupts off, triple-faults or
    /// is lost; or for `limit` exits. The exits are also kept in `exits`.
    std::vector<Exit> const& run(std::size_t limit = 10'000);
    /// One exit, finished with its answer.
    Exit step(backend::Budget budget = backend::Budget::slice);
    /// The same without finishing it.
    Exit enter(backend::Budget budget = backend::Budget::slice);
    void finish(backend::Answer answer = {});

    /// Values the guest wrote to the say port, in order.
    std::vector<std::uint64_t> said() const;
    /// The guest came to its end by the done port.
    bool done() const;

    x86::CpuState const& registers() const { return vcpu->standing().registers; }
    void set(x86::CpuState const& state);

    void load(std::uint64_t gpa, Bytes bytes);
    void poke(std::uint64_t gpa, std::uint64_t value, unsigned width = 8);
    std::uint64_t peek(std::uint64_t gpa, unsigned width = 8) const;
    /// An interrupt gate of the start mode: present, to code at `handler`.
    void gate(std::uint8_t vector, std::uint64_t handler, unsigned dpl = 0, unsigned ist = 0);
    /// Long mode: puts `entry` into the page table for `linear`, which is made as needed.
    void map_page(std::uint64_t linear, std::uint64_t entry);
    /// Where that entry lies.
    std::uint64_t entry_of(std::uint64_t linear);

    template <typename E>
    std::vector<E> events() const
    {
        return sink.all<E>();
    }

    memory::GuestMemory memory;
    trace::MemorySink sink;
    trace::Tracer tracer{&sink};
    std::unique_ptr<backend::Backend> machine;
    std::unique_ptr<backend::Vcpu> vcpu;
    std::vector<Exit> exits;
    /// What port, device and MSR reads get.
    std::function<std::uint64_t(Exit const&)> answer = [](Exit const&) { return 0; };

private:
    void write_tables(Start start);

    Start start_;
    std::uint64_t next_table_ = 0x40000;
};

} // namespace ringside::unicorn_test
