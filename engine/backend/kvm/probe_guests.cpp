// Hand-assembled: each line of bytes is one instruction, written beside it. SDM Vol. 2 for the
// encodings.
#include "engine/backend/kvm/probe_guests.hpp"

#include "engine/backend/kvm/probe_world.hpp"
#include "engine/x86/control_bits.hpp"

#include <utility>

namespace ringside::kvm {

namespace {

using backend::Ability;
using x86::CpuState;
using Bytes = std::vector<std::uint8_t>;

constexpr Gpa code{world::code};
constexpr Gpa handler{world::syscall_entry};
constexpr Gpa second_handler{world::code + 0xc0};
constexpr Gpa user_code{world::user_code};
constexpr std::uint8_t port = report_port;

// ------------------------------------------------------------------------------ what they do

void append(Bytes& bytes, Bytes const& more)
{
    bytes.insert(bytes.end(), more.begin(), more.end());
}

Bytes report_one()
{
    return {0xb0, 0x01,  // mov al, 1
            0xe6, port}; // out report, al
}

Bytes iretq_to_user_code()
{
    return {0x6a, world::user_data, // push ss
            0x68, 0xf0,
            0x1f, 0x01,
            0x00,                     // push rsp = user_stack_top
            0x6a, 0x02,               // push rflags
            0x6a, world::user_code64, // push cs
            0x68, 0x00,
            0x00, 0x01,
            0x00,        // push rip = user_code
            0x48, 0xcf}; // iretq
}

/// In the handler of an exception with an error code: the selector it interrupted.
Bytes report_code_selector()
{
    return {0x8a, 0x44, 0x24, 0x10, // mov al, [rsp + 16]
            0xe6, port};            // out report, al
}

Bytes code_to_step()
{
    return {0x90,       // nop
            0xb0, 0x01, // mov al, 1
            0xfe, 0xc0, // inc al
            0xeb, 0x00, // jmp to the next one
            0x90};      // nop
}

std::vector<std::uint64_t> steps_from(Gpa start)
{
    std::vector<std::uint64_t> rips;
    for (std::uint64_t const offset : {1U, 3U, 5U, 7U, 8U})
        rips.push_back(start.value + offset);
    return rips;
}

Bytes endless_loop()
{
    return {0xeb, 0xfe}; // jmp to itself
}

// ------------------------------------------------------------------------------ one for each

ProbeGuest make(Ability ability, ProbeGuest::Judge judge, CpuState const& start,
                std::vector<ProbeGuest::Code> texts, Bytes reports)
{
    return {.ability = ability,
            .judge = judge,
            .start = start,
            .code = std::move(texts),
            .handlers = {},
            .reports = std::move(reports),
            .steps = {}};
}

ProbeGuest reporting(Ability ability, CpuState const& start, std::vector<ProbeGuest::Code> texts,
                     Bytes reports)
{
    return make(ability, ProbeGuest::Judge::reports, start, std::move(texts), std::move(reports));
}

ProbeGuest real_mode()
{
    Bytes text{0xcd, expected_interrupt}; // int 0x40
    append(text, report_one());
    Bytes const iret{0xcf};
    ProbeGuest guest = reporting(Ability::real_mode, world::start_in_real_mode(),
                                 {{code, text}, {handler, iret}}, {1});
    guest.handlers = {{expected_interrupt, handler}};
    return guest;
}

ProbeGuest protected32()
{
    Bytes const text{0x66, 0xb8, world::data, 0x00,             // mov ax, data
                     0x8e, 0xc0,                                // mov es, ax
                     0x26, 0xa0, 0x00,        0x20, 0x01, 0x00, // mov al, es:[hidden_byte]
                     0xe6, port};                               // out report, al
    return reporting(Ability::protected32, world::start_protected(), {{code, text}},
                     {world::hidden_value});
}

ProbeGuest paging32()
{
    Bytes const text{0xa0, 0x00, 0x30, 0x01, 0x00, // mov al, [alias]
                     0xe6, port,                   // out report, al
                     0xa0, 0x00, 0x20, 0x41, 0x00, // mov al, [4 MiB + hidden_byte]
                     0xe6, port};                  // out report, al
    return reporting(Ability::paging32, world::start_paged(world::directory32, x86::cr4::pse),
                     {{code, text}}, {world::hidden_value, world::hidden_value});
}

ProbeGuest pae()
{
    Bytes const text{0xa0, 0x00, 0x30, 0x01, 0x00, // mov al, [alias]
                     0xe6, port};                  // out report, al
    return reporting(Ability::pae, world::start_paged(world::pae_pointers, x86::cr4::pae),
                     {{code, text}}, {world::hidden_value});
}

ProbeGuest long_mode()
{
    Bytes const text{0x8a, 0x04, 0x25, 0x00, 0x30, 0x01, 0x00, // mov al, [alias]
                     0xe6, port};                              // out report, al
    return reporting(Ability::long_mode, world::start_long(), {{code, text}},
                     {world::hidden_value});
}

ProbeGuest protected32_interrupts()
{
    Bytes text{0xcd, expected_interrupt}; // int 0x40
    append(text, report_one());
    Bytes const iretd{0xcf};
    ProbeGuest guest = reporting(Ability::protected32_interrupts, world::start_protected(),
                                 {{code, text}, {handler, iretd}}, {1});
    guest.handlers = {{expected_interrupt, handler}};
    return guest;
}

ProbeGuest software_interrupts()
{
    Bytes text{0xcd, expected_interrupt, // int 0x40
               0xcc};                    // int3
    append(text, report_one());
    Bytes const iretq{0x48, 0xcf};
    ProbeGuest guest = reporting(Ability::software_interrupts, world::start_long(),
                                 {{code, text}, {handler, iretq}}, {1});
    guest.handlers = {{expected_interrupt, handler}, {x86::vector::bp, handler}};
    return guest;
}

ProbeGuest user_mode()
{
    Bytes const hlt{0xf4}; // a privileged instruction: #GP at CPL 3
    ProbeGuest guest = reporting(
        Ability::user_mode, world::start_long(),
        {{code, iretq_to_user_code()}, {user_code, hlt}, {handler, report_code_selector()}},
        {world::user_code64});
    guest.handlers = {{x86::vector::gp, handler}};
    return guest;
}

ProbeGuest user_interrupts()
{
    Bytes const text{0xcd, expected_interrupt}; // int 0x40
    Bytes const answer{0x8a, 0x44, 0x24, 0x08,  // mov al, [rsp + 8]: the selector
                       0xe6, port};             // out report, al
    ProbeGuest guest = reporting(Ability::user_interrupts, world::start_in_user_mode(),
                                 {{user_code, text}, {handler, answer}}, {world::user_code64});
    guest.handlers = {{expected_interrupt, handler}};
    return guest;
}

ProbeGuest syscall()
{
    Bytes const text{0x0f, 0x05,          // syscall
                     0xf4};               // hlt
    Bytes const answer{0x8c, 0xc8,        // mov eax, cs
                       0xe6, port,        // out report, al
                       0x48, 0x0f, 0x07}; // sysretq
    ProbeGuest guest =
        reporting(Ability::syscall, world::start_in_user_mode(),
                  {{user_code, text}, {handler, answer}, {second_handler, report_code_selector()}},
                  {world::code64, world::user_code64});
    guest.handlers = {{x86::vector::gp, second_handler}};
    return guest;
}

ProbeGuest stepping(Ability ability, CpuState const& start, Gpa at)
{
    ProbeGuest guest = make(ability, ProbeGuest::Judge::steps, start, {{at, code_to_step()}}, {});
    guest.steps = steps_from(at);
    return guest;
}

ProbeGuest preempted(CpuState start, Gpa at)
{
    start.rflags |= x86::rflags::if_;
    ProbeGuest guest = make(Ability::preemption, ProbeGuest::Judge::slices, start,
                            {{at, endless_loop()}, {handler, report_one()}}, {1});
    guest.handlers = {{expected_interrupt, handler}};
    return guest;
}

} // namespace

ProbeGuest cpuid_guest()
{
    Bytes const text{0x0f, 0xa2, // cpuid
                     0xf4};      // hlt
    return reporting(Ability::real_mode, world::start_in_real_mode(), {{code, text}}, {});
}

std::vector<ProbeGuest> probe_guests()
{
    return {real_mode(),
            protected32(),
            paging32(),
            pae(),
            long_mode(),
            protected32_interrupts(),
            software_interrupts(),
            user_mode(),
            user_interrupts(),
            syscall(),
            stepping(Ability::step_supervisor, world::start_long(), code),
            stepping(Ability::step_user, world::start_in_user_mode(), user_code),
            preempted(world::start_long(), code),
            preempted(world::start_in_user_mode(), user_code)};
}

} // namespace ringside::kvm
