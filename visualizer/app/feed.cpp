#include "visualizer/app/feed.hpp"

#include <algorithm>
#include <chrono>
#include <poll.h>
#include <utility>

#include <fmt/format.h>

#include "engine/stream/control.hpp"
#include "engine/stream/live.hpp"
#include "engine/stream/reader.hpp"
#include "visualizer/app/file_blocks.hpp"

namespace ringside::visualizer {

namespace {

// The inbox holds a few frames' worth; then the reader waits, and a live engine counts drops.
constexpr std::size_t inbox_limit = 200'000;
constexpr std::size_t inbox_blocks = 96; // of some thousand records each

void append(Delivery& to, Delivery&& from)
{
    if (to.records.empty())
        to.records = std::move(from.records);
    else
        to.records.insert(to.records.end(), std::make_move_iterator(from.records.begin()),
                          std::make_move_iterator(from.records.end()));
    for (Delivery::Block& block : from.blocks)
        to.blocks.push_back(std::move(block));
    for (std::string& note : from.notes)
        to.notes.push_back(std::move(note));
    if (from.connection)
        to.connection = from.connection;
    to.finished |= from.finished;
}

} // namespace

class Feed::Source {
public:
    Source() = default;
    Source(Source const&) = delete;
    Source& operator=(Source const&) = delete;
    virtual ~Source() = default;

    /// Waits a moment at most, and returns what came in it.
    virtual Delivery next(std::vector<trace::Command> const& to_send) = 0;
};

// ---------------------------------------------------------------- a file

class Feed::FileSource final : public Source {
public:
    explicit FileSource(std::shared_ptr<FileBlocks const> blocks) : blocks_(std::move(blocks)) {}

    Delivery next(std::vector<trace::Command> const&) override
    {
        Delivery delivery;
        stream::TraceReader const& reader = blocks_->reader();
        if (next_ == 0 && !reader.complete())
            delivery.notes.push_back("incomplete trace: " + reader.problem());
        if (has_several_vcpus())
            take_all(delivery);
        else
            take_some(delivery);
        delivery.finished = next_ >= reader.chunk_count();
        return delivery;
    }

private:
    // The first time only a few, so that there is soon something to look at.
    static constexpr std::size_t first_batch = 4;
    static constexpr std::size_t batch = 32;
    static constexpr std::uint32_t records_in_block = 4096;

    bool has_several_vcpus() const
    {
        stream::TraceReader const& reader = blocks_->reader();
        for (std::size_t index = 1; index < reader.chunk_count(); ++index)
            if (reader.chunk_info(index).vcpu != reader.chunk_info(0).vcpu)
                return true;
        return false;
    }

    // Chunks stand on their own: every core unpacks some.
    void take_some(Delivery& delivery)
    {
        std::size_t const begin = next_;
        std::size_t const wanted = begin == 0 ? first_batch : batch;
        next_ = std::min(begin + wanted, blocks_->reader().chunk_count());
        delivery.blocks.resize(next_ - begin);
        std::vector<std::string> problems(next_ - begin);
        std::atomic<std::size_t> place{0};
        auto const work = [&] {
            for (std::size_t mine = place++; mine < problems.size(); mine = place++) {
                auto const number = static_cast<std::uint32_t>(begin + mine);
                delivery.blocks[mine] = {blocks_->read(number, problems[mine]), number};
            }
        };
        {
            std::vector<std::jthread> helpers;
            for (unsigned core = 1; core < std::min(8U, std::thread::hardware_concurrency());
                 ++core)
                helpers.emplace_back(work);
            work();
        }
        for (std::string const& problem : problems)
            if (!problem.empty())
                delivery.notes.push_back("damaged trace: " + problem);
    }

    // Chunks belong to one vCPU each; only the whole can be put into one order, and is kept in it.
    void take_all(Delivery& delivery)
    {
        std::shared_ptr<RecordBlock> block;
        auto const keep = [&](trace::Record const& record) {
            if (block == nullptr || block->size() == records_in_block) {
                block = std::make_shared<RecordBlock>();
                delivery.blocks.push_back({block, RecordStore::kept});
            }
            block->append(record);
        };
        blocks_->reader().for_each(keep, &delivery.notes);
        next_ = blocks_->reader().chunk_count();
    }

    std::shared_ptr<FileBlocks const> blocks_;
    std::size_t next_ = 0; ///< chunk
};

Result<std::unique_ptr<Feed>> Feed::of_file(std::filesystem::path const& path, Wake wake)
{
    stream::TraceReader reader = TRY(stream::TraceReader::open(path));
    if (reader.chunk_count() == 0)
        return fail(Blame::input,
                    fmt::format("{} holds no events{}{}; was the machine stopped before it ran?",
                                path.string(), reader.complete() ? "" : ": ", reader.problem()));
    trace::BackendKind const backend = reader.header().backend;
    auto blocks = std::make_shared<FileBlocks const>(std::move(reader));
    auto feed = std::unique_ptr<Feed>(
        new Feed(std::make_unique<FileSource>(blocks), backend, std::move(wake)));
    feed->expected_ = blocks->reader().record_count();
    feed->blocks_ = std::move(blocks);
    return feed;
}

// ---------------------------------------------------------------- a running machine

class Feed::SocketSource final : public Source {
public:
    explicit SocketSource(stream::LiveReader reader) : reader_(std::move(reader)) {}

