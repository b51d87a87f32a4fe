#include "visualizer/model/layers.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace ringside::visualizer {

namespace {

// Whose turn it is: the guest's own when no exit is being looked at.
struct Turn {
    std::optional<Actor> actor;
    std::array<bool, actor_count> takes_part{};

    bool is(Actor which) const { return actor == which; }
    bool has(Actor which) const { return takes_part[static_cast<std::size_t>(which)]; }
};

Turn turn_of(Session const& session)
{
    Turn turn;
    std::vector<Step> const& steps = session.inspection().steps;
    for (Step const& step : steps)
        turn.takes_part[static_cast<std::size_t>(step.actor)] = true;
    std::size_t const step = session.focus().step;
    if (step > 0 && step <= steps.size())
        turn.actor = steps[step - 1].actor;
    return turn;
}

Layer layer(std::string_view name, std::string_view role, Turn const& turn, Actor actor)
{
    return {name, role, turn.is(actor), turn.has(actor)};
}

LayerStack here(Turn const& turn, bool on_kvm)
{
    LayerStack stack{on_kvm ? "Here: Type 2, KVM" : "Here: Type 2, in software", {}};
    stack.layers.push_back(
        {"Guest program", "runs until something needs the VMM", !turn.actor, true});
    stack.layers.push_back(layer("Device models", "answer ports and MMIO", turn, Actor::device));
    stack.layers.push_back(
        layer("Ringside, our VMM", "a process: traps, buses, scheduler", turn, Actor::vmm));
    if (on_kvm) {
        stack.layers.push_back(
            layer("Linux with KVM", "enters the guest, takes the exit", turn, Actor::kernel));
        stack.layers.push_back(
            layer("CPU with VT-x or AMD-V", "runs the guest, exits", turn, Actor::cpu));
    } else {
        stack.layers.push_back(layer("Software CPU (Unicorn, engine/x86)",
                                     "translates, stops at what is sensitive", turn, Actor::cpu));
        stack.layers.push_back({"Linux and the real CPU", "see an ordinary process", false, false});
    }
    return stack;
}

// The same work, divided as a bare-metal hypervisor does.
LayerStack elsewhere(Turn const& turn)
{
    bool const below = turn.is(Actor::vmm) || turn.is(Actor::kernel);
    return {
        "Elsewhere: Type 1, bare metal",
        {{"Guest", "as here", !turn.actor, true},
         layer("Service guest or driver domain", "device models and drivers", turn, Actor::device),
         {"Hypervisor", "kernel and VMM in one: no crossing between them", below,
          turn.has(Actor::vmm) || turn.has(Actor::kernel)},
         layer("CPU with VT-x or AMD-V", "as here", turn, Actor::cpu)}};
}

std::size_t count_crossings(std::vector<Step> const& steps)
{
    std::size_t count = 0;
    for (std::size_t next = 1; next < steps.size(); ++next)
        count += steps[next].actor != steps[next - 1].actor ? 1 : 0;
    return count;
}

// The first record with this event id at or before the end of the first few thousand.
template <typename E>
RecordIndex first_of(TraceModel const& model, RecordIndex from)
{
    constexpr RecordIndex far_enough = 4000;
    RecordIndex const end = std::min<RecordIndex>(model.records().size(), from + far_enough);
    for (RecordIndex index = from; index < end; ++index)
        if (model.records().head(index).id == E::id)
            return index;
    return no_record;
}

std::vector<LifeState> life_of(Session const& session)
{
    TraceModel const& model = session.trace();
    bool const kvm = model.catalogue().on_kvm();
    Moment const& moment = model.moments()[session.moment()];
    RecordIndex const created = first_of<trace::MachineCreated>(model, 0);
    RecordIndex const mapped = first_of<trace::SlotMapped>(model, 0);
    RecordIndex const keyed = first_of<trace::Keyframe>(model, 0);
    RecordIndex const ran = first_of<trace::ExitBegin>(model, 0);
    bool const parked = moment.is_exit() && moment.verdict == trace::VerdictKind::park;
    bool const ended = moment.event == trace::MachineStopped::id;
    RecordIndex const last = model.moments()[model.moments().size() - 1].first;
    RecordIndex const stop = model.stopped() ? last : no_record;
    bool const paused = session.connection == Connection::paused;
    return {
        {"created", kvm ? "KVM_CREATE_VM, KVM_CREATE_VCPU" : "uc_open", created,
         moment.last < mapped},
        {"configured", kvm ? "KVM_SET_USER_MEMORY_REGION" : "uc_mem_map_ptr", mapped,
         mapped != no_record && moment.last >= mapped && moment.last < keyed},
        {"runnable", kvm ? "KVM_SET_SREGS, KVM_SET_REGS" : "uc_reg_write", keyed,
         keyed != no_record && moment.last >= keyed && moment.last < ran},
        {"running", kvm ? "KVM_RUN" : "uc_emu_start", ran,
         ran != no_record && moment.last >= ran && !parked && !ended && !paused},
        {"blocked", "HLT: parked until an interrupt", parked ? moment.first : no_record, parked},
        {"paused", "a controller asked", paused ? last : no_record, paused && !parked},
        {"stopped", kvm ? "close of the VM's descriptor" : "uc_close", stop, ended},
    };
}

} // namespace

LayerBoard layer_board(Session const& session)
{
    LayerBoard board;
    Turn const turn = turn_of(session);
    board.stacks = {here(turn, session.trace().catalogue().on_kvm()), elsewhere(turn)};
    board.crossings = count_crossings(session.inspection().steps);
    board.cost = session.trace().moments()[session.moment()].cost;
    board.life = life_of(session);
    return board;
}

} // namespace ringside::visualizer
