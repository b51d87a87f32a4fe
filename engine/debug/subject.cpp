#include "engine/debug/subject.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/x86/paging.hpp"

namespace ringside::debug {

namespace {

constexpr std::uint64_t page_size = 4096;

} // namespace

MachineSubject::MachineSubject(machine::Machine& machine, query::Happening const* happening)
    : machine_(machine), happening_(happening), registers_(machine.vcpu().standing().registers)
{
}

std::optional<std::uint64_t> MachineSubject::number(query::Field field) const
{
    switch (field) {
    case query::Field::rip:
        return registers_.linear_rip();
    case query::Field::cpl:
        return registers_.cpl();
    case query::Field::exits:
        return machine_.exits();
    case query::Field::time:
        return machine_.now().value;
    default:
        return happening_ != nullptr ? happening_->number(field) : std::nullopt;
    }
}

std::string_view MachineSubject::words(query::Field field) const
{
    if (field == query::Field::mode)
        return trace::name_of(registers_.mode());
    return happening_ != nullptr ? happening_->words(field) : std::string_view();
}

std::optional<std::uint64_t> MachineSubject::register_value(trace::Register name) const
{
    return x86::to_register_file(registers_)[static_cast<std::size_t>(name)];
}

std::optional<std::uint64_t> MachineSubject::memory(query::AddressSpace space,
                                                    std::uint64_t address, unsigned width) const
{
    std::array<std::byte, 8> bytes{};
    std::span<std::byte> const wanted = std::span(bytes).first(width);
    bool const complete =
        space == query::AddressSpace::guest_physical
            ? machine_.memory().read(Gpa(address), wanted)
            : read_virtual(machine_.memory(), registers_, Gva(address), wanted) == width;
    if (!complete)
        return std::nullopt;
    std::uint64_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

std::optional<Gpa> physical(memory::GuestMemory const& memory, x86::CpuState const& registers,
                            Gva address)
{
    x86::Paging paging = x86::Paging::of(registers);
    paging.smap = false; // we look, the guest does not
    x86::Walk const walk =
        x86::walk(memory, paging, address, x86::Access::read, x86::Privilege::supervisor);
    return walk.ok() ? std::optional(walk.gpa) : std::nullopt;
}

std::size_t read_virtual(memory::GuestMemory const& memory, x86::CpuState const& registers,
                         Gva address, std::span<std::byte> out)
{
    std::size_t done = 0;
    while (done < out.size()) {
        Gva const here(address.value + done);
        std::size_t const in_page = page_size - (here.value & (page_size - 1));
        std::size_t const piece = std::min(in_page, out.size() - done);
        std::optional<Gpa> const gpa = physical(memory, registers, here);
        if (!gpa || !memory.read(*gpa, out.subspan(done, piece)))
            break;
        done += piece;
    }
    return done;
}

std::vector<std::uint8_t> bytes_at(machine::Machine& machine, query::AddressSpace space,
                                   std::uint64_t address, std::uint64_t size)
{
    std::vector<std::uint8_t> bytes(size);
    std::span<std::byte> const out = std::as_writable_bytes(std::span(bytes));
    if (space == query::AddressSpace::guest_virtual) {
        bytes.resize(
            read_virtual(machine.memory(), machine.vcpu().standing().registers, Gva(address), out));
    } else {
        std::size_t done = 0;
        while (done < size && machine.memory().read(Gpa(address + done), out.subspan(done, 1)))
            ++done;
        bytes.resize(done);
    }
    return bytes;
}

} // namespace ringside::debug
