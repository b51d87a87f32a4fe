// What differs between two equally long stretches of bytes, kept small: runs of their exclusive or.
// Applied to either of the two it gives the other, so one record serves going back and going forward.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ringside::machine {

/// Appends the difference; false, and nothing appended, when there is none. At most 64 KiB a side.
bool append_difference(std::span<std::byte const> one, std::span<std::byte const> other,
                       std::vector<std::byte>& out);

/// Applies the difference that `packed` begins with to `bytes`, and moves `packed` behind it. An
/// empty span of bytes is skipped over: only `packed` moves.
void apply_difference(std::span<std::byte const>& packed, std::span<std::byte> bytes);

} // namespace ringside::machine
