// What the data panels show: code, memory, page tables, devices, layers; without a window.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"
#include "visualizer/model/code_view.hpp"
#include "visualizer/model/device_view.hpp"
#include "visualizer/model/disassembly.hpp"
#include "visualizer/model/layers.hpp"
#include "visualizer/model/memory_view.hpp"
#include "visualizer/model/table_view.hpp"

#include <algorithm>

using namespace ringside;
using namespace ringside::visualizer;

namespace {

Session with_story(story::Options const& options = {})
{
    Session session;
    std::vector<trace::Record> const records = story::records(options);
    session.assume(options.backend);
    session.append(records);
    return session;
}

MomentIndex row_where(Session const& session, std::uint64_t address, std::uint64_t value)
{
    Moments const& moments = session.trace().moments();
    for (MomentIndex row = 0; row < moments.size(); ++row)
        if (moments[row].address == address && moments[row].value == value)
            return row;
    return no_moment;
}

CodeView code_at_focus(Session const& session)
{
    return code_view(session.trace(), session.moment(), session.as_of(), session.registers_now());
}

CodeLine const& line_at(CodeView const& view, std::uint64_t address)
{
    return *std::find_if(view.lines.begin(), view.lines.end(),
                         [&](CodeLine const& line) { return line.address == address; });
}

} // namespace

// ---------------------------------------------------------------- code

TEST_CASE("each line of code counts the exits at its address until now, and in all")
{
    Session session = with_story();
    session.focus_moment(row_where(session, 0x3f8, 'e'), FocusHistory::Move::jump);
    CodeView const view = code_at_focus(session);
    CodeLine const& writes = line_at(view, story::print_symbol + 0xa);
    CHECK(writes.exits_until_now == 2); // H and e
    CHECK(writes.exits == story::greeting.size() + 24);
    CHECK(writes.here);
    CHECK(writes.text == "out dx, al");
    CHECK(view.lines[view.focus].address == writes.address);
}

TEST_CASE("code that is told later is not shown earlier")
{
    Session session = with_story();
    session.focus_moment(0, FocusHistory::Move::jump);
    CHECK(code_at_focus(session).lines.empty());
    session.focus_moment(session.trace().moments().size() - 1, FocusHistory::Move::jump);
    CHECK(code_at_focus(session).lines.size() > 10);
}

TEST_CASE("the registers an instruction names stand beside it with their values")
{
    Session session = with_story();
    session.focus_moment(row_where(session, 0x3f8, 'H'), FocusHistory::Move::jump);
    CHECK(code_at_focus(session).operands == "dx 0x3f8, al 0x48");
}

TEST_CASE("a symbol stands above the first of its lines, and gaps are told in bytes")
{
    Session session = with_story();
    session.focus_moment(row_where(session, 0x3f8, 'H'), FocusHistory::Move::jump);
    CodeView const view = code_at_focus(session);
    CHECK(line_at(view, story::print_symbol).symbol == "print");
    CHECK(line_at(view, story::print_symbol + 0xa).symbol.empty());
    CHECK(line_at(view, story::print_symbol + 0xa).gap == 9); // behind one byte of IN
}

TEST_CASE("a branch knows where it leads, other instructions lead nowhere")
{
    trace::Instruction jump;
    jump.rip = 0x1000;
    jump.bytes.push(0xeb);
    jump.bytes.push(0x10);
    CHECK(branch_target(jump) == 0x1012);
    trace::Instruction halt;
    halt.bytes.push(0xf4);
    CHECK_FALSE(branch_target(halt).has_value());
}

// ---------------------------------------------------------------- memory

