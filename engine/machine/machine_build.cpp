// Wiring a machine, straight down: memory, devices, image, backend, vCPU; then telling the stream what
// was built. The run loop is in machine.cpp.
#include "engine/machine/loader.hpp"
#include "engine/machine/machine.hpp"

namespace ringside::machine {

namespace {

devices::StandardConfig device_config(Options const& options, ConsoleOutput output,
                                      std::function<std::optional<std::uint8_t>()> input)
{
    devices::StandardConfig config;
    config.console_output = std::move(output);
    config.console_input = std::move(input);
    config.clock.memory_bytes = options.memory_bytes;
    return config;
}

trace::SlotKind told_kind(memory::SlotKind kind)
{
    switch (kind) {
    case memory::SlotKind::ram:
        return trace::SlotKind::ram;
    case memory::SlotKind::read_only:
        return trace::SlotKind::read_only;
    case memory::SlotKind::unmapped:
        return trace::SlotKind::unmapped;
    }
    return trace::SlotKind::unmapped;
}

} // namespace

Machine::Machine(Options options, Surroundings surroundings)
    : options_(options),
      surroundings_(std::move(surroundings)),
      held_(surroundings_.sink, surroundings_.replayed, surroundings_.output),
      tracer_(options_.history_bytes != 0 && surroundings_.sink != nullptr ? &held_
                                                                           : surroundings_.sink),
      ports_(trace::Space::port, tracer_),
      mmio_(trace::Space::mmio, tracer_),
      devices_(device_config(
                   options_, [this](std::uint8_t byte) { held_.print(byte); },
                   [this] { return next_input_byte(); }),
               tracer_, ports_, mmio_),
      clock_(options_.clock),
      scheduler_(tracer_),
      interrupts_(devices_.pic(), tracer_),
      traps_{ports_, mmio_, devices_},
      story_(tracer_),
      walks_(memory_, tracer_),
      stepper_(options_.walks, walks_)
{
}

Result<std::unique_ptr<Machine>> Machine::create(Options options, GuestImage const& image,
                                                 BackendFactory const& make_backend,
                                                 Surroundings surroundings,
                                                 Beginning const* beginning)
{
    std::unique_ptr<Machine> machine(new Machine(options, std::move(surroundings)));
    TRY(machine->build(image, make_backend, beginning));
    return machine;
}

Result<void> Machine::build(GuestImage const& image, BackendFactory const& make_backend,
                            Beginning const* beginning)
{
    x86::CpuState at_start;
    if (beginning != nullptr) {
        TRY(beginning->fill_memory(memory_));
        typed_.assign(beginning->typed.begin(), beginning->typed.end());
    } else {
        TRY(add_standard_slots(memory_, options_.memory_bytes));
        at_start = TRY(load(image, memory_));
    }
    backend_ = TRY(make_backend(memory_, tracer_));
    vcpu_ = TRY(backend_->create_vcpu(VcpuId(0)));
    TRY(beginning != nullptr ? go_on(image, beginning->state) : start(image, at_start));
    return begin_history();
}

Result<void> Machine::start(GuestImage const& image, x86::CpuState const& state)
{
    TRY(vcpu_->set_state(state));
    announce(image);
    scheduler_.add(VcpuId(0), *vcpu_, clock_.now());
    return keyframe();
}

/// The new stream first learns what the old one knew.
Result<void> Machine::go_on(GuestImage const& image, State const& state)
{
    if (state.scheduler.entries.size() != 1)
        return fail(Blame::input, "the saved machine has " +
                                      std::to_string(state.scheduler.entries.size()) +
                                      " virtual CPUs; this build runs machines with one");
    scheduler_.adopt(VcpuId(0), *vcpu_);
    TRY(put(state));
    announce(image);
    TRY(keyframe());
    story_.tell_known();
    return {};
}

void Machine::announce(GuestImage const& image)
{
    trace::MachineCreated created;
    created.memory_bytes = options_.memory_bytes;
    created.clock = options_.clock;
    created.backend = backend_->kind();
    created.guest = trace::Text(image.name);
    tracer_.emit(created);
    for (memory::Slot const& slot : memory_.slots()) {
        trace::SlotMapped mapped;
        mapped.gpa = slot.start.value;
        mapped.size = slot.size;
        mapped.kind = told_kind(slot.kind);
        mapped.label = trace::Text(slot.label);
        tracer_.emit(mapped);
    }
    devices_.announce(tracer_);
    for (GuestImage::Symbol const& symbol : image.symbols) {
        trace::Symbol told;
        told.address = symbol.address;
        told.text = trace::Text(symbol.name);
        tracer_.emit(told);
    }
}

} // namespace ringside::machine
