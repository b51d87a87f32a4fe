// Lengths, invalid bytes, registers by name, and text.
#include "engine/x86/decode.hpp"

#include "tests/catch.hpp"

#include <array>
#include <optional>
#include <vector>

using namespace ringside;
using namespace ringside::x86;

namespace {

using Bytes = std::vector<std::uint8_t>;

Decoded decoded(Bytes const& bytes, CodeSize code_size = CodeSize::bits64)
{
    std::optional<Decoded> const found = decode(bytes, code_size);
    REQUIRE(found);
    return *found;
}

} // namespace

TEST_CASE("the same bytes are another instruction at another code size")
{
    Bytes const bytes{0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8};
    CHECK(decoded(bytes, CodeSize::bits64).length() == 10);
    CHECK(decoded(bytes, CodeSize::bits32).length() == 1);
    CHECK(mnemonic(decoded(bytes, CodeSize::bits64)) == "mov");
    CHECK(mnemonic(decoded(bytes, CodeSize::bits32)) == "dec");
    CHECK(decoded({0xb8, 1, 2, 3, 4}, CodeSize::bits16).length() == 3);
}

TEST_CASE("bytes behind the instruction do not matter")
{
    CHECK(decoded({0xee, 0xff, 0xff, 0xff}).length() == 1);
}

TEST_CASE("a cut instruction decodes to nothing")
{
    CHECK_FALSE(decode(Bytes{0x48, 0xb8, 1, 2, 3}, CodeSize::bits64));
    CHECK_FALSE(sketch(Bytes{0x48, 0xb8, 1, 2, 3}, CodeSize::bits64));
    CHECK_FALSE(decode(Bytes{}, CodeSize::bits64));
}

TEST_CASE("an invalid instruction decodes to nothing")
{
    CHECK_FALSE(decode(Bytes{0x06}, CodeSize::bits64)); // push es
    CHECK_FALSE(sketch(Bytes{0x06}, CodeSize::bits64));
}

TEST_CASE("more than fifteen bytes are no instruction")
{
    Bytes bytes(15, 0x66);
    bytes.push_back(0x90);
    CHECK_FALSE(decode(bytes, CodeSize::bits64));
}

TEST_CASE("decoding remembers the code size it was asked for")
{
    CHECK(decoded({0x90}, CodeSize::bits16).code_size == CodeSize::bits16);
}

TEST_CASE("text is in Intel syntax, with sizes and lower-case numbers")
{
    CHECK(to_text(decoded({0xee}), 0) == "out dx, al");
    CHECK(to_text(decoded({0x8b, 0x03}), 0) == "mov eax, dword ptr [rbx]");
    CHECK(to_text(decoded({0xb8, 0xef, 0xbe, 0xad, 0xde}), 0) == "mov eax, 0xdeadbeef");
    CHECK(to_text(decoded({0xf3, 0x6e}), 0) == "rep outsb");
}

TEST_CASE("text gives branch targets as addresses")
{
    CHECK(to_text(decoded({0xeb, 0xfe}), 0xffffffff80001000) == "jmp 0xffffffff80001000");
    CHECK(to_text(decoded({0xe8, 0x10, 0x00}, CodeSize::bits16), 0x7c00) == "call 0x7c13");
}

TEST_CASE("a register is read at the width of its name")
{
    CpuState state;
    state.gpr[rax] = 0x1122334455667788;
    state.gpr[rsi] = 0xaabb;
    state.gpr[r9] = 0x99;
    CHECK(read_register(state, ZYDIS_REGISTER_RAX) == 0x1122334455667788);
    CHECK(read_register(state, ZYDIS_REGISTER_EAX) == 0x55667788);
    CHECK(read_register(state, ZYDIS_REGISTER_AX) == 0x7788);
    CHECK(read_register(state, ZYDIS_REGISTER_AL) == 0x88);
    CHECK(read_register(state, ZYDIS_REGISTER_AH) == 0x77);
    CHECK(read_register(state, ZYDIS_REGISTER_SIL) == 0xbb);
    CHECK(read_register(state, ZYDIS_REGISTER_R9D) == 0x99);
}

TEST_CASE("a 32-bit write clears the upper half, narrower ones leave the rest alone")
{
    auto const after = [](ZydisRegister name, std::uint64_t value) {
        CpuState state;
        state.gpr[rbx] = 0x1122334455667788;
        write_register(state, name, value);
        return state.gpr[rbx];
    };
    CHECK(after(ZYDIS_REGISTER_RBX, ~0ULL) == ~0ULL);
    CHECK(after(ZYDIS_REGISTER_EBX, ~0ULL) == 0xffffffff);
    CHECK(after(ZYDIS_REGISTER_BX, ~0ULL) == 0x112233445566ffff);
    CHECK(after(ZYDIS_REGISTER_BL, ~0ULL) == 0x11223344556677ff);
    CHECK(after(ZYDIS_REGISTER_BH, 0xab) == 0x112233445566ab88);
}

TEST_CASE("every general-purpose register has its own place, at every width")
{
    constexpr auto first =
        std::to_array<ZydisRegister>({ZYDIS_REGISTER_AX, ZYDIS_REGISTER_EAX, ZYDIS_REGISTER_RAX});
    for (ZydisRegister const start : first)
        for (std::size_t index = 0; index < 16; ++index) {
            CpuState state;
            write_register(state, static_cast<ZydisRegister>(start + static_cast<int>(index)), 7);
            for (std::size_t other = 0; other < 16; ++other)
                CHECK(state.gpr[other] == (other == index ? 7U : 0U));
        }
}
