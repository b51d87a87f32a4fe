#include "engine/backend/unicorn/fpu.hpp"

#include <algorithm>
#include <cstring>

#include "engine/base/assert.hpp"
#include "engine/base/bits.hpp"

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

template <typename T>
T Fpu::word(std::size_t place) const
{
    T value{};
    std::memcpy(&value, values_[place].data(), sizeof value);
    return value;
}

void Fpu::set_word(std::size_t place, std::uint64_t value)
{
    std::memcpy(values_[place].data(), &value, sizeof value);
}

// The library numbers the x87 registers as the tag word does; ST(0) is the one that TOP names. A
// tag of two bits says 3 for an empty register. SDM Vol. 1, "x87 FPU Tag Word".
x86::FpuState Fpu::state()
{
    x86::FpuState state;
    if (!in_use_)
        return state;
    save();
    state.control = word<std::uint16_t>(control);
    state.status = word<std::uint16_t>(status);
    state.mxcsr = word<std::uint32_t>(mxcsr);
    auto const all_tags = word<std::uint16_t>(tags);
    auto const top = static_cast<std::size_t>(bits(state.status, 11, 3));
    for (std::size_t index = 0; index < state.st.size(); ++index) {
        if (bits(all_tags, static_cast<unsigned>(2 * index), 2) != 3)
            state.in_use = static_cast<std::uint8_t>(state.in_use | 1U << index);
        std::memcpy(state.st[index].data(), values_[x87 + (top + index) % 8].data(),
                    state.st[index].size());
    }
    for (std::size_t index = 0; index < state.xmm.size(); ++index)
        std::memcpy(state.xmm[index].data(), values_[index].data(), state.xmm[index].size());
    return state;
}

void Fpu::set_in_use()
{
    if (!in_use_)
        put(x86::FpuState{});
}

void Fpu::set_state(x86::FpuState const& state)
{
    if (in_use_ || state != x86::FpuState{})
        put(state);
}

void Fpu::put(x86::FpuState const& state)
{
    in_use_ = true;
    auto const top = static_cast<std::size_t>(bits(state.status, 11, 3));
    std::uint64_t all_tags = 0;
    for (std::size_t index = 0; index < state.st.size(); ++index) {
        if (!bit(state.in_use, static_cast<unsigned>(index)))
            all_tags |= 3ULL << (2 * index);
        std::copy(state.st[index].begin(), state.st[index].end(),
                  reinterpret_cast<std::uint8_t*>(values_[x87 + (top + index) % 8].data()));
    }
    for (std::size_t index = 0; index < state.xmm.size(); ++index)
        std::memcpy(values_[index].data(), state.xmm[index].data(), state.xmm[index].size());
    set_word(mxcsr, state.mxcsr);
    set_word(control, state.control);
    set_word(status, state.status);
    set_word(tags, all_tags);
    load();
}

} // namespace ringside::unicorn