    /// Without a control channel one can watch, but not pause.
    void control(Result<stream::ControlClient> client)
    {
        if (client)
            control_.emplace(std::move(*client));
        else
            refusal_ = "watching only: " + client.error().text;
    }

    Delivery next(std::vector<trace::Command> const& to_send) override
    {
        Delivery delivery;
        if (!std::exchange(told_live_, true)) {
            delivery.connection = Connection::live;
            if (!refusal_.empty())
                delivery.notes.push_back(std::exchange(refusal_, {}));
        }
        wait_a_moment();
        steer(to_send, delivery);
        auto const alive = reader_.poll(delivery.records);
        if (alive && *alive)
            return delivery;
        delivery.finished = true;
        delivery.connection = Connection::replay;
        delivery.notes.push_back(alive ? "the machine has ended; this is all that was received"
                                       : "the stream broke off: " + alive.error().text);
        return delivery;
    }

private:
    void wait_a_moment() const
    {
        constexpr int moment = 20; // milliseconds
        pollfd descriptors[2] = {{reader_.descriptor(), POLLIN, 0},
                                 {control_ ? control_->descriptor() : -1, POLLIN, 0}};
        ::poll(descriptors, 2, moment);
    }

    void steer(std::vector<trace::Command> const& to_send, Delivery& delivery)
    {
        if (!control_) {
            if (!to_send.empty())
                delivery.notes.push_back("no control channel: this window can only watch");
            return;
        }
        for (trace::Command const& command : to_send)
            if (auto const sent = control_->send(command); !sent)
                delivery.notes.push_back(sent.error().text);
        bool const alive = control_->poll();
        if (std::string refusal = control_->take_refusal(); !refusal.empty())
            delivery.notes.push_back(refusal);
        if (!alive) {
            control_.reset();
            return;
        }
        if (control_->state() != state_) {
            state_ = control_->state();
            delivery.connection =
                state_ == stream::MachineState::paused ? Connection::paused : Connection::live;
        }
    }

    stream::LiveReader reader_;
    std::optional<stream::ControlClient> control_;
    stream::MachineState state_ = stream::MachineState::unknown;
    std::string refusal_;
    bool told_live_ = false;
};

Result<std::unique_ptr<Feed>> Feed::of_socket(std::filesystem::path const& path, Wake wake)
{
    stream::LiveReader reader = TRY(stream::LiveReader::connect(path));
    trace::BackendKind const backend = reader.header().backend;
    auto source = std::make_unique<SocketSource>(std::move(reader));
    source->control(stream::ControlClient::connect(path));
    return std::unique_ptr<Feed>(new Feed(std::move(source), backend, std::move(wake)));
}

// ---------------------------------------------------------------- the thread and its inbox

Feed::Feed(std::unique_ptr<Source> source, trace::BackendKind backend, Wake wake)
    : wake_(std::move(wake)),
      source_(std::move(source)),
      backend_(backend),
      thread_([this] { work(); })
{
}

Feed::~Feed()
{
    stop_ = true;
    emptied_.notify_all();
    thread_.join();
}

void Feed::work()
{
    using Clock = std::chrono::steady_clock;
    auto last_wake = Clock::now() - std::chrono::hours(1);
    bool finished = false;
    while (!stop_ && !finished) {
        std::vector<trace::Command> to_send;
        {
            std::unique_lock lock(mutex_);
            auto const has_room = [&] {
                return stop_ ||
                       (inbox_.records.size() < inbox_limit && inbox_.blocks.size() < inbox_blocks);
            };
            if (!has_room())
                wake_(); // nobody else would empty it
            emptied_.wait(lock, has_room);
            to_send.swap(outbox_);
        }
        Delivery delivery = source_->next(to_send);
        finished = delivery.finished;
        bool const news = !delivery.records.empty() || !delivery.blocks.empty() ||
                          !delivery.notes.empty() || delivery.connection || finished;
        if (news) {
            std::lock_guard const lock(mutex_);
            append(inbox_, std::move(delivery));
            has_something_.store(true, std::memory_order_release);
        }
        auto const since = Clock::now() - last_wake;
        bool const due = since >= std::chrono::milliseconds(interval_.load());
        if (has_something_ && (due || finished)) {
            last_wake = Clock::now();
            wake_();
        }
    }
}

Delivery Feed::take()
{
    std::lock_guard const lock(mutex_);
    has_something_.store(false, std::memory_order_release);
    emptied_.notify_all();
    return std::exchange(inbox_, {});
}

void Feed::send(trace::Command const& command)
{
    std::lock_guard const lock(mutex_);
    outbox_.push_back(command);
}

} // namespace ringside::visualizer
