#include "engine/backend/unicorn/device_window.hpp"

#include <utility>

#include "engine/backend/unicorn/layout.hpp"
#include "engine/base/bits.hpp"

namespace ringside::unicorn {

namespace {

constexpr unsigned widest_store = 8;

/// The pieces of one store come in ascending order. KVM cuts a store at page borders and into at
/// most eight bytes, and so do we.
bool continues(backend::exit::MmioWrite const& store, std::uint64_t gpa, unsigned width)
{
    return store.gpa.value + store.width == gpa && store.width + width <= widest_store &&
           gpa % layout::page_size != 0;
}

} // namespace

Result<void> DeviceWindow::install()
{
    return engine_.map_devices(&on_read, &on_write, this);
}

std::uint64_t DeviceWindow::on_read(uc_engine*, std::uint64_t offset, unsigned width, void* self)
{
    return static_cast<DeviceWindow*>(self)->read(offset, width);
}

void DeviceWindow::on_write(uc_engine*, std::uint64_t offset, unsigned width, std::uint64_t value,
                            void* self)
{
    static_cast<DeviceWindow*>(self)->write(offset, width, value);
}

std::uint64_t DeviceWindow::read(std::uint64_t gpa, unsigned width)
{
    if (wanted_) // the rest of an access that is already undone
        return 0;
    if (std::optional<std::uint64_t> const value = replayed(gpa, width))
        return *value;
    wanted_ = Piece{Gpa(gpa), static_cast<std::uint8_t>(width)};
    engine_.stop();
    return 0;
}

void DeviceWindow::write(std::uint64_t gpa, unsigned width, std::uint64_t value)
{
    value = truncate(value, width);
    progress_.stop_before_next();
    stored_at_ = progress_.linear;
    if (!stores_.empty() && continues(stores_.back(), gpa, width)) {
        backend::exit::MmioWrite& store = stores_.back();
        store.value |= value << (store.width * 8U);
        store.width = static_cast<std::uint8_t>(store.width + width);
        return;
    }
    stores_.push_back({Gpa(gpa), static_cast<std::uint8_t>(width), value});
}

std::optional<DeviceWindow::Piece> DeviceWindow::take_wanted()
{
    return std::exchange(wanted_, std::nullopt);
}

void DeviceWindow::answer(backend::exit::MmioRead const& access, std::uint64_t value,
                          std::uint64_t alignment)
{
    std::uint64_t const begin = access.gpa.value, end = begin + access.width;
    answers_.push_back(Answer{.begin = begin,
                              .end = end,
                              .block_begin = align_down(begin, alignment),
                              .block_end = align_up(end, alignment),
                              .value = value});
}

/// One byte as the instruction saw it: those it will not use are zero. Nothing when it was never
/// asked for.
std::optional<std::uint64_t> DeviceWindow::replayed_byte(std::uint64_t address) const
{
    std::optional<std::uint64_t> value;
    for (Answer const& answer : answers_) {
        if (address >= answer.begin && address < answer.end)
            return bits(answer.value, static_cast<unsigned>(address - answer.begin) * 8, 8);
        if (address >= answer.block_begin && address < answer.block_end)
            value = 0;
    }
    return value;
}

std::optional<std::uint64_t> DeviceWindow::replayed(std::uint64_t gpa, unsigned width) const
{
    std::uint64_t value = 0;
    for (unsigned index = 0; index < width; ++index) {
        std::optional<std::uint64_t> const byte = replayed_byte(gpa + index);
        if (!byte)
            return std::nullopt;
        value |= *byte << (index * 8);
    }
    return value;
}

} // namespace ringside::unicorn
