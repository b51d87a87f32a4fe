// Reads the numbers and separators that a gdb packet is made of, strictly: what is not exactly as
// the manual says is refused, not guessed at.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace ringside::control {

/// Answers without content. Errors carry an errno as two hexadecimal digits, of which gdb shows the
/// person no more than these digits.
namespace gdb_reply {
inline constexpr std::string_view ok = "OK";
inline constexpr std::string_view invalid = "E16";   ///< EINVAL
inline constexpr std::string_view no_memory = "E0e"; ///< EFAULT
inline constexpr std::string_view refused = "E05";   ///< EIO: the host said no
inline constexpr std::string_view no_annex = "E00";  ///< as the manual has it for qXfer
} // namespace gdb_reply

class GdbText {
public:
    explicit GdbText(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    std::string_view rest() const { return rest_; }
    bool take(std::string_view token)
    {
        if (!rest_.starts_with(token))
            return false;
        rest_.remove_prefix(token.size());
        return true;
    }
    /// Up to 16 hexadecimal digits.
    std::optional<std::uint64_t> hex()
    {
        std::uint64_t value = 0;
        auto const result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, 16);
        if (result.ec != std::errc())
            return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(result.ptr - rest_.data()));
        return value;
    }
    /// The text up to `separator`, which is taken too, or all of it.
    std::string_view up_to(char separator)
    {
        std::size_t const end = rest_.find(separator);
        std::string_view const piece = rest_.substr(0, end);
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        return piece;
    }

private:
    std::string_view rest_;
};

} // namespace ringside::control
