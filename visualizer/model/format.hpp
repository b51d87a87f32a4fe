// Numbers and bytes as a person reads them: one way everywhere, so that two panels never disagree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ringside::visualizer {

std::string hex(std::uint64_t value);                           ///< "0x3f8"
std::string hex_padded(std::uint64_t value, unsigned digits);   ///< "00000000000003f8"
std::string grouped(std::uint64_t value);                       ///< "12,345"
std::string duration(std::uint64_t nanoseconds);                ///< "640 ns", "12.34 us"
std::string bytes_size(std::uint64_t bytes);                    ///< "16 MiB"
std::string character(std::uint64_t value, unsigned width = 1); ///< "'A'", "'\n'", or nothing

/// Cut to `limit` characters with an ellipsis, for places of fixed width.
std::string shortened(std::string_view text, std::size_t limit);

/// Replaces bytes that are not printable ASCII: text from a trace is not to be trusted.
std::string printable(std::string_view text);

/// Same letters, without regard to case and with '-' and '_' alike: names in filters.
bool same_name(std::string_view a, std::string_view b);
/// `text` contains `part`, without regard to case.
bool contains(std::string_view text, std::string_view part);

} // namespace ringside::visualizer
