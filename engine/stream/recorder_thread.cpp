#include "engine/stream/recorder_thread.hpp"

#include "engine/stream/signals_blocked.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace ringside::stream {

namespace {

constexpr std::uint64_t watched_age = 4'000'000; // nanoseconds a chunk stays open
constexpr std::uint64_t unwatched_age = 250'000'000;
constexpr int watched_nap = 2; // milliseconds between two looks into a ring that is in use
constexpr int unwatched_nap = 10;
constexpr int long_sleep = 100; // with nothing going on; the doorbell ends it
constexpr int idle_turns_before_sleep = 4;
constexpr std::chrono::milliseconds farewell{500}; // for viewers to take what is left

FileHeader header_for(RecorderOptions const& options)
{
    FileHeader header = file_header(options.backend, options.clock);
    if (options.codec == Codec::zstd)
        header.features |= static_cast<std::uint32_t>(Feature::zstd);
    if (options.intake.stamps == HostStamps::on)
        header.features |= static_cast<std::uint32_t>(Feature::host_stamps);
    return header;
}

} // namespace

Result<std::unique_ptr<RecorderThread>> RecorderThread::create(RecorderOptions const& options,
                                                               Intake& intake)
{
    FileHeader const header = header_for(options);
    std::optional<Compressor> compressor;
    if (options.codec == Codec::zstd)
        compressor.emplace();
    std::optional<Broadcast> viewers;
    if (!options.socket.empty())
        viewers = TRY(Broadcast::create(options.socket, header, options.viewer_window));
    std::optional<TraceFile> file;
    if (!options.file.empty())
        file = TRY(TraceFile::create(options.file, header));
    return std::unique_ptr<RecorderThread>(
        new RecorderThread(intake, std::move(compressor), std::move(file), std::move(viewers)));
}

RecorderThread::RecorderThread(Intake& intake, std::optional<Compressor> compressor,
                               std::optional<TraceFile> file, std::optional<Broadcast> viewers)
    : intake_(intake),
      compressor_(std::move(compressor)),
      file_(std::move(file)),
      viewers_(std::move(viewers))
{
}

RecorderThread::~RecorderThread()
{
    finish();
}

void RecorderThread::start()
{
    SignalsBlocked const blocked;
    thread_ = std::thread([this] { run(); });
}

void RecorderThread::finish()
{
    if (!thread_.joinable())
        return;
    stopping_.store(true, std::memory_order_release);
    intake_.doorbell().ring();
    thread_.join();
}

void RecorderThread::run()
{
    intake_.ring().populate();
    while (!stopping_.load(std::memory_order_acquire))
        rest(!turn());
    turn(); // what was appended before the stop
    close_everything();
}

bool RecorderThread::turn()
{
    intake_.clock().adjust();
    std::size_t const taken = intake_.ring().read_all(
        [this](RingEntry const& entry, std::span<std::byte const> bytes) { take(entry, bytes); });
    close_old_chunks();
    if (viewers_)
        viewers_->service(kept_);
    somebody_watches_.store(watched(), std::memory_order_relaxed);
    return taken != 0 || has_open_chunk();
}

void RecorderThread::rest(bool was_idle)
{
    idle_turns_ = was_idle ? idle_turns_ + 1 : 0;
    bool const sleeps = idle_turns_ >= idle_turns_before_sleep;
    Ring const& ring = intake_.ring();
    Doorbell& doorbell = intake_.doorbell();
    doorbell.arm(ring.read() + (sleeps ? 1 : ring.capacity() / 2));
    if (sleeps && ring.written() != ring.read())
        return; // it came while we lay down

    std::vector<pollfd> descriptors{pollfd{doorbell.descriptor(), POLLIN, 0}};
    if (viewers_)
        viewers_->watch(descriptors);
    int const nap = watched() ? watched_nap : unwatched_nap;
    ::poll(descriptors.data(), descriptors.size(), sleeps ? long_sleep : nap);
    doorbell.disarm();
    doorbell.clear();
}

void RecorderThread::take(RingEntry const& entry, std::span<std::byte const> bytes)
{
    ChunkBuilder& builder = builder_of(entry.vcpu);
    if (builder.empty() && !has_open_chunk())
        opened_ = monotonic_nanoseconds();
    trace::RawRecord const record{entry.id, entry.vcpu, entry.category, entry.time, bytes};
    std::optional<std::uint64_t> host;
    if (intake_.stamps() && carries_host_stamp(entry.id))
        host = intake_.clock().nanoseconds(entry.stamp);
    builder.append_gap(entry.seq, entry.time, trace::DropReason::ring_full);
    builder.append(record, host);
    kept_.note(record, entry.seq);
    ++totals_.delivered;
    if (builder.full())
        close_chunk(builder);
}

ChunkBuilder& RecorderThread::builder_of(std::uint8_t vcpu)
{
    return builders_.try_emplace(vcpu, vcpu).first->second;
}

bool RecorderThread::has_open_chunk() const
{
    return std::any_of(builders_.begin(), builders_.end(),
                       [](auto const& entry) { return !entry.second.empty(); });
}

void RecorderThread::close_chunk(ChunkBuilder& builder)
{
    Chunk const chunk = builder.seal(intake_.dropped(), compressor_ ? &*compressor_ : nullptr);
    totals_.event_bytes += chunk.header.raw_length;
    if (viewers_)
        viewers_->publish(chunk);
    if (!file_)
        return;
    file_->write(chunk, kept_);
    std::lock_guard const lock(problem_mutex_);
    problem_ = file_->problem();
}

void RecorderThread::close_old_chunks()
{
    if (!has_open_chunk())
        return;
    std::uint64_t const age = monotonic_nanoseconds() - opened_;
    if (age < (watched() ? watched_age : unwatched_age))
        return;
    for (auto& [vcpu, builder] : builders_)
        if (!builder.empty())
            close_chunk(builder);
}

void RecorderThread::close_everything()
{
    constexpr int vcpus = 256;
    for (int index = 0; index < vcpus; ++index) {
        auto const vcpu = static_cast<std::uint8_t>(index);
        std::uint64_t const emitted = intake_.next_seq(vcpu);
        if (emitted == 0)
            continue;
        totals_.emitted += emitted;
        ChunkBuilder& builder = builder_of(vcpu);
        builder.append_gap(emitted, builder.last_time(), trace::DropReason::ring_full);
        if (!builder.empty())
            close_chunk(builder);
    }
    for (std::uint64_t count : intake_.dropped())
        totals_.dropped += count;
    if (file_) {
        file_->finish(kept_);
        totals_.file_bytes = file_->size();
        totals_.file_refused = file_->refused();
        std::lock_guard const lock(problem_mutex_);
        problem_ = file_->problem();
    }
    if (viewers_)
        viewers_->drain(kept_, farewell);
    viewers_.reset(); // they hear of the end now, not when the recorder is destroyed
}

std::string RecorderThread::problem() const
{
    std::lock_guard const lock(problem_mutex_);
    return problem_;
}

RecorderTotals RecorderThread::totals() const
{
    return totals_;
}

} // namespace ringside::stream
