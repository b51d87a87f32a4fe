// The lowest layer of the gdb remote serial protocol: bytes into packets and back.
//
//     $ payload # checksum       the checksum is the sum of the payload's bytes, two hex digits
//     +  -                       received; say it again
//     0x03                       Ctrl-C, outside of any packet
//     }                          escapes the next byte, which has bit 5 turned round
//
// Debugging with GDB, appendix "GDB Remote Serial Protocol", sections "Overview" and "Packet
// Acknowledgment". What arrives is hostile until shown otherwise: a packet has a greatest length,
// and bytes between packets that mean nothing end the conversation. A browser that was talked into
// posting to the port is turned away at its first letter.
// Not modelled: run-length encoding and notifications; no stub must send them, and gdb sends none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringside::control {

inline constexpr std::size_t most_packet_bytes = 0x4000;

/// What came next.
struct Received {
    enum class Kind : std::uint8_t {
        packet,
        damaged_packet, ///< its checksum is wrong
        again,          ///< "-": they did not understand our last packet
        interrupt,      ///< Ctrl-C
        nonsense,       ///< this is no gdb, or a packet without an end
    };
    Kind kind = Kind::nonsense;
    std::string payload; ///< escapes are still in it
};

class PacketReader {
public:
    void feed(std::string_view bytes) { buffer_.append(bytes); }
    /// Nothing: more bytes are needed. After nonsense, nothing else ever comes.
    std::optional<Received> next();

private:
    std::optional<Received> take_packet();

    std::string buffer_;
    bool given_up_ = false;
};

/// "$payload#checksum", ready to be sent.
std::string framed(std::string_view payload);

std::string escaped(std::string_view bytes);
/// Nothing when the text ends in the middle of an escape.
std::optional<std::string> unescaped(std::string_view text);

std::string to_hex(std::span<std::uint8_t const> bytes);
std::string text_to_hex(std::string_view text);
/// Nothing for an odd number of digits, or others than hexadecimal ones.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view digits);

} // namespace ringside::control
