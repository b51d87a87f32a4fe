#include "engine/stream/local_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace ringside::stream {

namespace {

constexpr mode_t owner_only = S_IRUSR | S_IWUSR;

Result<sockaddr_un> address_of(std::filesystem::path const& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string const& text = path.native();
    if (text.empty() || text.size() >= sizeof address.sun_path)
        return fail(Blame::usage, "the socket path '" + text + "' must have 1 to " +
                                      std::to_string(sizeof address.sun_path - 1) +
                                      " bytes; choose a shorter one, as in /run/user");
    std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
    return address;
}

sockaddr const* generic(sockaddr_un const& address)
{
    return reinterpret_cast<sockaddr const*>(&address); // the sockets API wants it so
}

Result<Fd> make_socket()
{
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return fail(host_error("make a Unix socket", errno));
    return socket;
}

bool somebody_serves(sockaddr_un const& address)
{
    Fd const probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    return ::connect(probe.get(), generic(address), sizeof address) == 0 || errno != ECONNREFUSED;
}

/// Makes way: removes a socket that a killed server left behind, and nothing else.
Result<void> clear_path(std::filesystem::path const& path, sockaddr_un const& address)
{
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0)
        return {}; // nothing there, or bind() will say what is wrong
    if (!S_ISSOCK(status.st_mode))
        return fail(Blame::usage, "cannot listen on " + path.string() +
                                      ": there is a file that is not a socket; choose another "
                                      "path");
    if (somebody_serves(address))
        return fail(Blame::usage, "cannot listen on " + path.string() +
                                      ": another program serves it; end it or choose another path");
    if (::unlink(path.c_str()) != 0)
        return fail(host_error("remove the stale socket " + path.string(), errno));
    return {};
}

} // namespace

Result<ListeningSocket> ListeningSocket::create(std::filesystem::path const& path)
{
    sockaddr_un const address = TRY(address_of(path));
    TRY(clear_path(path, address));
    Fd socket = TRY(make_socket());
    // Before bind(), so that there is no moment at which others could connect (unix(7), "Pathname
    // socket ownership and permissions").
    if (::fchmod(socket.get(), owner_only) != 0 ||
        ::bind(socket.get(), generic(address), sizeof address) != 0 ||
        ::listen(socket.get(), SOMAXCONN) != 0)
        return fail(host_error("listen on " + path.string(), errno));
    ListeningSocket listening(std::move(socket), path);
    struct stat status = {};
    if (::lstat(path.c_str(), &status) == 0) {
        listening.device_ = status.st_dev;
        listening.inode_ = status.st_ino;
    }
    return listening;
}

ListeningSocket::~ListeningSocket()
{
    struct stat status = {};
    if (socket_ && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
        status.st_ino == inode_)
        ::unlink(path_.c_str());
}

Fd ListeningSocket::accept() const
{
    return Fd(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

Result<Fd> connect_to(std::filesystem::path const& path)
{
    sockaddr_un const address = TRY(address_of(path));
    Fd socket = TRY(make_socket());
    if (::connect(socket.get(), generic(address), sizeof address) != 0) {
        Error error = host_error("connect to " + path.string(), errno,
                                 "is the machine still running, and was it started with --live?");
        error.blame = Blame::input;
        return fail(std::move(error));
    }
    return socket;
}

SocketState send_some(int descriptor, std::span<std::byte const> bytes, std::size_t& sent)
{
    while (sent < bytes.size()) {
        ssize_t const count = ::send(descriptor, bytes.data() + sent, bytes.size() - sent,
                                     MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN ? SocketState::open : SocketState::closed;
        sent += static_cast<std::size_t>(count);
    }
    return SocketState::open;
}

SocketState receive_some(int descriptor, std::string& out, std::size_t limit)
{
    std::array<char, 16 * 1024> buffer;
    for (std::size_t taken = 0; taken < limit;) {
        ssize_t const count = ::recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno == EAGAIN ? SocketState::open : SocketState::closed;
        if (count == 0)
            return SocketState::closed;
        out.append(buffer.data(), static_cast<std::size_t>(count));
        taken += static_cast<std::size_t>(count);
    }
    return SocketState::open;
}

} // namespace ringside::stream
