// Parsing of ELF guests (System V ABI, "Object Files"): program headers, the Ringside note,
// symbols.
#include <algorithm>
#include <cstring>
#include <elf.h>
#include <optional>

#include "engine/machine/guest_image.hpp"
#include "guest-programs/abi/ringside.h"

namespace ringside::machine {

namespace {

constexpr std::size_t symbol_limit = 512;

struct Elf32 {
    using Header = Elf32_Ehdr;
    using Program = Elf32_Phdr;
    using Section = Elf32_Shdr;
    using Symbol = Elf32_Sym;
};
struct Elf64 {
    using Header = Elf64_Ehdr;
    using Program = Elf64_Phdr;
    using Section = Elf64_Shdr;
    using Symbol = Elf64_Sym;
};

/// The one checked way to look into the file.
class File {
public:
    explicit File(std::span<std::uint8_t const> bytes) : bytes_(bytes) {}

    std::optional<std::span<std::uint8_t const>> range(std::uint64_t offset,
                                                       std::uint64_t size) const
    {
        if (offset > bytes_.size() || size > bytes_.size() - offset)
            return std::nullopt;
        return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    }

    template <typename T>
    std::optional<T> at(std::uint64_t offset) const
    {
        auto const bytes = range(offset, sizeof(T));
        if (!bytes)
            return std::nullopt;
        T value;
        std::memcpy(&value, bytes->data(), sizeof(T));
        return value;
    }

private:
    std::span<std::uint8_t const> bytes_;
};

/// Walks one note segment: name size, descriptor size, type, name, descriptor, each padded to 4
/// bytes.
void read_notes(File const& notes, std::uint64_t size, GuestImage& image, bool& started)
{
    std::uint64_t offset = 0;
    while (auto const header = notes.at<Elf64_Nhdr>(offset)) {
        std::uint64_t const name_at = offset + sizeof(Elf64_Nhdr);
        std::uint64_t const body_at = name_at + align_up(header->n_namesz, 4);
        std::uint64_t const next = body_at + align_up(header->n_descsz, 4);
        auto const name = notes.range(name_at, header->n_namesz);
        auto const body = notes.range(body_at, header->n_descsz);
        if (!name || !body || next > size)
            return;
        bool const ours =
            name->size() == sizeof("Ringside") && std::memcmp(name->data(), "Ringside", 9) == 0;
        if (ours && header->n_type == RINGSIDE_NOTE_START && body->size() >= 12) {
            std::array<std::uint32_t, 3> words{}; // ABI version, start mode, abilities
            std::memcpy(words.data(), body->data(), sizeof words);
            image.start = static_cast<StartMode>(std::min(words[1], 3U));
            image.needs = words[2] & backend::all_abilities;
            image.preempted = (words[2] & RINGSIDE_IS_PREEMPTED) != 0;
            started = words[0] == RINGSIDE_ABI_VERSION;
        }
        if (ours && header->n_type == RINGSIDE_NOTE_SUMMARY) {
            auto const* text = reinterpret_cast<char const*>(body->data());
            image.summary.assign(text, strnlen(text, body->size()));
        }
        offset = next;
    }
}

template <typename Elf>
Result<void> read_segments(File const& file, typename Elf::Header const& header, GuestImage& image)
{
    bool started = false;
    bool noted = false;
    for (unsigned index = 0; index < header.e_phnum; ++index) {
        auto const program = file.at<typename Elf::Program>(
            header.e_phoff + std::uint64_t{index} * header.e_phentsize);
        if (!program)
            return fail(Blame::input, "guest " + image.name + " is damaged: program header " +
                                          std::to_string(index) + " lies beyond the file's end");
        auto const bytes = file.range(program->p_offset, program->p_filesz);
        if ((program->p_type == PT_LOAD || program->p_type == PT_NOTE) && !bytes)
            return fail(Blame::input, "guest " + image.name + " is truncated: segment " +
                                          std::to_string(index) + " lies beyond the file's end");
        if (program->p_type == PT_NOTE) {
            std::string const summary_before = image.summary;
            read_notes(File(*bytes), bytes->size(), image, started);
            noted = noted || image.summary != summary_before || started;
        }
        if (program->p_type == PT_LOAD && program->p_memsz != 0) {
            if (program->p_memsz < program->p_filesz)
                return fail(Blame::input, "guest " + image.name + " is damaged: segment " +
                                              std::to_string(index) +
                                              " is larger in the file than in memory");
            image.segments.push_back(
                {program->p_paddr, program->p_memsz, {bytes->begin(), bytes->end()}});
        }
    }
    if (noted && !started)
        return fail(Blame::input, "guest " + image.name +
                                      " asks for another version of the guest ABI than ours (1)");
    return {};
}

template <typename Elf>
void read_symbol_table(File const& file, typename Elf::Section const& table,
                       typename Elf::Section const& names, GuestImage& image)
{
    std::uint64_t const count = table.sh_size / sizeof(typename Elf::Symbol);
    for (std::uint64_t index = 0; index < count && image.symbols.size() < symbol_limit; ++index) {
        auto const symbol =
            file.at<typename Elf::Symbol>(table.sh_offset + index * sizeof(typename Elf::Symbol));
        if (!symbol)
            return;
        unsigned const type = symbol->st_info & 0xfU;
        bool const wanted = (type == STT_FUNC || type == STT_NOTYPE) &&
                            symbol->st_shndx != SHN_UNDEF && symbol->st_shndx != SHN_ABS;
        auto const text =
            symbol->st_name < names.sh_size
                ? file.range(names.sh_offset + symbol->st_name, names.sh_size - symbol->st_name)
                : std::nullopt;
        if (!wanted || !text)
            continue;
        auto const* start = reinterpret_cast<char const*>(text->data());
        std::string name(start, strnlen(start, std::min<std::size_t>(text->size(), 63)));
        if (!name.empty() && name[0] != '.')
            image.symbols.push_back({symbol->st_value, std::move(name)});
    }
}

/// Symbols are a comfort: a table that does not make sense is left out, not an error.
template <typename Elf>
void read_symbols(File const& file, typename Elf::Header const& header, GuestImage& image)
{
    auto const section = [&](std::uint64_t index) {
        return file.at<typename Elf::Section>(header.e_shoff + index * header.e_shentsize);
    };
    for (unsigned index = 0; index < header.e_shnum; ++index) {
        auto const table = section(index);
        if (!table || table->sh_type != SHT_SYMTAB || table->sh_link >= header.e_shnum)
            continue;
        if (auto const names = section(table->sh_link))
            read_symbol_table<Elf>(file, *table, *names, image);
    }
    std::sort(image.symbols.begin(), image.symbols.end(),
              [](auto const& left, auto const& right) { return left.address < right.address; });
}

template <typename Elf>
Result<GuestImage> parse(File const& file, StartMode default_start, std::uint16_t machine,
                         std::string name)
{
    auto const header = file.at<typename Elf::Header>(0);
    GuestImage image;
    image.name = std::move(name);
    image.start = default_start;
    image.summary = "an ELF image";
    if (!header)
        return fail(Blame::input, "guest " + image.name + " is truncated: the ELF header is cut");
    if (header->e_machine != machine || header->e_type != ET_EXEC)
        return fail(Blame::input, "guest " + image.name +
                                      " is not a static x86 executable; link it with -static "
                                      "-no-pie at a fixed address");
    image.entry = header->e_entry;
    TRY(read_segments<Elf>(file, *header, image));
    if (image.segments.empty())
        return fail(Blame::input, "guest " + image.name + " has nothing to load");
    if (image.start > StartMode::long64)
        return fail(Blame::input, "guest " + image.name + " asks for an unknown start mode");
    image.needs |= backend::only(ability_of(image.start));
    read_symbols<Elf>(file, *header, image);
    return image;
}

} // namespace

Result<GuestImage> parse_elf_image(std::span<std::uint8_t const> bytes, std::string name)
{
    File const file(bytes);
    auto const ident = file.range(0, EI_NIDENT);
    if (!ident)
        return fail(Blame::input, "guest " + name + " is truncated: the ELF header is cut");
    if ((*ident)[EI_DATA] != ELFDATA2LSB)
        return fail(Blame::input, "guest " + name + " is not a little-endian x86 program");
    if ((*ident)[EI_CLASS] == ELFCLASS64)
        return parse<Elf64>(file, StartMode::long64, EM_X86_64, std::move(name));
    if ((*ident)[EI_CLASS] == ELFCLASS32)
        return parse<Elf32>(file, StartMode::protected32, EM_386, std::move(name));
    return fail(Blame::input, "guest " + name + " is damaged: its ELF class is neither 32 nor 64");
}

} // namespace ringside::machine
