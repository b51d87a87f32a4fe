#include "engine/stream/broadcast.hpp"

#include <algorithm>
#include <utility>

namespace ringside::stream {

Result<Broadcast> Broadcast::create(std::filesystem::path const& path, FileHeader const& header,
                                    std::size_t window_limit)
{
    return Broadcast(TRY(ListeningSocket::create(path)), header, window_limit);
}

void Broadcast::publish(Chunk const& chunk)
{
    published_[chunk.header.stream] = chunk.header.next_seq;
    dropped_ = chunk.header.dropped;
    if (!watched()) { // nobody to keep it for; a late viewer starts behind it anyway
        first_chunk_ = end() + 1;
        window_.clear();
        window_bytes_ = 0;
        return;
    }
    window_.push_back(chunk);
    window_bytes_ += chunk.bytes.size();
    while (window_bytes_ > window_limit_) {
        window_bytes_ -= window_.front().bytes.size();
        window_.pop_front();
        ++first_chunk_;
    }
}

void Broadcast::service(KeptRecords const& kept)
{
    admit(kept);
    auto const gone = [&](Viewer& viewer) { return !serve(viewer, kept); };
    viewers_.erase(std::remove_if(viewers_.begin(), viewers_.end(), gone), viewers_.end());
}

void Broadcast::drain(KeptRecords const& kept, std::chrono::milliseconds limit)
{
    auto const deadline = std::chrono::steady_clock::now() + limit;
    constexpr int look_again = 10; // milliseconds
    for (;;) {
        service(kept);
        bool const waiting = std::any_of(viewers_.begin(), viewers_.end(),
                                         [&](Viewer const& viewer) { return has_more(viewer); });
        if (!waiting || std::chrono::steady_clock::now() >= deadline)
            return;
        std::vector<pollfd> descriptors;
        watch(descriptors);
        ::poll(descriptors.data(), descriptors.size(), look_again);
    }
}

void Broadcast::watch(std::vector<pollfd>& descriptors) const
{
    descriptors.push_back(pollfd{listener_.descriptor(), POLLIN, 0});
    for (Viewer const& viewer : viewers_) {
        short const wanted = has_more(viewer) ? POLLIN | POLLOUT : POLLIN;
        descriptors.push_back(pollfd{viewer.socket.get(), wanted, 0});
    }
}

void Broadcast::admit(KeptRecords const& kept)
{
    while (Fd socket = listener_.accept()) {
        if (viewers_.size() == most_viewers)
            continue; // the socket closes, and the viewer says so
        Viewer viewer;
        viewer.socket = std::move(socket);
        write(file_header_, viewer.sending);
        catch_up(viewer, kept, trace::DropReason::reader_late);
        viewers_.push_back(std::move(viewer));
    }
}

bool Broadcast::serve(Viewer& viewer, KeptRecords const& kept)
{
    std::string said; // a viewer has nothing to say here; listening shows whether it is there
    SocketState const state = receive_some(viewer.socket.get(), said, 1);
    if (state == SocketState::closed || !said.empty())
        return false;
    while (has_more(viewer)) {
        if (viewer.sending.empty())
            load_next(viewer, kept);
        if (send_some(viewer.socket.get(), viewer.sending, viewer.sent) == SocketState::closed)
            return false;
        if (viewer.sent < viewer.sending.size())
            return true; // its socket is full
        viewer.sending.clear();
        viewer.sent = 0;
    }
    return true;
}

void Broadcast::load_next(Viewer& viewer, KeptRecords const& kept)
{
    if (viewer.next_chunk < first_chunk_) {
        catch_up(viewer, kept, trace::DropReason::reader_slow);
        return;
    }
    Chunk const& chunk = window_[static_cast<std::size_t>(viewer.next_chunk - first_chunk_)];
    viewer.sending = chunk.bytes;
    viewer.next_seq[chunk.header.stream] = chunk.header.next_seq;
    ++viewer.next_chunk;
}

void Broadcast::catch_up(Viewer& viewer, KeptRecords const& kept, trace::DropReason reason)
{
    for (auto const& [stream, to] : published_) {
        std::uint64_t& from = viewer.next_seq[stream];
        if (from == to)
            continue;
        for (auto const& [chunk, lost] : kept.catch_up(stream, from, to, reason, dropped_))
            viewer.sending.insert(viewer.sending.end(), chunk.bytes.begin(), chunk.bytes.end());
        from = to;
    }
    viewer.next_chunk = end();
}

bool Broadcast::has_more(Viewer const& viewer) const
{
    return !viewer.sending.empty() || viewer.next_chunk != end();
}

} // namespace ringside::stream