TEST_CASE("physical memory shows the table entries that walks read, and nothing else")
{
    Session session = with_story();
    RecordIndex const walk = session.trace().walks().front();
    CHECK(memory_rows(session.trace(), MemorySpace::physical, walk - 1).empty());
    auto const rows = memory_rows(session.trace(), MemorySpace::physical, walk);
    REQUIRE(rows.size() == 4);
    CHECK(rows[0].address == 0x1800); // PML4 entry 256
    CHECK(rows[0].bytes[0].value == 0x23);
    CHECK(rows[0].bytes[1].value == 0x20);
    CHECK(rows[0].bytes[0].teller == walk);
    CHECK_FALSE(rows[0].bytes[8].known);
    CHECK(rows[0].place == "slot \"low RAM\"");
    CHECK(rows[1].gap > 0);
}

TEST_CASE("bytes that a walk read with another value before are marked")
{
    Session session = with_story();
    auto const& walks = session.trace().walks();
    // A refused write and, after the guest repaired its table, the same walk again.
    auto const changed_at = [&](RecordIndex now) {
        auto const rows = memory_rows(session.trace(), MemorySpace::physical, now);
        std::size_t changed = 0;
        for (MemoryRow const& row : rows)
            changed += static_cast<std::size_t>(
                std::count_if(row.bytes.begin(), row.bytes.end(),
                              [](MemoryByte const& byte) { return byte.changed; }));
        return changed;
    };
    REQUIRE(walks.size() >= 3);
    CHECK(changed_at(walks[1]) == 0);
    CHECK(changed_at(walks[2]) == 1); // 0x21 became 0x63
}

TEST_CASE("an address is a sum of registers, symbols and numbers")
{
    Session session = with_story();
    session.focus_moment(row_where(session, 0x3f8, 'H'), FocusHistory::Move::jump);
    auto const address = [&](std::string_view text) {
        auto const parsed = parse_place(text, session.trace(), session.registers_now());
        return parsed.place ? parsed.place->address : 0xbad;
    };
    CHECK(address("rsp") == story::high_half + 0x7c00);
    CHECK(address("rsp + 8") == story::high_half + 0x7c08);
    CHECK(address("print+0x10-16") == story::print_symbol);
    CHECK(address("gpa:0x3000") == 0x3000);
    CHECK(parse_place("gpa:0x3000", session.trace(), {}).place->space == MemorySpace::physical);
    CHECK(parse_place("cr3", session.trace(), session.registers_now()).place->space ==
          MemorySpace::physical);
    for (std::string_view const wrong : {"", "gpa:", "nobody", "rsp+", "0x", "12z"})
        CHECK_FALSE(parse_place(wrong, session.trace(), session.registers_now()).place);
    CHECK_FALSE(parse_place("nobody", session.trace(), {}).problem.empty());
}

// ---------------------------------------------------------------- page tables

TEST_CASE("a page table shows the entries that are known and the one the walk used")
{
    Session session = with_story();
    RecordIndex const record = session.trace().walks().front();
    auto const walk = session.trace().records().get<trace::PageWalk>(record);
    Ladder const drawn = ladder(*walk, session.trace().catalogue());
    TablePicture const picture = table_picture(session.trace(), *walk, drawn.rungs[0], record);
    CHECK(picture.name == "PML4");
    CHECK(picture.gpa == 0x1000);
    CHECK(picture.focus == 256);
    REQUIRE(picture.cells.size() == 512);
    CHECK(picture.cells[256].known);
    CHECK(picture.cells[256].present);
    CHECK_FALSE(picture.cells[255].known);
}

TEST_CASE("the bits in which an entry differs from its last reading are marked")
{
    Session session = with_story();
    RecordIndex const record = session.trace().walks().at(2);
    auto const walk = session.trace().records().get<trace::PageWalk>(record);
    Ladder drawn = ladder(*walk, session.trace().catalogue());
    mark_changes(drawn, session.trace(), record);
    CHECK_FALSE(drawn.rungs[2].before.has_value());
    REQUIRE(drawn.rungs[3].before == 0x51021);
    std::string changed;
    for (EntryBit const& bit : drawn.rungs[3].bits)
        changed += bit.changed ? std::string(1, bit.letter) : "";
    CHECK(changed == "WD"); // 0x51021 to 0x51063
}

