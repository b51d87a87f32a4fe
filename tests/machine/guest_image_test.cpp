// Guest files are hostile. A small well-formed ELF image is made here, then damaged in every way.
#include "engine/machine/guest_image.hpp"

#include <cstring>
#include <elf.h>
#include <fstream>

#include "guest-programs/abi/ringside.h"
#include "tests/catch.hpp"

using namespace ringside;
using machine::GuestImage;
using machine::parse_guest_image;
using machine::StartMode;

namespace {

using Bytes = std::vector<std::uint8_t>;

template <typename T>
void append(Bytes& bytes, T const& value)
{
    auto const* start = reinterpret_cast<std::uint8_t const*>(&value);
    for (std::size_t index = 0; index < sizeof value; ++index)
        bytes.push_back(start[index]);
}

void append_note(Bytes& bytes, std::uint32_t type, Bytes const& body)
{
    append(bytes, Elf64_Nhdr{9, static_cast<std::uint32_t>(body.size()), type});
    Bytes name{'R', 'i', 'n', 'g', 's', 'i', 'd', 'e', 0, 0, 0, 0};
    for (std::uint8_t const byte : name)
        bytes.push_back(byte);
    for (std::uint8_t const byte : body)
        bytes.push_back(byte);
    while (bytes.size() % 4 != 0)
        bytes.push_back(0);
}

/// One PT_LOAD of 16 bytes at 0x10000 and one PT_NOTE that asks for a real-mode start.
Bytes small_elf(std::uint32_t abi_version = RINGSIDE_ABI_VERSION)
{
    Bytes notes;
    Bytes start;
    for (std::uint32_t const word :
         {abi_version, std::uint32_t{RINGSIDE_START_REAL},
          std::uint32_t{RINGSIDE_NEEDS_USER_MODE | RINGSIDE_IS_PREEMPTED}, 0U})
        append(start, word);
    append_note(notes, RINGSIDE_NOTE_START, start);
    append_note(notes, RINGSIDE_NOTE_SUMMARY, {'h', 'i', 0});

    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_EXEC;
    header.e_machine = EM_X86_64;
    header.e_entry = 0x1000;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    std::uint64_t const content = sizeof header + 2 * sizeof(Elf64_Phdr);
    Elf64_Phdr load{};
    load.p_type = PT_LOAD;
    load.p_offset = content;
    load.p_paddr = 0x10000;
    load.p_filesz = 16;
    load.p_memsz = 64;
    Elf64_Phdr note{};
    note.p_type = PT_NOTE;
    note.p_offset = content + 16;
    note.p_filesz = notes.size();

    Bytes file;
    append(file, header);
    append(file, load);
    append(file, note);
    file.insert(file.end(), 16, 0x90);
    for (std::uint8_t const byte : notes)
        file.push_back(byte);
    return file;
}

} // namespace

TEST_CASE("an ELF image says where it goes, how it starts and what it needs")
{
    auto const image = parse_guest_image(small_elf(), "small");
    REQUIRE(image.has_value());
    CHECK(image->start == StartMode::real);
    CHECK(image->entry == 0x1000);
    CHECK(image->summary == "hi");
    CHECK(image->preempted);
    CHECK(image->needs == (RINGSIDE_NEEDS_USER_MODE | RINGSIDE_NEEDS_REAL_MODE));
    REQUIRE(image->segments.size() == 1);
    CHECK(image->segments[0].gpa == 0x10000);
    CHECK(image->segments[0].memory_size == 64);
    CHECK(image->segments[0].bytes.size() == 16);
}

TEST_CASE("anything that is not ELF is a flat image at 7c00")
{
    auto const image = parse_guest_image(Bytes{0xf4}, "flat");
    REQUIRE(image.has_value());
    CHECK(image->start == StartMode::real);
    CHECK(image->entry == 0x7c00);
}

TEST_CASE("an empty file is refused in one line")
{
    auto const image = parse_guest_image(Bytes{}, "empty");
    REQUIRE_FALSE(image.has_value());
    CHECK(image.error().blame == Blame::input);
    CHECK(image.error().text == "guest empty is empty: there is nothing to run");
}

TEST_CASE("a flat image that does not fit below 640 KiB is refused")
{
    CHECK_FALSE(parse_guest_image(Bytes(600 * 1024, 0x90), "big").has_value());
}

TEST_CASE("an image for another version of the guest ABI is refused")
{
    auto const image = parse_guest_image(small_elf(2), "newer");
    REQUIRE_FALSE(image.has_value());
    CHECK(image.error().text.find("ABI") != std::string::npos);
}

TEST_CASE("an ELF image cut anywhere is refused or loses only its notes, and never crashes")
{
    Bytes const whole = small_elf();
    std::size_t const content_end = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr) + 16;
    for (std::size_t size = 1; size < whole.size(); ++size) {
        auto const image = parse_guest_image(std::span(whole).first(size), "cut");
        if (size < content_end)
            CHECK_FALSE(image.has_value());
        if (!image)
            CHECK(image.error().blame == Blame::input);
    }
}

TEST_CASE("an ELF image with any byte turned over never crashes")
{
    Bytes const whole = small_elf();
    for (std::size_t position = 0; position < whole.size(); ++position) {
        for (unsigned const damage : {0x01U, 0x80U, 0xffU}) {
            Bytes damaged = whole;
            damaged[position] = static_cast<std::uint8_t>(damaged[position] ^ damage);
            auto const image = parse_guest_image(damaged, "damaged");
            if (!image)
                CHECK(image.error().text.find('\n') == std::string::npos);
        }
    }
}

TEST_CASE("a folder is not a guest")
{
    auto const image = machine::read_guest_image("/");
    REQUIRE_FALSE(image.has_value());
    CHECK(image.error().blame == Blame::input);
}
