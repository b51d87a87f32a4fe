// /dev/kvm: is it there, may we use it, does it speak our version, can it do what we cannot do
// without?
//
// What KVM can do with guest code is another question, answered by running some: probe.hpp.
#pragma once

#include <cstddef>
#include <string>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"

namespace ringside::kvm {

class System {
public:
    /// Refusals carry Blame::unavailable and say what a person can do about it.
    static Result<System> open(std::string const& path = "/dev/kvm");

    Fd const& fd() const { return fd_; }
    std::size_t run_page_size() const { return run_page_size_; }
    bool has(unsigned capability) const;

private:
    System(Fd fd, std::size_t run_page_size) : fd_(std::move(fd)), run_page_size_(run_page_size) {}

    Fd fd_;
    std::size_t run_page_size_;
};

} // namespace ringside::kvm
