#include "engine/stream/recorder.hpp"

#include "engine/stream/recorder_thread.hpp"

#include <utility>

namespace ringside::stream {

Result<std::unique_ptr<Recorder>> Recorder::create(RecorderOptions options)
{
    std::unique_ptr<Intake> intake = TRY(Intake::create(options.intake));
    std::unique_ptr<RecorderThread> thread = TRY(RecorderThread::create(options, *intake));
    thread->start();
    return std::unique_ptr<Recorder>(new Recorder(std::move(intake), std::move(thread)));
}

Recorder::Recorder(std::unique_ptr<Intake> intake, std::unique_ptr<RecorderThread> thread)
    : intake_(std::move(intake)), thread_(std::move(thread))
{
}

Recorder::~Recorder() = default; // the thread goes first, and finishes before it does

bool Recorder::watched() const
{
    return thread_->somebody_watches();
}

void Recorder::finish()
{
    thread_->finish();
}

std::string Recorder::problem() const
{
    return thread_->problem();
}

RecorderTotals Recorder::totals() const
{
    return thread_->totals();
}

} // namespace ringside::stream
