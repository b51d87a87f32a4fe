#include "tests/visualizer/story.hpp"

#include <utility>

#include "engine/trace/memory_sink.hpp"

namespace ringside::visualizer::story {

namespace {

using trace::Direction;
using trace::ExitKind;
using trace::Register;
using trace::VerdictKind;

enum Device : std::uint8_t { com1 = 0, pic, pit, rtc, exit_port, teach, window };

// Machine code of the instructions the guest exits with.
std::vector<std::uint8_t> const out_dx_al = {0xee};
std::vector<std::uint8_t> const in_al_dx = {0xec};
std::vector<std::uint8_t> const hlt = {0xf4};
std::vector<std::uint8_t> const mov_from_window = {0x48, 0x8b, 0x43, 0x10};
std::vector<std::uint8_t> const mov_to_window = {0x48, 0x89, 0x43, 0x10};
std::vector<std::uint8_t> const rdmsr = {0x0f, 0x32};

class Teller {
public:
    Teller(trace::Sink& sink, Options const& options) : tracer_(&sink), options_(options) {}

    void tell()
    {
        define_the_machine();
        start_in_real_mode();
        reach_long_mode();
        name_things();
        for (char letter : greeting)
            print(letter);
        program_the_timer();
        for (unsigned round = 0; round < options_.rounds; ++round)
            tick(round);
        if (options_.ends)
            finish();
    }

private:
    bool on_kvm() const { return options_.backend == trace::BackendKind::kvm; }
    std::uint64_t& reg(Register which) { return now_[static_cast<std::size_t>(which)]; }
    void pass(std::uint64_t nanoseconds) { tracer_.set_time(VirtualTime(time_ += nanoseconds)); }

    // ------------------------------------------------------------ definitions

    void device(Device number, trace::Space space, std::uint64_t base, std::uint64_t size,
                std::string_view label)
    {
        tracer_.emit(trace::DeviceDefined{number, space, base, size, label});
    }
    void a_register(Device number, std::uint16_t offset, trace::Access access,
                    std::string_view label)
    {
        tracer_.emit(trace::RegisterDefined{number, offset, access, label});
    }

    void define_the_machine()
    {
        using trace::Access;
        using trace::Space;
        tracer_.emit(trace::MachineCreated{16 << 20, trace::Clock::exits, options_.backend, 1,
                                           std::string_view("hello-long")});
        tracer_.emit(
            trace::SlotMapped{0, 0xf0000, trace::SlotKind::ram, std::string_view("low RAM")});
        tracer_.emit(trace::SlotMapped{0xf0000, 0x10000, trace::SlotKind::read_only,
                                       std::string_view("ROM")});
        tracer_.emit(
            trace::SlotMapped{0x100000, 0xf00000, trace::SlotKind::ram, std::string_view("RAM")});
        device(com1, Space::port, 0x3f8, 8, "COM1");
        device(pic, Space::port, 0x20, 2, "PIC");
        device(pic, Space::port, 0xa0, 2, "PIC");
        device(pit, Space::port, 0x40, 4, "PIT");
        device(exit_port, Space::port, 0xf4, 1, "exit port");
        device(teach, Space::port, 0x510, 12, "teaching port");
        device(window, Space::mmio, 0xd0000000, 0x1000, "MMIO window");
        a_register(com1, 0, Access::read_only, "RBR: Receiver Buffer Register");
        a_register(com1, 0, Access::write_only, "THR: Transmitter Holding Register");
        a_register(com1, 5, Access::read_only, "LSR: Line Status Register");
        a_register(pic, 0, Access::read_write, "CMD: Command Register, primary");
        a_register(pic, 1, Access::read_write, "IMR: Interrupt Mask Register, primary");
        a_register(pit, 0, Access::read_write, "CNT0: Counter 0");
        a_register(pit, 3, Access::write_only, "MODE: Mode Register");
        a_register(teach, 0, Access::read_write, "COMMAND: what to tell");
        a_register(teach, 1, Access::write_only, "TEXT: one letter of it");
        a_register(window, 0x10, Access::read_write, "SUM: adds what is written");
        a_register(window, 0x18, Access::read_only, "COUNT: accesses so far");
    }

    // ------------------------------------------------------------ registers

