// Everything the window names is explained, and the explanations lead to examples.
#include "tests/catch.hpp"
#include "tests/visualizer/story.hpp"

#include <set>

#include <fmt/format.h>

#include "engine/devices/set.hpp"
#include "engine/trace/memory_sink.hpp"
#include "engine/trace/schema.hpp"
#include "visualizer/model/command.hpp"
#include "visualizer/model/cpu_view.hpp"
#include "visualizer/model/examples.hpp"
#include "visualizer/model/exit_class.hpp"
#include "visualizer/model/glossary.hpp"
#include "visualizer/model/term_of.hpp"
#include "visualizer/model/walk_ladder.hpp"

using namespace ringside;
using namespace ringside::visualizer;

namespace {

// "theme.name" for each number of an enumeration, as far as it has names.
template <typename Enumeration>
std::vector<std::string> ids(std::string_view theme)
{
    std::vector<std::string> result;
    for (unsigned number = 0; number < 64; ++number) {
        std::string_view const name = trace::name_of(static_cast<Enumeration>(number));
        if (name == "unknown")
            break;
        result.push_back(fmt::format("{}.{}", theme, name));
    }
    return result;
}

std::string missing(std::vector<std::string> const& wanted)
{
    std::string text;
    for (std::string const& id : wanted)
        if (find_term(id) == nullptr)
            text += id + " ";
    return text;
}

Session with_story()
{
    Session session;
    session.append(story::records());
    return session;
}

} // namespace

TEST_CASE("every kind of event is explained")
{
    std::vector<std::string> wanted;
    trace::for_each_event_type(
        [&](auto tag) { wanted.push_back(fmt::format("event.{}", decltype(tag)::type::name)); });
    CHECK(wanted.size() == std::variant_size_v<trace::Event>);
    CHECK(missing(wanted) == "");
}

TEST_CASE("every name of every enumeration of the stream is explained")
{
    CHECK(ids<trace::ExitKind>("exit").size() == 14);
    CHECK(missing(ids<trace::ExitKind>("exit")) == "");
    CHECK(missing(ids<trace::VerdictKind>("verdict")) == "");
    CHECK(missing(ids<trace::StopCause>("stop")) == "");
    CHECK(missing(ids<trace::CpuMode>("mode")) == "");
    CHECK(missing(ids<trace::PagingMode>("paging")) == "");
    CHECK(missing(ids<trace::WalkOrigin>("origin")) == "");
    CHECK(missing(ids<trace::WalkAccess>("access")) == "");
    CHECK(missing(ids<trace::WalkProblem>("problem")) == "");
    CHECK(missing(ids<trace::NotNow>("notnow")) == "");
    CHECK(missing(ids<trace::SchedulingStep>("sched")) == "");
    CHECK(missing(ids<trace::DropReason>("drop")) == "");
    CHECK(missing(ids<trace::BackendKind>("backend")) == "");
    CHECK(missing(ids<trace::Clock>("clock")) == "");
    CHECK(missing(ids<trace::SlotKind>("slot")) == "");
    CHECK(missing(ids<trace::BranchCause>("branch")) == "");
}

TEST_CASE("every exit class and every evidence tag is explained")
{
    for (ExitClass const each : all_classes)
        CHECK(find_term(fmt::format("class.{}", letter_of(each))) != nullptr);
    for (Evidence const each :
         {Evidence::observed, Evidence::derived, Evidence::emulated, Evidence::not_visible})
        CHECK(find_term(fmt::format("evidence.{}", letter_of(each))) != nullptr);
}

TEST_CASE("every bit that the CPU and page-walk panels show is explained")
{
    RegisterState const none;
    std::vector<std::string> wanted;
    for (NamedBit const& bit : cr0_bits(none, none))
        wanted.push_back(fmt::format("cr0.{}", bit.name));
    for (NamedBit const& bit : cr4_bits(none, none))
        wanted.push_back(fmt::format("cr4.{}", bit.name));
    for (NamedBit const& bit : efer_bits(none, none))
        wanted.push_back(fmt::format("efer.{}", bit.name));
    for (NamedBit const& bit : flag_bits(none, none)) // "IF, interrupts: ..."
        wanted.push_back(fmt::format("rflags.{}", bit.meaning.substr(0, 2)));
    trace::PageWalk walk;
    walk.paging = trace::PagingMode::level4;
    walk.steps.push({0x1000, 0x2003});
    for (Rung const& rung : ladder(walk, Catalogue()).rungs)
        for (EntryBit const& bit : rung.bits)
            wanted.push_back(fmt::format("entry.{}", bit.letter));
    for (EntryBit const& bit : ladder(walk, Catalogue()).error_bits)
        wanted.push_back(fmt::format("pf.{}", bit.letter));
    CHECK(wanted.size() > 35);
    CHECK(missing(wanted) == "");
}

