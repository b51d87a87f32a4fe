// The third door for trouble: what *we* got wrong. Prints the broken promise and aborts.
// Never with side effects, never for what a guest, a file or the host did.
#pragma once

namespace ringside {

[[noreturn]] void assertion_failed(char const* promise, char const* file, int line) noexcept;

} // namespace ringside

#define ASSERT(promise)                                                                            \
    ((promise) ? static_cast<void>(0) : ::ringside::assertion_failed(#promise, __FILE__, __LINE__))
