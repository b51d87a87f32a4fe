#include "engine/stream/live.hpp"

#include "engine/stream/chunk.hpp"
#include "engine/stream/local_socket.hpp"

#include <chrono>
#include <poll.h>
#include <span>
#include <utility>

namespace ringside::stream {

namespace {

std::span<std::byte const> bytes_of(std::string const& text)
{
    return std::as_bytes(std::span(text));
}

/// Waits until `received` holds a whole file header.
Result<void> receive_header(int descriptor, std::string& received, std::string const& path)
{
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::seconds patience{2};
    constexpr int look_again = 100; // milliseconds
    auto const deadline = Clock::now() + patience;
    while (received.size() < FileHeader::size) {
        pollfd ready{descriptor, POLLIN, 0};
        ::poll(&ready, 1, look_again);
        std::size_t const missing = FileHeader::size - received.size();
        if (receive_some(descriptor, received, missing) == SocketState::closed)
            break;
        if (Clock::now() >= deadline)
            return fail(Blame::input, "no trace arrives from " + path +
                                          "; is it a Ringside socket, and is the machine alive?");
    }
    return {};
}

} // namespace

Result<LiveReader> LiveReader::connect(std::filesystem::path const& path)
{
    Fd socket = TRY(connect_to(path));
    std::string received;
    TRY(receive_header(socket.get(), received, path.string()));
    Result<FileHeader> const header = read_file_header(bytes_of(received));
    if (!header)
        return fail(header.error().blame,
                    "cannot watch " + path.string() + ": " + header.error().text);
    LiveReader reader(std::move(socket), *header);
    reader.waiting_ = received.substr(FileHeader::size);
    return reader;
}

Result<bool> LiveReader::poll(std::vector<trace::Record>& out)
{
    if (!socket_)
        return false;
    SocketState const state = receive_some(socket_.get(), waiting_, poll_limit);
    Result<void> const taken = take_chunks(out);
    if (!taken || state == SocketState::closed)
        socket_ = Fd();
    if (!taken)
        return fail(taken.error());
    return state == SocketState::open; // half a chunk at the end is what a killed engine leaves
}

Result<void> LiveReader::take_chunks(std::vector<trace::Record>& out)
{
    std::size_t at = 0;
    for (;;) {
        std::size_t const size = TRY(take_chunk(at, out));
        if (size == 0)
            break;
        at += size;
    }
    waiting_.erase(0, at);
    return {};
}

/// The size of the chunk at `at` that was taken; 0 when it has not arrived whole.
Result<std::size_t> LiveReader::take_chunk(std::size_t at, std::vector<trace::Record>& out)
{
    std::span<std::byte const> const bytes = bytes_of(waiting_).subspan(at);
    if (bytes.size() < ChunkHeader::size)
        return std::size_t{0};
    ChunkHeader const header = TRY(read_chunk_header(bytes));
    if (header.kind == ChunkKind::index)
        return fail(Blame::input, "a live stream holds an index");
    if (header.payload_length() > bytes.size() - ChunkHeader::size)
        return std::size_t{0};
    auto const length = static_cast<std::size_t>(header.payload_length());
    std::uint64_t& expected = next_seq_[header.stream];
    if (header.first_seq != expected)
        return fail(Blame::input, "a live stream jumps from record " + std::to_string(expected) +
                                      " to " + std::to_string(header.first_seq));
    std::vector<trace::Record> const records =
        TRY(decode_chunk(header, bytes.subspan(ChunkHeader::size, length), field_rule(header_)));
    out.insert(out.end(), records.begin(), records.end());
    expected = header.next_seq;
    return ChunkHeader::size + length;
}

} // namespace ringside::stream