    void set_segment(Register selector, std::uint16_t value, std::uint64_t limit,
                     std::uint64_t rights)
    {
        auto const first = static_cast<std::size_t>(selector);
        now_[first] = value;
        now_[first + 2] = limit;
        now_[first + 3] = rights;
    }
    void set_all_data_segments(std::uint16_t selector, std::uint64_t limit, std::uint64_t rights)
    {
        for (Register const which :
             {Register::es_selector, Register::ss_selector, Register::ds_selector,
              Register::fs_selector, Register::gs_selector})
            set_segment(which, selector, limit, rights);
    }

    void keyframe()
    {
        trace::Keyframe frame;
        for (std::uint64_t const value : now_)
            frame.values.push(value);
        tracer_.emit(frame);
        told_ = now_;
    }

    void tell_changes()
    {
        trace::RegistersChanged change;
        for (std::size_t number = 0; number < trace::register_count; ++number) {
            if (now_[number] == told_[number])
                continue;
            change.mask |= std::uint64_t{1} << number;
            change.values.push(now_[number]);
        }
        told_ = now_;
        if (change.mask != 0)
            tracer_.emit(change);
    }

    // ------------------------------------------------------------ one exit

    void instruction(std::uint64_t rip, std::vector<std::uint8_t> const& bytes)
    {
        for (std::uint64_t const known : known_instructions_)
            if (known == rip)
                return;
        known_instructions_.push_back(rip);
        trace::Instruction event;
        event.rip = rip;
        event.code_size =
            reg(Register::cr0) == 0x10 ? trace::CodeSize::bits16 : trace::CodeSize::bits64;
        for (std::uint8_t const byte : bytes)
            event.bytes.push(byte);
        tracer_.emit(event);
    }

    template <typename Inside>
    void exit(trace::ExitBegin begin, std::vector<std::uint8_t> const& bytes, VerdictKind verdict,
              std::uint64_t answer, Inside inside)
    {
        pass(1000);
        std::uint64_t const began = tracer_.next_seq();
        begin.rip = reg(Register::rip);
        begin.length = static_cast<std::uint8_t>(bytes.size());
        tracer_.emit(begin);
        if (!bytes.empty())
            instruction(begin.rip, bytes);
        inside();
        reg(Register::rip) += bytes.size();
        tell_changes();
        tracer_.emit(trace::ExitEnd{verdict, answer, reg(Register::rip), began});
    }

    trace::ExitBegin access(ExitKind kind, std::uint64_t address, std::uint8_t width,
                            std::uint64_t value)
    {
        trace::ExitBegin begin;
        begin.kind = kind;
        begin.address = address;
        begin.width = width;
        begin.value = value;
        return begin;
    }

    template <typename Inside>
    void out(std::uint16_t port, std::uint8_t value, Inside inside)
    {
        reg(Register::rax) = value;
        reg(Register::rdx) = port;
        exit(access(ExitKind::port_out, port, 1, value), out_dx_al, VerdictKind::resume, 0, inside);
    }
    void out_to(Device number, std::uint16_t offset, std::uint16_t port, std::uint8_t value)
    {
        out(port, value, [&] { take(number, offset, 1, value); });
    }
    void take(Device number, std::uint16_t offset, std::uint8_t width, std::uint64_t value)
    {
        tracer_.emit(trace::DeviceAccess{number, width, Direction::write, offset, value});
    }

    void in(Device number, std::uint16_t offset, std::uint16_t port, std::uint8_t value)
    {
        reg(Register::rdx) = port;
        exit(access(ExitKind::port_in, port, 1, 0), in_al_dx, VerdictKind::answer, value, [&] {
            tracer_.emit(trace::DeviceAccess{number, 1, Direction::read, offset, value});
            reg(Register::rax) = value;
        });
    }

    void print(char letter)
    {
        reg(Register::rip) = print_symbol;
        in(com1, 5, 0x3fd, 0x60);
        reg(Register::rip) = print_symbol + 0xa;
        reg(Register::rsi) += 1;
        out(0x3f8, static_cast<std::uint8_t>(letter), [&] {
            take(com1, 0, 1, static_cast<std::uint8_t>(letter));
            tracer_.emit(trace::ConsoleByte{Direction::write, static_cast<std::uint8_t>(letter)});
        });
    }

    // ------------------------------------------------------------ the guest's life

    void start_in_real_mode()
    {
        reg(Register::rip) = 0x7c00;
        reg(Register::rsp) = 0x7c00;
        reg(Register::rflags) = 2;
        reg(Register::cr0) = 0x10;
        set_segment(Register::cs_selector, 0, 0xffff, 0x9b);
        set_all_data_segments(0, 0xffff, 0x93);
        set_segment(Register::tr_selector, 0, 0xffff, 0x8b);
        set_segment(Register::ldtr_selector, 0, 0xffff, 0x82);
        keyframe();
        out(0x80, 1, [&] {
            tracer_.emit(trace::Unclaimed{trace::Space::port, Direction::write, 1, 0x80, 1});
        });
    }

