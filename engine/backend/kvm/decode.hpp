// From the run page to an Exit: the only switch on KVM's exit reasons.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/backend/backend.hpp"
#include "engine/backend/exit.hpp"
#include "engine/backend/kvm/run_page.hpp"

namespace ringside::kvm {

/// How many exits of ours the raw exit stands for: the elements of a string port access, else 1.
std::uint32_t elements_of(kvm_run const& run);

/// The exit that the page tells about; of a string port access the element `element`. Pure: it
/// reads the page and nothing else. What it has no name for becomes exit::Unhandled, whole.
backend::Exit decode(RunPage const& page, std::uint32_t element = 0);

/// The bytes of the instruction that KVM reports it cannot emulate; empty for every other exit, and
/// on kernels that do not say.
std::span<std::uint8_t const> unemulated_instruction(kvm_run const& run);

/// Writes the answer where KVM looks for it when it completes the exit's instruction. Exits that
/// take no answer ignore it.
void store_answer(RunPage& page, std::uint32_t element, backend::Answer answer);

/// "0x3f8"
std::string hex(std::uint64_t value);

} // namespace ringside::kvm
