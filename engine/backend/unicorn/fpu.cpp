#include "engine/backend/unicorn/fpu.hpp"

#include "engine/base/assert.hpp"

namespace ringside::unicorn {

Fpu::Fpu(Engine& engine) : engine_(engine)
{
    std::size_t used = 0;
    for (int index = 0; index < 16; ++index)
        names_[used++] = UC_X86_REG_XMM0 + index;
    names_[used++] = UC_X86_REG_MXCSR;
    // The status word holds TOP and the tag word says which registers are empty: both before them.
    names_[used++] = UC_X86_REG_FPCW;
    names_[used++] = UC_X86_REG_FPSW;
    names_[used++] = UC_X86_REG_FPTAG;
    for (int index = 0; index < 8; ++index)
        names_[used++] = UC_X86_REG_FP0 + index;
    ASSERT(used == count);
    for (std::size_t index = 0; index < count; ++index)
        places_[index] = values_[index].data();
}

void Fpu::save()
{
    if (!in_use_)
        return;
    uc_err const error = uc_reg_read_batch(engine_.handle(), names_.data(), places_.data(), count);
    ASSERT(error == UC_ERR_OK);
}

void Fpu::load()
{
    if (!in_use_)
        return;
    uc_err const error = uc_reg_write_batch(engine_.handle(), names_.data(), places_.data(), count);
    ASSERT(error == UC_ERR_OK);
}

} // namespace ringside::unicorn