    void reach_long_mode()
    {
        if (!on_kvm()) {
            tracer_.emit(trace::Emulated{0x7c10, std::string_view("lgdt [0x7c80]")});
            tracer_.emit(trace::Emulated{0x7c20, std::string_view("mov cr0, eax")});
        }
        reg(Register::cr0) = 0x80010011;
        reg(Register::cr3) = 0x1000;
        reg(Register::cr4) = 0x20;
        reg(Register::efer) = 0xd00;
        reg(Register::gdtr_base) = 0x500;
        reg(Register::gdtr_limit) = 0x37;
        reg(Register::rsp) = high_half + 0x7c00;
        set_segment(Register::cs_selector, 0x10, 0xffffffff, 0xa09b);
        set_all_data_segments(0x18, 0xffffffff, 0xc093);
        reg(Register::rip) = high_half + 0x12000;
        out(0x80, 2, [&] {
            tracer_.emit(trace::Unclaimed{trace::Space::port, Direction::write, 1, 0x80, 2});
            tracer_.emit(trace::ModeChanged{trace::CpuMode::real, trace::CpuMode::long64});
        });
        walk(high_half + 0x12000, 0x32000, trace::WalkAccess::fetch, 0x32023);
    }

    void walk(std::uint64_t gva, std::uint64_t gpa, trace::WalkAccess access, std::uint64_t leaf,
              trace::WalkProblem problem = trace::WalkProblem::none)
    {
        trace::PageWalk event;
        event.origin = on_kvm() ? trace::WalkOrigin::reconstructed : trace::WalkOrigin::observed;
        event.access = access;
        event.paging = trace::PagingMode::level4;
        event.ok = problem == trace::WalkProblem::none;
        event.problem = problem;
        event.error_code = event.ok ? 0 : 3;
        event.gva = gva;
        event.gpa = event.ok ? gpa : 0;
        event.cr3 = 0x1000;
        event.steps.push({0x1000 + ((gva >> 39) & 511) * 8, 0x2023});
        event.steps.push({0x2000 + ((gva >> 30) & 511) * 8, 0x3023});
        event.steps.push({0x3000 + ((gva >> 21) & 511) * 8, 0x4023});
        event.steps.push({0x4000 + ((gva >> 12) & 511) * 8, leaf});
        tracer_.emit(event);
    }

    void name_things()
    {
        auto const symbol = [&](std::uint64_t address, std::string_view name) {
            out(0x510, 2, [&] {
                take(teach, 0, 1, 2);
                tracer_.emit(trace::Symbol{address, name});
            });
        };
        symbol(high_half + 0x12000, "start");
        symbol(print_symbol, "print");
        symbol(high_half + 0x12080, "wait_for_tick");
        symbol(high_half + 0x120c0, "on_tick");
        symbol(high_half + 0x12100, "add_up");
        marker("long mode reached");
    }

    void marker(std::string_view text)
    {
        out(0x510, 1, [&] {
            take(teach, 0, 1, 1);
            tracer_.emit(trace::Marker{text});
        });
    }

    void program_the_timer()
    {
        reg(Register::rip) = high_half + 0x12020;
        out_to(pic, 0, 0x20, 0x11);
        out_to(pic, 1, 0x21, 0x20);
        out_to(pic, 1, 0x21, 0x04);
        out_to(pic, 1, 0x21, 0x01);
        out_to(pit, 3, 0x43, 0x34);
        out_to(pit, 0, 0x40, 0x9c);
        out_to(pit, 0, 0x40, 0x2e);
        marker("timer runs");
    }

    void halt()
    {
        reg(Register::rip) = high_half + 0x12080;
        trace::ExitBegin begin;
        begin.kind = ExitKind::halt;
        exit(begin, hlt, VerdictKind::park, 0, [] {});
        tracer_.emit(trace::Scheduling{trace::SchedulingStep::halted, 0, 0});
    }

