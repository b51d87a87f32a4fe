// Memory-mapped devices: loads that cannot be answered yet, and stores that already happened.
//
//   load    the library asks ──► stop, the instruction undone ──► the VMM answers ──► the
//           instruction runs again, and this time the window replays the answer
//   store   the library tells ──► the instruction completes ──► stop before the next one
//
// So a store's exit finds RIP behind the instruction and a load's at it, as under KVM. The library
// cuts accesses by its own rules (bytes when unaligned, at most four at once, aligned pairs around
// an unaligned load); the window puts the stores together again, and answers a load's pieces from
// the access the instruction really makes (device_access.hpp). Not modelled: two loads of one
// instruction from the same device address both see the first answer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/backend/exit.hpp"
#include "engine/backend/unicorn/engine.hpp"
#include "engine/backend/unicorn/progress.hpp"

namespace ringside::unicorn {

class DeviceWindow {
public:
    DeviceWindow(Engine& engine, Progress& progress) : engine_(engine), progress_(progress) {}
    Result<void> install();

    struct Piece {
        Gpa gpa;
        std::uint8_t width = 0;
    };
    /// The load that ended the run, once.
    std::optional<Piece> take_wanted();
    /// The stores of the last instruction, in order, at most 8 bytes and one page each.
    std::vector<backend::exit::MmioWrite> const& stores() const { return stores_; }
    std::uint64_t stored_at() const { return stored_at_; } ///< that instruction's linear address
    void forget_stores() { stores_.clear(); }

    /// The answer to one access of the current instruction. `alignment` is the operand's width, up
    /// to 8: the library may read the aligned blocks around it.
    void answer(backend::exit::MmioRead const& access, std::uint64_t value,
                std::uint64_t alignment);
    /// The instruction is complete, or will start again from the beginning.
    void forget_answers() { answers_.clear(); }

private:
    struct Answer {
        std::uint64_t begin = 0, end = 0;             ///< bytes that were answered
        std::uint64_t block_begin = 0, block_end = 0; ///< bytes the library may read besides
        std::uint64_t value = 0;
    };
    static std::uint64_t on_read(uc_engine*, std::uint64_t offset, unsigned width, void* self);
    static void on_write(uc_engine*, std::uint64_t offset, unsigned width, std::uint64_t value,
                         void* self);
    std::uint64_t read(std::uint64_t gpa, unsigned width);
    void write(std::uint64_t gpa, unsigned width, std::uint64_t value);
    std::optional<std::uint64_t> replayed(std::uint64_t gpa, unsigned width) const;
    std::optional<std::uint64_t> replayed_byte(std::uint64_t address) const;

    Engine& engine_;
    Progress& progress_;
    std::optional<Piece> wanted_;
    std::vector<Answer> answers_;
    std::vector<backend::exit::MmioWrite> stores_;
    std::uint64_t stored_at_ = 0;
};

} // namespace ringside::unicorn
