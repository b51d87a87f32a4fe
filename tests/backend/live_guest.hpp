// A guest of a few bytes on the real KVM, for the tests that need one.
//
//   0x00000 RAM
//   0xa0000 a window backed by nothing, 64 KiB
//   0xf0000 read-only, 64 KiB, filled with 0x5a
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/backend/kvm/kvm_backend.hpp"
#include "engine/memory/guest_memory.hpp"
#include "engine/x86/cpu_state.hpp"

namespace ringside::test {

inline constexpr std::uint64_t code_address = 0x8000;
inline constexpr std::uint64_t handler_address = 0x9000;
inline constexpr std::uint64_t stack_address = 0x7000;
inline constexpr std::uint64_t tables_address = 0x1000; ///< of long_mode_start(): 0x1000 to 0x3fff
inline constexpr std::uint64_t window_address = 0xa0000;
inline constexpr std::uint64_t rom_address = 0xf0000;

/// True, after a line "SKIPPED: <test>: <reason>", when this host has no KVM to run the test on.
bool skip_without_kvm();
/// Prints that line for the running test.
void say_skipped(std::string_view reason);

x86::CpuState real_mode_start();
/// 32-bit protected mode, flat segments, no paging, no interrupt table.
x86::CpuState protected_start();
/// 64-bit mode; the first 2 MiB are mapped to themselves, for user code too.
x86::CpuState long_mode_start();
/// The same at CPL 3.
x86::CpuState user_mode_start();

class LiveGuest {
public:
    explicit LiveGuest(x86::CpuState const& start, std::initializer_list<std::uint8_t> code,
                       kvm::Options options = {},
                       backend::Slice slice = {.instructions = 0, .host_microseconds = 2'000});

    void write(std::uint64_t address, std::initializer_list<std::uint8_t> bytes);
    /// Points a real-mode vector to handler_address and puts `code` there.
    void handle_in_real_mode(std::uint8_t vector, std::initializer_list<std::uint8_t> code);
    std::uint64_t read(std::uint64_t address, unsigned width) const;

    backend::Exit enter(backend::Budget budget = backend::Budget::slice);
    void finish(backend::Answer answer = {});
    /// enter(), then finish() with no answer.
    backend::Exit pass(backend::Budget budget = backend::Budget::slice);

    /// RIP as it is now, less the address of the code.
    std::uint64_t offset() const;
    backend::ExitingInstruction instruction() const;
    x86::CpuState const& registers() const { return vcpu().standing().registers; }

    backend::Vcpu& vcpu() const { return *vcpu_; }
    backend::Backend& backend() const { return *backend_; }
    memory::GuestMemory& memory() { return memory_; }

private:
    memory::GuestMemory memory_;
    std::unique_ptr<backend::Backend> backend_;
    std::unique_ptr<backend::Vcpu> vcpu_;
};

} // namespace ringside::test
