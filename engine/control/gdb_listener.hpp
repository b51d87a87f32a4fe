// Where gdb may come in: a Unix socket that only its owner may use, or a TCP port of the loopback
// interface. Nothing listens unless it was asked for.
//
//     target remote /run/user/1000/guest.gdb          target remote :1234
//
// A TCP port is open to every user of this host, a Unix socket is not. No other host reaches
// either.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/fd.hpp"
#include "engine/base/result.hpp"
#include "engine/stream/local_socket.hpp"

namespace ringside::control {

class GdbListener {
public:
    /// "1234", ":1234", "localhost:1234" and "127.0.0.1:1234" are ports (0: any free one); all else
    /// is the path of a socket. Errors: another host's address, a port in use, a path taken.
    static Result<GdbListener> create(std::string_view where);

    int descriptor() const;
    /// The next connection, non-blocking; an empty Fd when nobody waits.
    Fd accept() const;
    /// As one types it behind "target remote".
    std::string const& address() const { return address_; }

private:
    using Socket = std::variant<Fd, stream::ListeningSocket>;
    GdbListener(Socket socket, std::string address)
        : socket_(std::move(socket)), address_(std::move(address))
    {
    }
    static Result<GdbListener> on_port(std::uint16_t port);

    Socket socket_;
    std::string address_;
};

} // namespace ringside::control
