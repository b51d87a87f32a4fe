#include "engine/control/gdb_listener.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/socket.h>

#include <fmt/format.h>

namespace ringside::control {

namespace {

std::optional<std::uint16_t> to_port(std::string_view text)
{
    std::uint16_t port = 0;
    auto const result = std::from_chars(text.data(), text.data() + text.size(), port);
    bool const whole = result.ptr == text.data() + text.size();
    return result.ec == std::errc() && whole ? std::optional(port) : std::nullopt;
}

bool all_digits(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

sockaddr const* generic(sockaddr_in const& address)
{
    return reinterpret_cast<sockaddr const*>(&address); // the sockets API wants it so
}

std::uint16_t port_of(int descriptor)
{
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
        return 0;
    return ntohs(bound.sin_port);
}

} // namespace

Result<GdbListener> GdbListener::create(std::string_view where)
{
    std::size_t const colon = where.rfind(':');
    bool const is_path = where.find('/') != std::string_view::npos;
    std::string_view const number =
        colon == std::string_view::npos ? where : where.substr(colon + 1);
    if (is_path || !all_digits(number)) {
        stream::ListeningSocket socket = TRY(stream::ListeningSocket::create(where));
        return GdbListener(std::move(socket), std::string(where));
    }
    std::string_view const host =
        colon == std::string_view::npos ? std::string_view() : where.substr(0, colon);
    if (!host.empty() && host != "localhost" && host != "127.0.0.1")
        return fail(Blame::usage, fmt::format("cannot let gdb in at {}: only this host may debug a "
                                              "guest; use localhost:{}, and ssh to come from afar",
                                              where, number));
    std::optional<std::uint16_t> const port = to_port(number);
    if (!port)
        return fail(Blame::usage, fmt::format("there is no port {}; they end at 65535", number));
    return on_port(*port);
}

Result<GdbListener> GdbListener::on_port(std::uint16_t port)
{
    std::string const what = fmt::format("listen for gdb on port {}", port);
    Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket)
        return fail(host_error(what, errno));
    int const yes = 1; // a port that was used a minute ago is free
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket.get(), generic(address), sizeof address) != 0 ||
        ::listen(socket.get(), SOMAXCONN) != 0)
        return fail(host_error(what, errno, "choose another port, or the path of a socket"));
    std::string text = fmt::format("127.0.0.1:{}", port_of(socket.get()));
    return GdbListener(std::move(socket), std::move(text));
}

int GdbListener::descriptor() const
{
    if (auto const* tcp = std::get_if<Fd>(&socket_))
        return tcp->get();
    return std::get<stream::ListeningSocket>(socket_).descriptor();
}

Fd GdbListener::accept() const
{
    auto const* tcp = std::get_if<Fd>(&socket_);
    if (tcp == nullptr)
        return std::get<stream::ListeningSocket>(socket_).accept();
    Fd connection(::accept4(tcp->get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    int const yes = 1; // a step is one tiny packet each way: waiting to fill a segment costs 40 ms
    if (connection)
        ::setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return connection;
}

} // namespace ringside::control