    void tick(unsigned round)
    {
        halt();
        pass(9'940'000);
        tracer_.emit(trace::LineChanged{0, true});
        tracer_.emit(trace::Scheduling{trace::SchedulingStep::woken, 1, 9'940'000});
        if (round % 6 == 5)
            tracer_.emit(trace::InterruptPending{0, trace::NotNow::interrupts_off});
        tracer_.emit(trace::InterruptInjected{0, 0x20});
        if (!on_kvm())
            tracer_.emit(
                trace::Delivered{0x20, false, 0, reg(Register::rip), high_half + 0x120c0, 0});
        reg(Register::rflags) = 0x202 ^ (round % 2 == 0 ? 0x44 : 0);
        if (round % 4 == 1)
            touch_the_window(round);
        if (round % 8 == 7)
            fault(round);
        if (round == 3)
            read_an_msr();
        print(static_cast<char>('0' + round % 10));
        reg(Register::rip) = high_half + 0x120d0;
        out(0x20, 0x20, [&] {
            take(pic, 0, 1, 0x20);
            tracer_.emit(trace::EndOfInterrupt{0});
        });
        tracer_.emit(trace::LineChanged{0, false});
        if (round % 10 == 9)
            keyframe();
    }

    void touch_the_window(unsigned round)
    {
        reg(Register::rbx) = 0xd0000000;
        reg(Register::rip) = high_half + 0x12100;
        reg(Register::rcx) = round * 3;
        exit(access(ExitKind::mmio_write, 0xd0000010, 8, round * 3), mov_to_window,
             VerdictKind::resume, 0, [&] {
                 take(window, 0x10, 8, round * 3);
                 sum_ += round * 3;
             });
        exit(access(ExitKind::mmio_read, 0xd0000010, 8, 0), mov_from_window, VerdictKind::answer,
             sum_, [&] {
                 tracer_.emit(trace::DeviceAccess{window, 8, Direction::read, 0x10, sum_});
                 reg(Register::rax) = sum_;
             });
    }

    void fault(unsigned round)
    {
        std::uint64_t const address = high_half + 0x20000 + round * 0x1000;
        walk(address, 0, trace::WalkAccess::write, 0x51021, trace::WalkProblem::write_protected);
        reg(Register::cr2) = address;
        if (!on_kvm())
            tracer_.emit(
                trace::Delivered{14, true, 3, high_half + 0x12140, high_half + 0x12180, address});
        walk(address, 0x51000, trace::WalkAccess::write, 0x51063);
    }

    void read_an_msr()
    {
        reg(Register::rcx) = 0x1a0;
        exit(access(ExitKind::msr_read, 0x1a0, 8, 0), rdmsr, VerdictKind::answer, 0x850089, [&] {
            reg(Register::rax) = 0x850089;
            reg(Register::rdx) = 0;
        });
    }

    void finish()
    {
        marker("all done");
        exit(access(ExitKind::port_out, 0xf4, 1, 0), out_dx_al, VerdictKind::stop, 0,
             [&] { take(exit_port, 0, 1, 0); });
        keyframe();
        tracer_.emit(trace::MachineStopped{trace::StopCause::guest_exit, 0,
                                           std::string_view("the guest wrote 0 to its exit port")});
    }

    trace::Tracer tracer_;
    Options options_;
    std::uint64_t time_ = 0;
    std::uint64_t sum_ = 0;
    trace::RegisterFile now_{};
    trace::RegisterFile told_{};
    std::vector<std::uint64_t> known_instructions_;
};

// What a recorder leaves when it could not keep up: one record that tells of the gap.
void lose(std::vector<trace::Record>& records, std::size_t from, std::size_t count)
{
    records[from].event = trace::Dropped{records[from].seq, count, trace::DropReason::ring_full};
    auto const first = records.begin() + static_cast<std::ptrdiff_t>(from) + 1;
    records.erase(first, first + static_cast<std::ptrdiff_t>(count) - 1);
}

} // namespace

void tell(trace::Sink& sink, Options const& options)
{
    Teller(sink, options).tell();
}

std::vector<trace::Record> records(Options const& options)
{
    trace::MemorySink sink;
    tell(sink, options);
    std::vector<trace::Record> records = sink.take();
    if (options.lose_some)
        lose(records, records.size() / 2, 120);
    // An exit costs about ten microseconds on the host, and not always the same.
    std::uint64_t host = 1000;
    std::uint64_t salt = 1;
    for (trace::Record& record : records) {
        salt = salt * 6364136223846793005 + 1442695040888963407;
        bool const ends = std::holds_alternative<trace::ExitEnd>(record.event);
        host += ends ? 7'000 + (salt >> 52) : 200;
        record.host = host;
    }
    return records;
}

} // namespace ringside::visualizer::story
