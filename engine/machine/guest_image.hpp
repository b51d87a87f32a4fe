// A guest program as it lies in a file: what goes where in memory, how it wants to start, what it
// needs.
//
//   flat image   anything that is not ELF: bytes at 0x7c00, real mode (a boot sector, up to 480
//   KiB) ELF image    32- or 64-bit x86; the note of guest-programs/abi/ringside.h says the rest
//
// Files are hostile: every offset and length is checked before it is used.
// Not modelled: relocatable and dynamic objects, multiboot, bzImage.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/backend/backend.hpp"
#include "engine/base/result.hpp"

namespace ringside::machine {

enum class StartMode : std::uint8_t { real, protected32, long64 }; ///< RINGSIDE_START_* of the ABI

struct GuestImage {
    struct Segment {
        std::uint64_t gpa = 0;
        std::uint64_t memory_size = 0; ///< bytes beyond `bytes` are zero
        std::vector<std::uint8_t> bytes;
    };
    struct Symbol {
        std::uint64_t address = 0;
        std::string name;
    };
    std::string name;    ///< "port-hello": the file's stem
    std::string summary; ///< one line, from the image's note
    StartMode start = StartMode::real;
    std::uint64_t entry = 0;
    backend::Abilities needs = 0; ///< the start mode's own ability included
    bool preempted = false;       ///< RINGSIDE_IS_PREEMPTED
    std::vector<Segment> segments;
    std::vector<Symbol> symbols; ///< functions and labels, ascending by address, at most 512
};

std::string_view name_of(StartMode);
backend::Ability ability_of(StartMode);

/// Reads a file. Errors (Blame::input) say what is wrong with it in one line.
Result<GuestImage> read_guest_image(std::filesystem::path const& path);

/// The same from bytes. `name` is what errors and events call it.
Result<GuestImage> parse_guest_image(std::span<std::uint8_t const> file, std::string name);

/// Elf images only; parse_guest_image() calls it for files that start with the ELF magic.
Result<GuestImage> parse_elf_image(std::span<std::uint8_t const> file, std::string name);

} // namespace ringside::machine
