// Wiring a machine, straight down: memory, devices, image, backend, vCPU; then telling the stream what
// was built. The run loop is in machine.cpp.
#include "engine/machine/loader.hpp"
#include "engine/machine/machine.hpp"

namespace ringside::machine {

namespace {

devices::StandardConfig device_config(Options const& options, Surroundings const& surroundings,
                                      std::function<std::optional<std::uint8_t>()> input)
{
    devices::StandardConfig config;
    config.console_output = surroundings.output;
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
      tracer_(surroundings_.sink),
      ports_(trace::Space::port, tracer_),
      mmio_(trace::Space::mmio, tracer_),
      devices_(device_config(options_, surroundings_, [this] { return next_input_byte(); }),
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
                                                 Surroundings surroundings)
{
    std::unique_ptr<Machine> machine(new Machine(options, std::move(surroundings)));
    TRY(machine->build(image, make_backend));
    return machine;
}

Result<void> Machine::build(GuestImage const& image, BackendFactory const& make_backend)
{
    TRY(add_standard_slots(memory_, options_.memory_bytes));
    x86::CpuState const start = TRY(load(image, memory_));
    backend_ = TRY(make_backend(memory_, tracer_));
    vcpu_ = TRY(backend_->create_vcpu(VcpuId(0)));
    TRY(vcpu_->set_state(start));
    announce(image);
    scheduler_.add(VcpuId(0), *vcpu_, clock_.now());
    return keyframe();
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

Result<void> Machine::keyframe()
{
    if (!tracer_.on())
        return {};
    story_.keyframe(TRY(vcpu_->state()));
    for (devices::StandardDevices::Part const& part : devices_.devices()) {
        trace::DeviceState saved;
        saved.device = part.number;
        for (std::uint8_t const byte : part.device->save())
            saved.bytes.push(byte);
        tracer_.emit(saved);
    }
    return {};
}

bool Machine::deliver_byte()
{
    if (!devices_.has_room())
        return false;
    auto const byte = next_input_byte();
    return byte && devices_.receive(*byte);
}

} // namespace ringside::machine
