#include "visualizer/app/file_blocks.hpp"

namespace ringside::visualizer {

std::shared_ptr<RecordBlock const> FileBlocks::load(std::uint32_t number) const
{
    std::string ignored;
    return read(number, ignored);
}

std::shared_ptr<RecordBlock const> FileBlocks::read(std::uint32_t number,
                                                    std::string& problem) const
{
    constexpr std::size_t typical_event_bytes = 40;
    auto block = std::make_shared<RecordBlock>();
    std::size_t const count = reader_.chunk_info(number).count;
    block->reserve(count + 1, count * typical_event_bytes);
    auto const visited =
        reader_.visit_chunk(number, [&](trace::Record const& record) { block->append(record); });
    if (visited)
        return block;
    problem = visited.error().text;
    auto lost = std::make_shared<RecordBlock>();
    lost->append(reader_.unreadable(number));
    return lost;
}

} // namespace ringside::visualizer
