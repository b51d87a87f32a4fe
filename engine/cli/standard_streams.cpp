#include "engine/cli/standard_streams.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace ringside::cli {

DescriptorInput::DescriptorInput(int descriptor) : descriptor_(descriptor)
{
    terminal_ = ::isatty(descriptor_) == 1 && ::tcgetattr(descriptor_, &saved_) == 0;
    if (!terminal_)
        return;
    // Ctrl-C and Ctrl-Z still belong to the person: ISIG stays on.
    termios raw = saved_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | IXON);
    ::tcsetattr(descriptor_, TCSADRAIN, &raw);
}

Result<std::unique_ptr<DescriptorInput>> DescriptorInput::open(std::string const& path)
{
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        Error error = host_error("read input " + path, errno);
        error.blame = Blame::input;
        return fail(std::move(error));
    }
    auto input = std::make_unique<DescriptorInput>(file.get());
    input->owned_ = std::move(file);
    return input;
}

DescriptorInput::~DescriptorInput()
{
    if (terminal_)
        ::tcsetattr(descriptor_, TCSADRAIN, &saved_);
}

std::optional<std::uint8_t> DescriptorInput::next()
{
    if (position_ == filled_ && !ended_)
        fill();
    if (position_ == filled_)
        return std::nullopt;
    return buffer_[position_++];
}

void DescriptorInput::fill()
{
    pollfd ready{descriptor_, POLLIN, 0};
    if (::poll(&ready, 1, 0) <= 0)
        return;
    ssize_t const count = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    ended_ = count <= 0;
    position_ = 0;
    filled_ = count > 0 ? static_cast<std::size_t>(count) : 0;
}

void DescriptorInput::wait(std::uint32_t milliseconds)
{
    if (position_ != filled_ || ended_)
        return;
    pollfd ready{descriptor_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(milliseconds)) > 0)
        fill();
}

void StandardOutput::put(std::uint8_t byte)
{
    constexpr std::size_t longest_line = 4096;
    line_.push_back(byte);
    if (byte == '\n' || line_.size() >= longest_line)
        flush();
}

void StandardOutput::flush()
{
    std::size_t done = 0;
    while (done < line_.size()) {
        ssize_t const count = ::write(STDOUT_FILENO, line_.data() + done, line_.size() - done);
        if (count < 0 && errno != EINTR)
            break; // whoever read it is gone; the guest does not care
        done += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    line_.clear();
}

} // namespace ringside::cli
