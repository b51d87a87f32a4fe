// Names for the bits of the control registers, EFER, RFLAGS and the MSR numbers the machine models.
#pragma once

#include <cstdint>

namespace ringside::x86 {

// SDM Vol. 3A, "Control Registers".
namespace cr0 {
inline constexpr std::uint64_t pe = 1ULL << 0, mp = 1ULL << 1, em = 1ULL << 2, ts = 1ULL << 3,
                               et = 1ULL << 4, ne = 1ULL << 5, wp = 1ULL << 16, am = 1ULL << 18,
                               nw = 1ULL << 29, cd = 1ULL << 30, pg = 1ULL << 31;
}
namespace cr4 {
inline constexpr std::uint64_t vme = 1ULL << 0, pvi = 1ULL << 1, tsd = 1ULL << 2, de = 1ULL << 3,
                               pse = 1ULL << 4, pae = 1ULL << 5, mce = 1ULL << 6, pge = 1ULL << 7,
                               pce = 1ULL << 8, osfxsr = 1ULL << 9, osxmmexcpt = 1ULL << 10,
                               umip = 1ULL << 11, fsgsbase = 1ULL << 16, smep = 1ULL << 20,
                               smap = 1ULL << 21;
}
// SDM Vol. 3A, "Extended Feature Enable Register".
namespace efer {
inline constexpr std::uint64_t sce = 1ULL << 0, lme = 1ULL << 8, lma = 1ULL << 10, nxe = 1ULL << 11;
}
// SDM Vol. 1, "EFLAGS Register".
namespace rflags {
inline constexpr std::uint64_t cf = 1ULL << 0, fixed = 1ULL << 1, pf = 1ULL << 2, af = 1ULL << 4,
                               zf = 1ULL << 6, sf = 1ULL << 7, tf = 1ULL << 8, if_ = 1ULL << 9,
                               df = 1ULL << 10, of = 1ULL << 11, iopl = 3ULL << 12, nt = 1ULL << 14,
                               rf = 1ULL << 16, vm = 1ULL << 17, ac = 1ULL << 18, vif = 1ULL << 19,
                               vip = 1ULL << 20, id = 1ULL << 21;
}
// SDM Vol. 4, "Architectural MSRs".
namespace msr {
inline constexpr std::uint32_t efer = 0xc0000080, star = 0xc0000081, lstar = 0xc0000082,
                               cstar = 0xc0000083, fmask = 0xc0000084, fs_base = 0xc0000100,
                               gs_base = 0xc0000101, kernel_gs_base = 0xc0000102, tsc = 0x10;
}

/// Exception vectors, SDM Vol. 3A, Table "Protected-Mode Exceptions and Interrupts".
namespace vector {
inline constexpr std::uint8_t de = 0, db = 1, nmi = 2, bp = 3, of = 4, br = 5, ud = 6, nm = 7,
                              df = 8, ts = 10, np = 11, ss = 12, gp = 13, pf = 14, mf = 16, ac = 17,
                              xm = 19;
}

} // namespace ringside::x86
