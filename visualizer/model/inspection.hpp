// One moment taken apart: numbered sub-steps in the column of whoever did them, each with the
// evidence it rests on. The inspector draws this; the text route prints it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/trace_model.hpp"

namespace ringside::visualizer {

/// Who did it. The kernel takes part on KVM only.
enum class Actor : std::uint8_t { cpu, kernel, vmm, device };
inline constexpr std::size_t actor_count = 4;

/// What a statement rests on.
enum class Evidence : std::uint8_t {
    observed,    ///< O: a field of kvm_run, a result of our own code
    derived,     ///< D: decoded from observed bytes
    emulated,    ///< E: our own model did it
    not_visible, ///< N: user space cannot see it; said for completeness
};

struct Step {
    Actor actor = Actor::vmm;
    Evidence evidence = Evidence::observed;
    std::string title;
    std::string detail;
    RecordIndex record = no_record; ///< what tells it
    std::string note;               ///< a sentence more, for whoever asks; may be empty
    std::string_view manual;        ///< where to read on, may be empty
};

struct Inspection {
    std::string sentence;
    std::vector<Actor> actors; ///< the columns, left to right
    std::vector<Step> steps;
};

/// Takes the moment apart. Steps beyond `longest` are summed up in one.
Inspection inspect(TraceModel const& model, MomentIndex moment);
inline constexpr std::size_t longest_inspection = 48;

std::string_view actor_title(Actor actor, bool on_kvm);
char letter_of(Evidence evidence);
std::string_view meaning_of(Evidence evidence);

} // namespace ringside::visualizer
