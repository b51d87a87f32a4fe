#include "engine/backend/unicorn/unicorn_backend.hpp"

#include "engine/backend/unicorn/vcpu.hpp"

#include <unicorn/unicorn.h>

namespace ringside::unicorn {

namespace {

class UnicornBackend final : public backend::Backend {
public:
    UnicornBackend(memory::GuestMemory& memory, trace::Tracer& tracer, backend::Slice slice)
        : memory_(memory), tracer_(tracer), slice_(slice)
    {
        memory_.watch_writes([this](Gpa gpa, std::uint64_t size) {
            for (UnicornVcpu* vcpu : vcpus_)
                vcpu->memory_written(gpa, size);
        });
    }
    ~UnicornBackend() override { memory_.watch_writes({}); }

    trace::BackendKind kind() const override { return trace::BackendKind::unicorn; }

    Result<std::unique_ptr<backend::Vcpu>> create_vcpu(VcpuId) override
    {
        return TRY(UnicornVcpu::create(memory_, tracer_, slice_, vcpus_));
    }

    /// The pages are marked already, at the first write after a flush; from now on the next write
    /// to each page is a first one again.
    Result<void> collect_dirty_pages() override
    {
        for (UnicornVcpu* vcpu : vcpus_)
            vcpu->notice_next_writes();
        return {};
    }

    /// Translated code is dropped by the watcher already.
    Result<void> memory_replaced() override
    {
        for (UnicornVcpu* vcpu : vcpus_)
            vcpu->forget_translations();
        return {};
    }

private:
    memory::GuestMemory& memory_;
    trace::Tracer& tracer_;
    backend::Slice slice_;
    VcpuList vcpus_;
};

} // namespace

Result<std::unique_ptr<backend::Backend>> create(memory::GuestMemory& memory, trace::Tracer& tracer,
                                                 backend::Slice slice)
{
    return std::make_unique<UnicornBackend>(memory, tracer, slice);
}

std::string version()
{
    unsigned const packed = uc_version(nullptr, nullptr); // one byte each, from the top
    return std::to_string(packed >> 24U) + "." + std::to_string((packed >> 16U) & 0xffU) + "." +
           std::to_string((packed >> 8U) & 0xffU);
}

} // namespace ringside::unicorn
