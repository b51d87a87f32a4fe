// Unix sockets as this project uses them: only their owner may connect, a path that is anything but
// a socket nobody serves is left alone, and the path is gone when the server is.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <sys/types.h>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"

namespace ringside::stream {

class ListeningSocket {
public:
    /// Binds and listens: mode 0600, non-blocking.
    static Result<ListeningSocket> create(std::filesystem::path const& path);
    ListeningSocket(ListeningSocket&&) noexcept = default;
    ListeningSocket& operator=(ListeningSocket&&) noexcept = default;
    ~ListeningSocket(); ///< removes the path, if it is still ours

    int descriptor() const { return socket_.get(); }
    /// The next waiting connection, non-blocking; an empty Fd when there is none.
    Fd accept() const;

private:
    ListeningSocket(Fd socket, std::filesystem::path path) : socket_(std::move(socket)), path_(path)
    {
    }

    Fd socket_;
    std::filesystem::path path_;
    dev_t device_ = 0; ///< device and inode: which file at that path is ours
    ino_t inode_ = 0;
};

/// A non-blocking connection to the server at `path`.
Result<Fd> connect_to(std::filesystem::path const& path);

enum class SocketState : unsigned char { open, closed };

/// Sends what the socket takes of `bytes`, starting at `sent`, which moves on.
SocketState send_some(int descriptor, std::span<std::byte const> bytes, std::size_t& sent);

/// Appends what the socket has, `limit` bytes at most, to `out`.
SocketState receive_some(int descriptor, std::string& out, std::size_t limit);

} // namespace ringside::stream
