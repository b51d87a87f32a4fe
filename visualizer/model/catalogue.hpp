// What the trace defines once and other events refer to by number or address: the machine, its
// memory slots, devices and their registers, symbols, and the bytes of exiting instructions.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/events.hpp"
#include "visualizer/model/record_store.hpp"
#include "visualizer/model/register_choice.hpp"

namespace ringside::visualizer {

struct DeviceRange {
    std::uint8_t device = 0;
    trace::Space space = trace::Space::port;
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    bool covers(trace::Space in, std::uint64_t address) const
    {
        return in == space && address >= base && address - base < size;
    }
};

class Catalogue {
public:
    void add(trace::MachineCreated const& machine) { machine_ = machine; }
    void add(trace::SlotMapped const& slot) { slots_.push_back(slot); }
    void add(trace::DeviceDefined const& device);
    void add(trace::RegisterDefined const& definition);
    void add(trace::Symbol const& symbol) { symbols_[symbol.address] = symbol.text.text(); }
    void add(RecordIndex index, trace::Instruction const& instruction);
    /// The register this access reaches. Accesses must be told in order.
    RegisterName const* add(trace::DeviceAccess const& access);

    /// What the stream's header says, for a trace whose first records are lost.
    void assume(trace::BackendKind backend) { backend_ = backend; }

    std::optional<trace::MachineCreated> const& machine() const { return machine_; }
    bool on_kvm() const
    {
        return (machine_ ? machine_->backend : backend_) == trace::BackendKind::kvm;
    }
    std::string_view guest() const { return machine_ ? machine_->guest.text() : ""; }

    std::vector<trace::SlotMapped> const& slots() const { return slots_; }
    trace::SlotMapped const* slot_at(std::uint64_t gpa) const;

    std::vector<DeviceRange> const& ranges() const { return ranges_; }
    /// "COM1", or "device 7" for a number nobody defined.
    std::string device_name(std::uint8_t device) const;
    std::optional<std::uint8_t> device_at(trace::Space space, std::uint64_t address) const;
    std::map<std::uint8_t, std::string> const& devices() const { return device_names_; }
    struct DeviceRegister {
        std::uint16_t offset = 0;
        trace::Access access = trace::Access::read_write;
        RegisterName const* name = nullptr;
    };
    std::vector<DeviceRegister> registers_of(std::uint8_t device) const;
    /// The first register that this direction reaches; add() knows better which.
    RegisterName const* register_at(std::uint8_t device, std::uint16_t offset,
                                    trace::Direction direction) const;

    /// "loop+0x4" where a symbol lies at most 64 KiB below, else nothing.
    std::string symbol_at(std::uint64_t address) const;
    std::map<std::uint64_t, std::string> const& symbols() const { return symbols_; }

    struct KnownInstruction {
        RecordIndex since;
        trace::Instruction instruction;
    };
    /// All that was told, by address; several where the code changed.
    std::map<std::uint64_t, std::vector<KnownInstruction>> const& instructions() const
    {
        return instructions_;
    }
    /// The bytes at `rip` as they were known at record `now`.
    std::optional<trace::Instruction> instruction_at(std::uint64_t rip, RecordIndex now) const;

private:
    std::vector<RegisterName const*> reachable(std::uint8_t device, std::uint16_t offset,
                                               trace::Direction direction) const;

    struct KnownRegister {
        trace::Access access;
        std::unique_ptr<RegisterName const> name; ///< stays where it is: rows point to it
    };
    trace::BackendKind backend_ = trace::BackendKind::unicorn;
    std::optional<trace::MachineCreated> machine_;
    std::vector<trace::SlotMapped> slots_;
    std::vector<DeviceRange> ranges_;
    std::map<std::uint8_t, std::string> device_names_;
    std::map<std::pair<std::uint8_t, std::uint16_t>, std::vector<KnownRegister>> registers_;
    RegisterChoice choice_;
    std::map<std::uint64_t, std::string> symbols_;
    std::map<std::uint64_t, std::vector<KnownInstruction>> instructions_;
};

} // namespace ringside::visualizer
