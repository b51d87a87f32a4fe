// Records as lines of text, for terminals, for diffs and for people who cannot see the window.
//
//   #41   21.000 us  exit port-out width 1 port 0x3f8 value 0x48 'H' at 0x7c1f      (plain: field
//   by field) The guest wrote 0x48 'H' to port 0x3f8; uart16550 took it. (story: a sentence)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/trace/events.hpp"

namespace ringside::stream {

/// "exit kind=port-out width=1 address=0x3f8 value=0x48 rip=0x7c1f": name and every field, no seq
/// or time.
std::string event_text(trace::Event const& event);

/// "#41 21.000us exit kind=...". Events inside an exit are indented by the caller.
std::string record_text(trace::Record const& record);

/// "12.345 us"
std::string time_text(std::uint64_t nanoseconds);

/// Tells a stream as sentences, remembering which device is which. Feed it every record in order. Exits
/// that only print one character each are told together, as what they print.
class Story {
public:
    /// The lines that are complete with this record: none, or some, indented inside their exit.
    std::vector<std::string> tell(trace::Record const& record);
    /// What is left when the stream ends.
    std::vector<std::string> finish();

private:
    struct Teller;
    void end_exit(std::vector<std::string>& lines);
    void end_printing(std::vector<std::string>& lines);

    std::array<std::string, 256> devices_; ///< names by number
    bool inside_ = false;                  ///< an exit is open
    std::vector<std::string> exit_lines_;  ///< of the open exit
    std::optional<char> printed_;          ///< by the open exit
    bool only_prints_ = false;             ///< the open exit did nothing else worth telling
    bool dictates_ = false;                ///< it spells a marker to the teaching port
    std::string printing_;                 ///< by the exits before it
    std::string printing_since_;           ///< number and time of the first of them
};

} // namespace ringside::stream
