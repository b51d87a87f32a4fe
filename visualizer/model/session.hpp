// One window's worth: the trace, the Focus in it, the filter over it, and the view. Commands act on
// this and panels draw it; whether the records come from a file or a running machine shows only in
// `connection`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/trace/command.hpp"
#include "visualizer/model/filter.hpp"
#include "visualizer/model/focus.hpp"
#include "visualizer/model/guide.hpp"
#include "visualizer/model/inspection.hpp"
#include "visualizer/model/row_scan.hpp"
#include "visualizer/model/sidecar.hpp"
#include "visualizer/model/trace_model.hpp"
#include "visualizer/model/view_state.hpp"

namespace ringside::visualizer {

enum class Connection : std::uint8_t { replay, live, paused };
std::string_view name_of(Connection connection);

class Session {
public:
    TraceModel const& trace() const { return trace_; }
    ViewState view;
    Connection connection = Connection::replay;
    std::string source;                 ///< the file or socket, for the title
    std::uint64_t expected = 0;         ///< records a file holds in all; 0: not known
    std::vector<std::string> notes;     ///< readable remarks: truncated, damaged, engine gone
    std::string failure;                ///< why nothing can be shown at all; else empty
    std::vector<trace::Command> outbox; ///< for the machine; the app sends them
    Guide guide;                        ///< the tour, or a lab's steps
    Sidecar sidecar;                    ///< a person's bookmarks and notes; the app keeps them

    void append(std::span<trace::Record const> records);
    /// The next block of a recorded file; the source hands it out again when it is looked at.
    void append_block(std::shared_ptr<RecordBlock const> block, std::uint32_t number);
    void set_source(std::shared_ptr<BlockSource const> blocks)
    {
        trace_.set_source(std::move(blocks));
    }
    void assume(trace::BackendKind backend) { trace_.assume(backend); }

    // The Focus.
    Focus const& focus() const { return focus_; }
    MomentIndex moment() const { return moment_; } ///< the row it is in, or no_moment
    /// The record everything is shown as of: the sub-step's, or the end of the whole moment.
    RecordIndex as_of() const;
    void focus_moment(MomentIndex moment, FocusHistory::Move move);
    void focus_record(RecordIndex record);
    bool focus_seq(std::uint64_t seq, std::uint8_t vcpu = 0);
    void focus_step(std::size_t step); ///< 0: the whole moment
    void back();
    void forward();
    bool can_go_back() const { return history_.can_go_back(); }
    bool can_go_forward() const { return history_.can_go_forward(); }

    bool follow() const { return follow_; } ///< the Focus stays on the newest row
    void set_follow(bool follow);

    // The rows that pass the filter.
    void set_filter(std::string text);
    std::string const& filter_text() const { return filter_text_; }
    std::string const& filter_problem() const { return filter_problem_; }
    bool filtered() const { return !scan_.matches_everything(); }
    /// Goes on with a filter that was not done at once. True: every row is answered.
    bool continue_filter(RowScan::Budget budget);
    /// Share of the rows that the filter has looked at, from 0 to 1.
    float filter_progress() const;
    std::uint32_t row_count() const;
    MomentIndex row(std::uint32_t position) const;
    /// Position of the first row at or after `moment`.
    std::uint32_t position_of(MomentIndex moment) const;
    bool passes(MomentIndex moment) const;
    void move_rows(std::int64_t by); ///< the Focus, to the row so many further

    // What panels draw of the Focus.
    Inspection const& inspection() const;
    RegisterState registers_now() const { return registers_at(as_of()); }
    RegisterState registers_before() const; ///< at the vCPU's moment before
    std::optional<std::size_t> shown_walk() const { return trace_.walk_before(as_of()); }

    void send(trace::Command::Kind kind, std::vector<std::uint8_t> bytes = {});

private:
    void rows_came();
    RegisterState registers_at(RecordIndex index) const;
    void place(RecordIndex record, MomentIndex moment, std::uint16_t step);
    void go(std::optional<Focus> const& to);

    TraceModel trace_;
    Focus focus_;
    MomentIndex moment_ = no_moment;
    FocusHistory history_;
    bool follow_ = false;

    RowScan scan_; ///< its rows are ours while filtered()
    std::string filter_text_;
    std::string filter_problem_;

    mutable Inspection inspection_;
    mutable MomentIndex inspected_ = no_moment;
    mutable RecordIndex inspected_until_ = no_record;
};

} // namespace ringside::visualizer
