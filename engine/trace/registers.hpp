// The register file as the stream and every viewer know it: 64 numbered values, so that a set of
// changed registers is one 64-bit mask.
//
// Not carried: debug registers, x87/SSE state, CSTAR and the SYSENTER MSRs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringside::trace {

// The order is part of the stream's schema. Attributes are the access rights of SDM Vol. 3C,
// "Guest Register State", Table "Format of Access Rights".
enum class Register : std::uint8_t {
    rax,
    rcx,
    rdx,
    rbx,
    rsp,
    rbp,
    rsi,
    rdi,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
    rip,
    rflags,
    cr0,
    cr2,
    cr3,
    cr4,
    cr8,
    efer,
    es_selector,
    es_base,
    es_limit,
    es_attributes,
    cs_selector,
    cs_base,
    cs_limit,
    cs_attributes,
    ss_selector,
    ss_base,
    ss_limit,
    ss_attributes,
    ds_selector,
    ds_base,
    ds_limit,
    ds_attributes,
    fs_selector,
    fs_base,
    fs_limit,
    fs_attributes,
    gs_selector,
    gs_base,
    gs_limit,
    gs_attributes,
    tr_selector,
    tr_base,
    tr_limit,
    tr_attributes,
    ldtr_selector,
    ldtr_base,
    ldtr_limit,
    ldtr_attributes,
    gdtr_base,
    gdtr_limit,
    idtr_base,
    idtr_limit,
    star,
    lstar,
    fmask,
    kernel_gs_base,
};

inline constexpr std::size_t register_count = 64;
static_assert(static_cast<std::size_t>(Register::kernel_gs_base) + 1 == register_count);

using RegisterFile = std::array<std::uint64_t, register_count>;

/// "rax", "cs.selector", "gdtr.base": the same names in every output.
std::string_view name_of(Register);

} // namespace ringside::trace