TEST_CASE("every register of every device of the standard machine is explained")
{
    trace::MemorySink sink;
    trace::Tracer tracer(&sink);
    devices::Bus ports(trace::Space::port, tracer);
    devices::Bus mmio(trace::Space::mmio, tracer);
    devices::StandardDevices const machine({}, tracer, ports, mmio);
    machine.announce(tracer);
    std::vector<std::string> wanted;
    for (trace::RegisterDefined const& told : sink.all<trace::RegisterDefined>()) {
        std::string_view const label = told.label.text();
        wanted.push_back(fmt::format("register.{}", label.substr(0, label.find(':'))));
    }
    CHECK(wanted.size() > 30);
    CHECK(missing(wanted) == "");
}

TEST_CASE("ids are unique, sentences are one sentence, and every term says where to read on")
{
    std::set<std::string_view> seen;
    for (Term const& term : glossary()) {
        INFO(term.id);
        CHECK(seen.insert(term.id).second);
        CHECK(term.sentence.size() > 20);
        CHECK(term.sentence.back() == '.');
        CHECK(term.sentence.size() < 240);
        CHECK_FALSE(term.title.empty());
        CHECK_FALSE(term.manual.empty());
        CHECK(term.book.find('#') != std::string_view::npos);
        if (!term.example.empty() && term.example != "-")
            CHECK(find_term(term.example) != nullptr);
    }
}

TEST_CASE("the example of an exit reason is the next exit of that reason, and then the first again")
{
    Session session = with_story();
    auto const first = next_example(session, "exit.halt");
    REQUIRE(first);
    session.focus_record(*first);
    auto const second = next_example(session, "exit.halt");
    REQUIRE(second);
    CHECK(*second > *first);
    CHECK(session.trace().moments()[session.trace().moment_of(*second)].kind ==
          trace::ExitKind::halt);
    session.focus_moment(session.row_count() - 1, FocusHistory::Move::jump);
    CHECK(next_example(session, "exit.halt") == first);
}

TEST_CASE("the example of a control bit is where it changes")
{
    Session session = with_story();
    auto const place = next_example(session, "cr0.PG");
    REQUIRE(place);
    session.focus_record(*place);
    std::uint64_t const paging = 1ULL << 31;
    CHECK((session.registers_now()[trace::Register::cr0] & paging) != 0);
}

TEST_CASE("walks, errors, device registers and evidence have examples; words without one have none")
{
    Session session = with_story();
    for (std::string_view const id :
         {"entry.P", "problem.write-protected", "register.THR", "event.walk", "class.Q",
          "verdict.answer", "evidence.N", "word.EPT"}) {
        INFO(id);
        CHECK(next_example(session, id));
    }
    CHECK_FALSE(next_example(session, "word.SVM"));
    CHECK_FALSE(next_example(session, "nobody.knows"));
    CHECK_FALSE(next_example(Session(), "exit.halt"));
}

TEST_CASE("explaining opens a page, by id, by what stands behind the dot, or by words of the title")
{
    Session session = with_story();
    CommandRegistry const commands = CommandRegistry::standard();
    for (std::string_view const words : {"register.LSR", "LSR", "Line Status"}) {
        session.view.overlay = Overlay::none;
        CHECK(commands.run(session, fmt::format("explain.word {}", words)) == "");
        CHECK(session.view.overlay == Overlay::explanation);
        CHECK(session.view.explained == "register.LSR");
    }
    CHECK_FALSE(commands.run(session, "explain tartan").empty());
}

TEST_CASE("the example of what is explained moves the focus there and closes the page")
{
    Session session = with_story();
    CommandRegistry const commands = CommandRegistry::standard();
    CHECK(commands.run(session, "explain.word exit.halt") == "");
    CHECK(commands.run(session, "example.next") == "");
    CHECK(session.view.overlay == Overlay::none);
    CHECK(session.trace().moments()[session.moment()].kind == trace::ExitKind::halt);
    CHECK_FALSE(commands.run(session, "example.of word.SVM").empty());
}

TEST_CASE("the glossary prints itself as Markdown with anchors and as JSON")
{
    CHECK(glossary_markdown().find("(term-cr0-PE)=") != std::string::npos);
    CHECK(glossary_json().find("\"id\": \"exit.halt\"") != std::string::npos);
}

TEST_CASE("every row and every sub-step of a run leads to a term that is explained")
{
    for (trace::BackendKind const backend :
         {trace::BackendKind::kvm, trace::BackendKind::unicorn}) {
        Session session;
        session.assume(backend);
        session.append(story::records({.backend = backend, .lose_some = true}));
        Moments const& rows = session.trace().moments();
        std::string unexplained;
        for (MomentIndex row = 0; row < rows.size(); ++row) {
            if (find_term(term_of_row(rows[row])) == nullptr)
                unexplained += term_of_row(rows[row]) + " ";
            for (Step const& step : inspect(session.trace(), row).steps)
                if (std::string const term = term_of_step(session.trace(), rows[row], step);
                    find_term(term) == nullptr)
                    unexplained += term + " ";
        }
        CHECK(unexplained == "");
    }
}
