// The registers of a vCPU at any record: the nearest full state before it, then the changes since.
// Full states are the stream's keyframes, and checkpoints of our own between them.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/trace/events.hpp"
#include "visualizer/model/record_store.hpp"

namespace ringside::visualizer {

struct RegisterState {
    trace::RegisterFile values{};
    std::uint64_t known = 0; ///< bit n: Register(n) has been told
    bool stale = false;      ///< records were lost since the last keyframe

    bool knows(trace::Register which) const
    {
        return ((known >> static_cast<unsigned>(which)) & 1) != 0;
    }
    std::uint64_t operator[](trace::Register which) const
    {
        return values[static_cast<std::size_t>(which)];
    }
};

class RegisterHistory {
public:
    void add(RecordIndex index, std::uint8_t vcpu, trace::Keyframe const& keyframe);
    void add(RecordIndex index, std::uint8_t vcpu, trace::RegistersChanged const& change);
    void lost(RecordIndex index, std::uint8_t vcpu);

    /// The state after record `index`.
    RegisterState at(RecordStore const& records, std::uint8_t vcpu, RecordIndex index) const;

private:
    struct Checkpoint {
        RecordIndex at = 0;
        RegisterState state;
        std::size_t changes_before = 0; ///< how many entries of `changes` it already contains
    };
    struct Line {
        RegisterState now;
        std::vector<Checkpoint> checkpoints;
        std::vector<RecordIndex> changes;
        std::vector<RecordIndex> losses;
    };

    Line& line(std::uint8_t vcpu);
    static void checkpoint(Line& line, RecordIndex index);

    std::vector<Line> lines_;
};

} // namespace ringside::visualizer
