// Every name the window shows, explained once: exit reasons, event kinds, bits, device registers,
// abbreviations, evidence tags. Hover cards, the help page, the tour and the book's glossary all
// read this one table; a test fails where a name of the trace is missing from it.
//
// The ids are stable: links, the book's anchors and `--explain` use them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "visualizer/model/inspection.hpp"

namespace ringside::visualizer {

struct Term {
    std::string_view id;       ///< "exit.port-out", "cr0.PE", "register.LSR", "word.EPT"
    std::string_view title;    ///< "CR0.PE: protection enable"
    std::string_view sentence; ///< one
    Evidence evidence = Evidence::observed; ///< what statements about it rest on
    std::string_view manual;                ///< title of the section that has the rest
    std::string_view book;                  ///< "paging#walk": page and anchor
    std::string_view example; ///< the id whose next example to show; empty: its own, "-": none
};

/// All of them, by theme.
std::vector<Term> glossary();
/// Nothing for a name that is not explained.
Term const* find_term(std::string_view id);

/// "observed", "derived", "emulated", "not visible".
std::string_view name_of(Evidence evidence);

/// The whole table for the book: Markdown with anchors, or JSON.
std::string glossary_markdown();
std::string glossary_json();

// The parts, one file each.
std::span<Term const> exit_terms();
std::span<Term const> event_terms();
std::span<Term const> bit_terms();
std::span<Term const> device_terms();
std::span<Term const> state_terms();
std::span<Term const> word_terms();

} // namespace ringside::visualizer
