#include "engine/backend/scripted/scripted.hpp"

#include "engine/base/assert.hpp"

namespace ringside::scripted {

namespace {

class ScriptedVcpu final : public backend::Vcpu {
public:
    explicit ScriptedVcpu(Script& script) : script_(script) {}

    Result<backend::Exit> enter(backend::Budget budget) override
    {
        ASSERT(!awaits_finish_);
        if (script_.played == script_.exits.size())
            return fail(Blame::host, "the script has no more exits");
        if (script_.before_exit)
            script_.before_exit(script_, script_.played);
        script_.budgets.push_back(budget);
        awaits_finish_ = true;
        return script_.exits[script_.played++];
    }

    Result<void> finish(backend::Answer answer) override
    {
        ASSERT(awaits_finish_);
        awaits_finish_ = false;
        script_.answers.push_back(answer);
        script_.registers.rip += script_.instruction.length;
        return {};
    }

    backend::Standing const& standing() const override
    {
        standing_.registers = script_.registers;
        standing_.instruction = script_.instruction;
        standing_.window = script_.window;
        return standing_;
    }

    backend::InterruptWindowState window() const override { return script_.window; }

    Result<x86::CpuState> state() override { return script_.registers; }

    Result<void> set_state(x86::CpuState const& state) override
    {
        script_.registers = state;
        return {};
    }

    Result<void> inject(std::uint8_t vector) override
    {
        ASSERT(script_.window.open);
        script_.injected.push_back(vector);
        return {};
    }

    Result<std::optional<backend::SavedVcpu>> save() override
    {
        ASSERT(!awaits_finish_);
        return backend::SavedVcpu{script_.registers, {}, {}, script_.played};
    }

    Result<void> abandon() override
    {
        awaits_finish_ = false;
        return {};
    }

    Result<void> restore(backend::SavedVcpu const& saved) override
    {
        ASSERT(saved.instructions <= script_.exits.size());
        script_.registers = saved.registers;
        script_.played = saved.instructions;
        awaits_finish_ = false;
        return {};
    }

private:
    Script& script_;
    bool awaits_finish_ = false;
    mutable backend::Standing standing_; ///< a copy made when asked, like a real backend's
};

class ScriptedBackend final : public backend::Backend {
public:
    ScriptedBackend(Script& script, memory::GuestMemory* memory) : script_(script), memory_(memory)
    {
    }

    trace::BackendKind kind() const override { return trace::BackendKind::scripted; }

    Result<std::unique_ptr<backend::Vcpu>> create_vcpu(VcpuId) override
    {
        return std::make_unique<ScriptedVcpu>(script_);
    }

    Result<void> collect_dirty_pages() override
    {
        if (memory_ != nullptr)
            for (Gpa page : script_.pages_written)
                memory_->mark_dirty(page, memory::page_size);
        script_.pages_written.clear();
        return {};
    }

    Result<void> memory_replaced() override { return {}; }

private:
    Script& script_;
    memory::GuestMemory* memory_;
};

} // namespace

std::unique_ptr<backend::Backend> create(Script& script, memory::GuestMemory* memory)
{
    return std::make_unique<ScriptedBackend>(script, memory);
}

} // namespace ringside::scripted
