// Between a Snapshot and the sections of its file.
#include "engine/snapshot/snapshot.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/machine/loader.hpp"
#include "engine/machine/packed.hpp"
#include "engine/snapshot/format.hpp"

namespace ringside::machine {

template <typename Archive>
void describe(Archive& archive, GuestImage::Symbol& symbol)
{
    archive(symbol.address, symbol.name);
}

} // namespace ringside::machine

namespace ringside::snapshot {

namespace {

/// Everything but state and memory.
struct Description {
    machine::Options options;
    machine::GuestImage image;
    trace::BackendKind taken_on = trace::BackendKind::unicorn;
    std::vector<std::uint8_t> typed;
};

template <typename Archive>
void describe(Archive& archive, machine::Options& options, machine::GuestImage& image,
              trace::BackendKind& taken_on, std::vector<std::uint8_t>& typed)
{
    archive(options.memory_bytes, machine::Limited{options.clock, 2},
            machine::Limited{options.walks, 1}, machine::Limited{taken_on, 2}, image.name,
            image.summary, machine::Limited{image.start, 2}, image.entry, image.needs,
            image.preempted, image.symbols, typed);
}

bool is_plain_text(std::string const& text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char letter) { return letter >= ' ' && letter != 0x7f; });
}

Result<Description> read_description(std::span<std::byte const> bytes)
{
    Description found;
    machine::Unpacker unpacker(bytes);
    describe(unpacker, found.options, found.image, found.taken_on, found.typed);
    std::uint64_t const memory = found.options.memory_bytes;
    bool const plausible = unpacker.complete() && memory >= machine::least_memory &&
                           memory <= machine::most_memory && memory % memory::page_size == 0 &&
                           (found.image.needs & ~backend::all_abilities) == 0 &&
                           is_plain_text(found.image.name) && is_plain_text(found.image.summary);
    if (!plausible)
        return damaged("its description of the machine makes no sense");
    return found;
}

void add_pages(MemoryImage const& memory, FileBuilder& file)
{
    std::vector<std::byte> raw;
    auto const flush = [&] {
        if (!raw.empty())
            file.add(SectionKind::pages, raw);
        raw.clear();
    };
    memory.for_each_page([&](Gpa gpa, std::span<std::byte const> page) {
        auto const* const address = reinterpret_cast<std::byte const*>(&gpa.value);
        raw.insert(raw.end(), address, address + sizeof gpa.value);
        raw.insert(raw.end(), page.begin(), page.end());
        if (raw.size() >= pages_in_section * (sizeof gpa.value + memory::page_size))
            flush();
    });
    flush();
}

/// `after`: the address of the last page so far.
Result<void> read_pages(std::span<std::byte const> raw, MemoryImage& memory,
                        std::optional<Gpa>& after)
{
    constexpr std::size_t record = sizeof(std::uint64_t) + memory::page_size;
    if (raw.size() % record != 0)
        return damaged("a page of its memory is cut off");
    for (; !raw.empty(); raw = raw.subspan(record)) {
        Gpa gpa;
        std::copy_n(raw.begin(), sizeof gpa.value, reinterpret_cast<std::byte*>(&gpa.value));
        std::span<std::byte> const page = memory.page(gpa);
        if (page.empty() || gpa.value % memory::page_size != 0 || (after && gpa <= *after))
            return damaged("a page of its memory lies where the machine has none");
        std::copy_n(raw.begin() + sizeof gpa.value, memory::page_size, page.begin());
        after = gpa;
    }
    return {};
}

Result<Section> expect(FileParts& file, SectionKind kind)
{
    if (file.at_end())
        return damaged("a section is missing");
    Section section = TRY(file.next());
    if (section.kind != kind)
        return damaged("its sections are not in order");
    return section;
}

} // namespace

machine::Beginning Snapshot::beginning() const
{
    return {state, typed, [this](memory::GuestMemory& guest) { return memory.map_into(guest); }};
}

Result<std::optional<Snapshot>> take(machine::Machine& machine, machine::GuestImage const& image,
                                     machine::Options const& options)
{
    std::optional<machine::State> state = TRY(machine.state());
    if (!state)
        return std::nullopt;
    Snapshot snapshot{{},
                      {},
                      machine.backend(),
                      *std::move(state),
                      machine.typed(),
                      TRY(MemoryImage::copy_of(machine.memory()))};
    snapshot.options.memory_bytes = options.memory_bytes;
    snapshot.options.clock = options.clock;
    snapshot.options.walks = options.walks;
    snapshot.image = image;
    snapshot.image.segments.clear();
    return snapshot;
}

std::vector<std::byte> to_bytes(Snapshot const& snapshot)
{
    FileBuilder file;
    std::vector<std::byte> description;
    machine::Packer packer(description);
    Description told{snapshot.options, snapshot.image, snapshot.taken_on, snapshot.typed};
    describe(packer, told.options, told.image, told.taken_on, told.typed);
    file.add(SectionKind::description, description);
    file.add(SectionKind::state, machine::pack(snapshot.state));
    add_pages(snapshot.memory, file);
    return file.finish();
}

Result<Snapshot> from_bytes(std::span<std::byte const> bytes)
{
    FileParts file = TRY(FileParts::open(bytes));
    Section const first = TRY(expect(file, SectionKind::description));
    Description description = TRY(read_description(first.bytes));
    Section const second = TRY(expect(file, SectionKind::state));
    machine::State state = TRY(machine::unpack_state(second.bytes));

    memory::GuestMemory layout; // its slots alone
    TRY(machine::add_standard_slots(layout, description.options.memory_bytes));
    MemoryImage memory = TRY(MemoryImage::create(layout.slots()));
    std::optional<Gpa> last;
    while (!file.at_end()) {
        Section const pages = TRY(expect(file, SectionKind::pages));
        TRY(read_pages(pages.bytes, memory, last));
    }
    TRY(memory.seal());
    return Snapshot{description.options, std::move(description.image), description.taken_on,
                    std::move(state),    std::move(description.typed), std::move(memory)};
}

} // namespace ringside::snapshot
