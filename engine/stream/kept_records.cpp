#include "engine/stream/kept_records.hpp"

#include <algorithm>
#include <utility>

namespace ringside::stream {

void KeptRecords::note(trace::RawRecord const& record, std::uint64_t seq)
{
    bool const is_keyframe = record.category == trace::Category::keyframe;
    bool const is_definition = record.category == trace::Category::definition ||
                               record.category == trace::Category::lifecycle;
    if (!is_keyframe && !is_definition)
        return;
    Stream& stream = streams_[record.vcpu];
    Kept kept{record.id, record.category, seq, record.time,
              std::vector<std::byte>(record.bytes.begin(), record.bytes.end())};
    if (is_keyframe) {
        note_keyframe(stream, std::move(kept));
    } else if (bytes_ + sizeof(Kept) + kept.bytes.size() <= byte_limit) {
        bytes_ += sizeof(Kept) + kept.bytes.size();
        stream.definitions.push_back(std::move(kept));
    }
}

void KeptRecords::note_keyframe(Stream& stream, Kept kept)
{
    // Registers and device states of one keyframe follow each other without anything in between.
    constexpr std::size_t most_in_a_group = 64;
    std::vector<Kept>& group = stream.keyframe;
    bool const same_group = !group.empty() && group.back().seq + 1 == kept.seq;
    if (!same_group || group.size() == most_in_a_group)
        group.clear();
    group.push_back(std::move(kept));
}

std::vector<KeptRecords::Kept const*> KeptRecords::between(Stream const& stream, std::uint64_t from,
                                                           std::uint64_t to)
{
    std::vector<Kept const*> wanted;
    for (std::vector<Kept> const* list : {&stream.definitions, &stream.keyframe})
        for (Kept const& kept : *list)
            if (kept.seq >= from && kept.seq < to)
                wanted.push_back(&kept);
    std::sort(wanted.begin(), wanted.end(),
              [](Kept const* left, Kept const* right) { return left->seq < right->seq; });
    return wanted;
}

std::vector<CatchUpChunk> KeptRecords::catch_up(std::uint8_t stream, std::uint64_t from,
                                                std::uint64_t to, trace::DropReason reason,
                                                DropCounters const& dropped) const
{
    auto const found = streams_.find(stream);
    std::vector<Kept const*> const wanted =
        found == streams_.end() ? std::vector<Kept const*>{} : between(found->second, from, to);

    std::vector<CatchUpChunk> chunks;
    ChunkBuilder builder(stream, from);
    std::uint64_t lost = 0;
    std::uint64_t time = 0;
    auto const tell_gap = [&](std::uint64_t up_to) {
        lost += up_to - builder.next_seq();
        builder.append_gap(up_to, time, reason);
    };
    auto const close = [&] {
        chunks.push_back(CatchUpChunk{builder.seal(dropped, nullptr), std::exchange(lost, 0)});
    };
    for (Kept const* kept : wanted) {
        time = kept->time;
        tell_gap(kept->seq);
        builder.append(trace::RawRecord{kept->id, stream, kept->category, time, kept->bytes},
                       std::nullopt);
        if (builder.full())
            close();
    }
    tell_gap(to);
    if (!builder.empty())
        close();
    return chunks;
}

} // namespace ringside::stream
