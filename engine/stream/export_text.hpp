// Records as lines of text, for terminals, for diffs and for people who cannot see the window.
//
//   #41   21.000 us  exit port-out width 1 port 0x3f8 value 0x48 'H' at 0x7c1f      (plain: field
//   by field) The guest wrote 0x48 'H' to port 0x3f8; uart16550 took it. (story: a sentence)
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "engine/trace/events.hpp"

namespace ringside::stream {

/// "exit kind=port-out width=1 address=0x3f8 value=0x48 rip=0x7c1f": name and every field, no seq
/// or time.
std::string event_text(trace::Event const& event);

/// "#41 21.000us exit kind=...". Events inside an exit are indented by the caller.
std::string record_text(trace::Record const& record);

/// "12.345 us"
std::string time_text(std::uint64_t nanoseconds);

/// Tells a stream as sentences, remembering which device is which. Feed it every record in order.
class Story {
public:
    /// The sentence of this record, indented inside its exit; empty when it is not worth one.
    std::string tell(trace::Record const& record);

private:
    struct Teller;
    std::array<std::string, 256> devices_; ///< names by number
    trace::ExitBegin exit_;                ///< the one that is open
    bool inside_ = false;
};

} // namespace ringside::stream
