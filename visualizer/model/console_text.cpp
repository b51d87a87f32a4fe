#include "visualizer/model/console_text.hpp"

#include <algorithm>

namespace ringside::visualizer {

namespace {

constexpr std::size_t longest_line = 512; // then it goes on in the next one
constexpr std::size_t tab_stop = 8;

} // namespace

void ConsoleText::put(RecordIndex index, char byte)
{
    if (column_ >= longest_line) {
        lines_.emplace_back();
        column_ = 0;
    }
    std::vector<ConsoleCell>& line = lines_.back();
    if (line.size() <= column_)
        line.resize(column_ + 1);
    line[column_] = {byte, index};
    ++column_;
}

void ConsoleText::write(RecordIndex index, std::uint8_t byte)
{
    ++characters_;
    auto const line = static_cast<std::uint32_t>(lines_.size() - 1);
    written_.push_back({index, line, static_cast<std::uint32_t>(column_)});
    switch (byte) {
    case '\n':
        lines_.emplace_back();
        column_ = 0;
        break;
    case '\r':
        column_ = 0;
        break;
    case '\b':
        column_ -= column_ > 0 ? 1 : 0;
        break;
    case '\t':
        do
            put(index, ' ');
        while (column_ % tab_stop != 0);
        break;
    default:
        put(index, byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
    }
}

ConsoleText::Place ConsoleText::place_at(RecordIndex now) const
{
    auto const after = std::upper_bound(
        written_.begin(), written_.end(), now,
        [](RecordIndex wanted, Written const& written) { return wanted < written.record; });
    if (after == written_.begin())
        return {};
    return {(after - 1)->line, (after - 1)->column};
}

} // namespace ringside::visualizer
