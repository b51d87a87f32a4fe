// The guest's serial line on our standard input and output.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <termios.h>
#include <vector>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/machine/console.hpp"

namespace ringside::cli {

/// A descriptor as console input. A file is read as the guest looks; a terminal or pipe is read as
/// bytes come. On a terminal, line editing and echo are the guest's business while this lives.
class DescriptorInput final : public machine::ConsoleInput {
public:
    explicit DescriptorInput(int descriptor); ///< not owned
    static Result<std::unique_ptr<DescriptorInput>> open(std::string const& path);
    ~DescriptorInput() override;

    std::optional<std::uint8_t> next() override;
    bool ended() const override { return ended_ && position_ == filled_; }
    void wait(std::uint32_t milliseconds) override;

private:
    void fill();

    Fd owned_;
    int descriptor_ = -1;
    bool terminal_ = false;
    termios saved_{};
    bool ended_ = false;
    std::array<std::uint8_t, 4096> buffer_{};
    std::size_t position_ = 0;
    std::size_t filled_ = 0;
};

/// Standard output, written at the end of each line and whenever the guest sleeps.
class StandardOutput {
public:
    ~StandardOutput() { flush(); }
    void put(std::uint8_t byte);
    void flush();

private:
    std::vector<std::uint8_t> line_;
};

} // namespace ringside::cli