// ---------------------------------------------------------------- devices

TEST_CASE("a device's registers tell their last access and how often they were used")
{
    Session session = with_story();
    MomentIndex const row = row_where(session, 0x3f8, 'e');
    DeviceBoard const board =
        device_board(session.trace(), 0, row, session.trace().moments()[row].last);
    CHECK(board.name == "COM1");
    CHECK(board.place == "port 0x3f8 to 0x3ff");
    REQUIRE(board.rows.size() == 3);
    DeviceRow const& sent = board.rows[1];
    CHECK(sent.name == "THR");
    CHECK(sent.writes == 2);
    CHECK(sent.reads == 0);
    CHECK(sent.value == 'e');
    CHECK(sent.last_was_write);
    CHECK(sent.now);
    DeviceRow const& status = board.rows[2];
    CHECK(status.reads == 2);
    CHECK_FALSE(status.now);
    CHECK(std::count_if(status.bits.begin(), status.bits.end(),
                        [](DeviceBit const& bit) { return bit.set; }) == 2); // 0x60
    CHECK(board.rows[0].last == no_record);
}

TEST_CASE("the rate of a device counts each of its accesses once")
{
    Session session = with_story();
    RecordIndex const end = session.trace().records().size() - 1;
    DeviceBoard const board = device_board(session.trace(), 0, 5, end);
    std::uint64_t sum = 0;
    for (std::uint32_t const count : board.rate)
        sum += count;
    CHECK(sum == board.accesses);
    CHECK(sum == session.trace().occurrences().accesses_of(0).size());
}

TEST_CASE("a row without a device shows the one that was used last")
{
    Session session = with_story();
    MomentIndex row = row_where(session, 0x3f8, 'H');
    CHECK(shown_device(session.trace(), row, session.trace().moments()[row].last) == 0);
    while (session.trace().moments()[row].kind != trace::ExitKind::halt)
        ++row;
    CHECK(shown_device(session.trace(), row, session.trace().moments()[row].last) == 5);
}

// ---------------------------------------------------------------- layers

TEST_CASE("the layer that acts in the focused sub-step is the only active one of each stack")
{
    Session session = with_story();
    session.focus_moment(row_where(session, 0x3f8, 'H'), FocusHistory::Move::jump);
    for (std::size_t step = 0; step <= session.inspection().steps.size(); ++step) {
        session.focus_step(step);
        LayerBoard const board = layer_board(session);
        REQUIRE(board.stacks.size() == 2);
        for (LayerStack const& stack : board.stacks)
            CHECK(std::count_if(stack.layers.begin(), stack.layers.end(),
                                [](Layer const& layer) { return layer.active; }) == 1);
    }
    session.focus_step(0);
    CHECK(layer_board(session).stacks[0].layers[0].active); // the guest
}

TEST_CASE("the machine's life is followed from its creation to its end")
{
    Session session = with_story();
    auto const current = [&] {
        LayerBoard const board = layer_board(session);
        for (LifeState const& state : board.life)
            if (state.current)
                return state.name;
        return std::string_view("none");
    };
    session.focus_moment(row_where(session, 0x3f8, 'H'), FocusHistory::Move::jump);
    CHECK(current() == "running");
    MomentIndex row = session.moment();
    while (session.trace().moments()[row].kind != trace::ExitKind::halt)
        ++row;
    session.focus_moment(row, FocusHistory::Move::jump);
    CHECK(current() == "blocked");
    session.focus_moment(session.trace().moments().size() - 1, FocusHistory::Move::jump);
    CHECK(current() == "stopped");
}

TEST_CASE("a machine in software has no kernel among its layers")
{
    Session session = with_story({.backend = trace::BackendKind::unicorn});
    LayerBoard const board = layer_board(session);
    for (Layer const& layer : board.stacks[0].layers)
        CHECK(layer.name.find("KVM") == std::string_view::npos);
}
