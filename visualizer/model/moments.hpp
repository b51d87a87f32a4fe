// The rows of the exit list: every exit as one span, and between them the events a person wants to
// see there (an interrupt injected, a fault delivered, a page walk, a marker, a loss).
//
// Records between two moments of a vCPU belong to the later one: they are its preface, what
// happened while the guest ran towards it. Not modelled: exits nested in exits; the engine never
// makes any.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/trace/events.hpp"
#include "visualizer/model/exit_class.hpp"
#include "visualizer/model/paged.hpp"
#include "visualizer/model/record_store.hpp"
#include "visualizer/model/register_choice.hpp"

namespace ringside::visualizer {

using MomentIndex = std::uint32_t;
inline constexpr MomentIndex no_moment = 0xffff'ffff;
inline constexpr std::uint8_t no_device = 0xff;

struct Moment {
    RecordIndex preface = 0; ///< first record after the vCPU's previous moment
    RecordIndex first = 0;   ///< the exit's beginning, or the event itself
    RecordIndex last = 0;    ///< the exit's end, or its newest record while it is open
    std::uint32_t cost = 0;  ///< host nanoseconds from beginning to end, 0 where not stamped
    std::uint64_t seq = 0;   ///< of `first`
    std::uint64_t time = 0;
    std::uint64_t host = 0;    ///< host time of it, or of the stamp before; 0 where not stamped
    std::uint64_t address = 0; ///< port, gpa, MSR, gva, interrupt line: what the event speaks of
    std::uint64_t value = 0;   ///< what was written, or the answer a read was given
    std::uint64_t rip = 0;
    std::uint8_t vcpu = 0;
    std::uint8_t event = 0; ///< the id of the event `first` is
    ExitClass exit_class = ExitClass::other;
    trace::ExitKind kind = trace::ExitKind::halt; ///< of an exit
    std::uint8_t width = 0;
    std::uint8_t device = no_device;   ///< the first device that took part
    std::uint16_t offset = 0;          ///< where in it
    RegisterName const* reg = nullptr; ///< which of its registers, where that is known
    trace::VerdictKind verdict = trace::VerdictKind::resume;
    bool open = false;      ///< an exit whose end has not arrived
    bool unclaimed = false; ///< no device answered
    bool told = false;      ///< the guest placed a marker, a symbol or an assertion in it

    bool is_exit() const { return event == trace::ExitBegin::id; }
};

class Moments {
public:
    /// What a record did to the rows.
    struct Change {
        MomentIndex begun = no_moment; ///< a new row
        MomentIndex ended = no_moment; ///< an exit whose end this was
    };
    /// Takes the next record of the store; `reached` is the register a DeviceAccess reached.
    Change append(RecordIndex index, trace::Record const& record, RegisterName const* reached);

    MomentIndex size() const { return static_cast<MomentIndex>(rows_.size()); }
    bool empty() const { return rows_.empty(); }
    Moment const& operator[](MomentIndex index) const { return rows_[index]; }
    std::uint64_t exits() const { return exits_; }
    std::uint64_t latest_host() const { return latest_host_; } ///< 0: nothing is stamped

    /// The moment `index` belongs to, by span or by preface; else the vCPU's last before it.
    MomentIndex at(RecordIndex index, std::uint8_t vcpu) const;
    /// The vCPU's moment before `index`, or none.
    MomentIndex before(MomentIndex index) const;

private:
    struct Cursor {
        MomentIndex open = no_moment;
        RecordIndex next_preface = 0;
    };

    MomentIndex begin(RecordIndex index, trace::Record const& record, Moment moment);
    MomentIndex end(RecordIndex index, trace::Record const& record, trace::ExitEnd const& end);
    bool extend_loss(RecordIndex index, trace::Record const& record, trace::Dropped const& lost);
    void enrich(Moment& moment, trace::Event const& event, RegisterName const* reached);

    Paged<Moment> rows_;
    std::vector<Cursor> cursors_ = std::vector<Cursor>(256);
    std::uint64_t exits_ = 0;
    std::uint64_t latest_host_ = 0;
};

/// "port-out", "irq-injected": the word of the list's kind column and of filters.
std::string_view kind_name(Moment const& moment);
/// Two rows of the same kind, for "next of this kind".
bool same_kind(Moment const& a, Moment const& b);

} // namespace ringside::visualizer
