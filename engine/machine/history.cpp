// A record's bytes: a flag and the difference of the packed states; then for each page that differs its
// address and its difference; then an address that no page has.
#include "engine/machine/history.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/base/assert.hpp"
#include "engine/machine/difference.hpp"

namespace ringside::machine {

namespace {

constexpr std::uint64_t no_page = ~0ULL;

void put_address(std::uint64_t address, std::vector<std::byte>& out)
{
    auto const* const bytes = reinterpret_cast<std::byte const*>(&address);
    out.insert(out.end(), bytes, bytes + sizeof address);
}

std::uint64_t take_address(std::span<std::byte const>& packed)
{
    std::uint64_t address = 0;
    ASSERT(packed.size() >= sizeof address);
    std::memcpy(&address, packed.data(), sizeof address);
    packed = packed.subspan(sizeof address);
    return address;
}

} // namespace

Result<History> History::begin(memory::GuestMemory& memory, Position position, State const& state,
                               std::uint64_t sequence, std::size_t most_bytes)
{
    History history(memory, TRY(Mirror::of(memory)), most_bytes);
    history.packed_ = pack(state);
    history.moments_.push_back({position, sequence, Way::ran, {}});
    memory.clear_dirty();
    return history;
}

History::Noted History::note(Position position, State const& state, std::uint64_t sequence, Way way)
{
    Moment moment{position, sequence, way, difference_to(pack(state))};
    if (at_newest()) {
        add(std::move(moment));
        return Noted::added;
    }
    Moment const& known = moments_[here_ + 1];
    if (known.position == position && known.difference == moment.difference) {
        ++here_;
        return Noted::repeated;
    }
    forget_ahead();
    add(std::move(moment));
    return Noted::differs;
}

/// From here to the machine as it is now; the mirror and the packed state go there.
std::vector<std::byte> History::difference_to(std::span<std::byte const> packed)
{
    ASSERT(packed.size() == packed_.size());
    std::vector<std::byte> difference{std::byte{0}};
    if (append_difference(packed_, packed, difference))
        difference.front() = std::byte{1};
    std::copy(packed.begin(), packed.end(), packed_.begin());
    for (Gpa const gpa : memory_->dirty_pages()) {
        std::span<std::byte> const before = mirror_.page(gpa);
        std::span<std::byte const> const now = memory_->host_bytes(gpa, memory::page_size);
        if (before.empty() || std::memcmp(before.data(), now.data(), now.size()) == 0)
            continue;
        put_address(gpa.value, difference);
        append_difference(before, now, difference);
        std::copy(now.begin(), now.end(), before.begin());
    }
    memory_->clear_dirty();
    put_address(no_page, difference);
    difference.shrink_to_fit();
    return difference;
}

/// Applies a record to a packed state, and hands each page's address and difference to `page`.
template <typename Visit>
void History::apply(std::vector<std::byte> const& difference, std::span<std::byte> packed,
                    Visit page)
{
    std::span<std::byte const> rest(difference);
    bool const state_differs = rest.front() != std::byte{0};
    rest = rest.subspan(1);
    if (state_differs)
        apply_difference(rest, packed);
    for (std::uint64_t gpa = take_address(rest); gpa != no_page; gpa = take_address(rest))
        page(Gpa(gpa), rest);
}

/// Across one record, in either direction.
void History::pass(Moment const& moment)
{
    apply(moment.difference, packed_, [this](Gpa gpa, std::span<std::byte const>& rest) {
        apply_difference(rest, mirror_.page(gpa));
        moved_.insert(gpa);
    });
}

Result<State> History::move_to(Position position)
{
    ASSERT(position >= oldest());
    while (here() > position)
        pass(moments_[here_--]);
    while (!at_newest() && moments_[here_ + 1].position <= position)
        pass(moments_[++here_]);
    return unpack_state(packed_);
}

Result<State> History::move_to_next()
{
    pass(moments_[++here_]);
    return unpack_state(packed_);
}

void History::put_memory()
{
    for (Gpa const gpa : memory_->dirty_pages())
        moved_.insert(gpa);
    for (Gpa const gpa : moved_) {
        std::span<std::byte const> const wanted = mirror_.page(gpa);
        std::span<std::byte const> const now = memory_->host_bytes(gpa, memory::page_size);
        if (!wanted.empty() && std::memcmp(wanted.data(), now.data(), now.size()) != 0)
            memory_->write(gpa, wanted, memory::Writer::loader);
    }
    moved_.clear();
    memory_->clear_dirty();
}

Result<State> History::fetch_next()
{
    std::vector<std::byte> packed = packed_;
    apply(moments_[here_ + 1].difference, packed,
          [this](Gpa gpa, std::span<std::byte const>& rest) {
              std::span<std::byte const> const here = mirror_.page(gpa);
              std::vector<std::byte> page(here.begin(), here.end());
              apply_difference(rest, page);
              memory_->write(gpa, page, memory::Writer::loader);
          });
    return unpack_state(packed);
}

void History::forget_ahead()
{
    while (!at_newest()) {
        bytes_ -= cost(moments_.back());
        moments_.pop_back();
    }
}

void History::add(Moment moment)
{
    bytes_ += cost(moment);
    moments_.push_back(std::move(moment));
    ++here_;
    while (bytes_ > most_bytes_ && here_ > 0) {
        moments_.pop_front(); // nobody can come from before the new first moment
        --here_;
        Moment& first = moments_.front();
        bytes_ -= cost(first);
        first.difference = {};
    }
}

std::size_t History::cost(Moment const& moment)
{
    return sizeof(Moment) + moment.difference.capacity();
}

} // namespace ringside::machine
