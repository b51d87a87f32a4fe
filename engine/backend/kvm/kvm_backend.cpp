// Wiring: one system, one virtual machine in it, and the vCPUs made from it. Two vCPUs share
// nothing but guest memory.
#include "engine/backend/kvm/kvm_backend.hpp"

#include "engine/backend/kvm/kvm_api.hpp"
#include "engine/backend/kvm/system.hpp"
#include "engine/backend/kvm/vcpu.hpp"
#include "engine/backend/kvm/vm.hpp"

#include <utility>

namespace ringside::kvm {

namespace {

class KvmBackend final : public backend::Backend {
public:
    KvmBackend(System system, Vm vm, memory::GuestMemory& memory, backend::Slice slice,
               Options options)
        : system_(std::move(system)),
          vm_(std::move(vm)),
          memory_(memory),
          slice_(slice),
          options_(options)
    {
        options_.sync_registers = options_.sync_registers && system_.has(KVM_CAP_SYNC_REGS);
    }

    trace::BackendKind kind() const override { return trace::BackendKind::kvm; }

    Result<std::unique_ptr<backend::Vcpu>> create_vcpu(VcpuId id) override
    {
        Fd fd = TRY(vm_.create_vcpu(id));
        Mapping run_page = TRY(Mapping::of_descriptor(fd.get(), system_.run_page_size()));
        auto vcpu =
            std::make_unique<Vcpu>(std::move(fd), std::move(run_page), memory_, slice_, options_);
        TRY(vcpu->prepare());
        return vcpu;
    }

    Result<void> collect_dirty_pages() override { return vm_.collect_dirty_pages(); }

    Result<void> memory_replaced() override { return vm_.map_anew(); }

private:
    // In the order of construction: C++ tears them down in the reverse one.
    System system_;
    Vm vm_;
    memory::GuestMemory& memory_;
    backend::Slice slice_;
    Options options_;
};

} // namespace

Result<std::unique_ptr<backend::Backend>> create(memory::GuestMemory& memory, backend::Slice slice,
                                                 Options options)
{
    System system = TRY(System::open());
    Vm vm = TRY(Vm::create(system, memory));
    return std::make_unique<KvmBackend>(std::move(system), std::move(vm), memory, slice, options);
}

} // namespace ringside::kvm
