#include "tests/parity/random_program.hpp"

#include <array>
#include <random>
#include <string>

#include "guest-programs/abi/ringside.h"
#include "tests/parity/emitter.hpp"

namespace ringside::tests {

namespace {

// Where things lie. Real mode reaches the first 64 KiB only.
struct Places {
    std::uint32_t code, data, handlers, table;
};
constexpr Places real_places{0x7c00, 0x6000, 0x5000, 0x0};
constexpr Places flat_places{0x10000, 0x40000, 0x31000, 0x30000};
constexpr unsigned vectors = 32, handler_size = 32, data_size = 0x800;

class Generator {
public:
    Generator(std::uint32_t seed, StartMode mode) : random_(seed), emit_(mode), mode_(mode) {}

    machine::GuestImage program()
    {
        prologue();
        unsigned const steps = 20 + pick(40);
        for (unsigned step = 0; step < steps; ++step)
            one_step();
        finish(0);
        return image();
    }

private:
    using Step = void (Generator::*)();

    std::uint32_t pick(std::uint32_t below)
    {
        return static_cast<std::uint32_t>(random_()) % below; // the same on every library
    }
    Places const& places() const { return mode_ == StartMode::real ? real_places : flat_places; }
    unsigned reg()
    {
        unsigned const chosen = pick(emit_.register_count());
        return chosen == 4 ? 3 : chosen; // never the stack pointer
    }
    unsigned byte_reg()
    {
        return pick(emit_.register_count()); // without REX, 4 to 7 are AH to BH
    }
    unsigned width()
    {
        return std::array<unsigned, 4>{1, 2, 4, emit_.long_mode() ? 8U : 4U}[pick(4)];
    }
    unsigned wide() { return std::array<unsigned, 3>{2, 4, emit_.long_mode() ? 8U : 4U}[pick(3)]; }
    unsigned reg_of(unsigned width) { return width == 1 ? byte_reg() : reg(); }
    std::uint32_t data(unsigned width) { return places().data + pick(data_size - width); }
    std::uint64_t value()
    {
        std::uint64_t const high = random_();
        return high << 32U | random_();
    }
    void define_flags() { emit_.reg_reg(4, 0x38, reg(), reg()); } // cmp

    void prologue()
    {
        for (unsigned index = 0; index < emit_.register_count(); ++index)
            if (index != 4)
                emit_.move_immediate(emit_.long_mode() ? 8 : 4, index, value());
        if (mode_ == StartMode::real)
            return;
        // LIDT of the pointer behind the table: 0F 01 /3.
        emit_.byte(0x0f);
        emit_.byte(0x01);
        if (emit_.long_mode()) {
            emit_.byte(0x1c);
            emit_.byte(0x25);
        } else {
            emit_.byte(0x1d);
        }
        emit_.little_endian(places().table + vectors * gate_size(), 4);
    }
    unsigned gate_size() const { return emit_.long_mode() ? 16 : 8; }

    void one_step()
    {
        static constexpr std::array<Step, 20> steps{
            &Generator::alu,         &Generator::alu,          &Generator::alu_memory,
            &Generator::alu_memory,  &Generator::immediate,    &Generator::shift,
            &Generator::multiply,    &Generator::unary,        &Generator::extend,
            &Generator::conditional, &Generator::exchange,     &Generator::stack,
            &Generator::branch,      &Generator::loop,         &Generator::strings,
            &Generator::port_out,    &Generator::port_in,      &Generator::device,
            &Generator::device,      &Generator::perhaps_fault};
        (this->*steps[pick(steps.size())])();
    }

    void alu() // add or adc sbb and sub xor cmp
    {
        unsigned const bytes = width();
        emit_.reg_reg(bytes, pick(8) * 8, reg_of(bytes), reg_of(bytes));
    }
    void alu_memory()
    {
        unsigned const bytes = width();
        unsigned const to_register = pick(2) * 2;
        emit_.reg_memory(bytes, pick(8) * 8 + to_register, reg_of(bytes), data(bytes));
    }
    void immediate() // 83 /n: with a sign-extended byte
    {
        unsigned const bytes = wide();
        emit_.reg_reg(bytes, 0x83, pick(8), reg());
        emit_.byte(pick(256));
    }
    void shift() // C1 /n: rol ror shl shr sar by a count below the width
    {
        static constexpr std::array<unsigned, 5> kinds{0, 1, 4, 5, 7};
        unsigned const bytes = wide();
        emit_.reg_reg(bytes, 0xc1, kinds[pick(5)], reg());
        emit_.byte(1 + pick(bytes * 8 - 1));
        define_flags();
    }
    void multiply()
    {
        unsigned const bytes = wide();
        if (pick(2) == 0)
            emit_.long_reg_reg(bytes, 0xaf, reg(), reg()); // imul r, r
        else
            emit_.reg_reg(bytes, 0xf7, 4 + pick(2), reg()); // mul, imul
        define_flags();
    }
    void unary() // inc dec not neg
    {
        unsigned const bytes = width();
        unsigned const kind = pick(4);
        emit_.reg_reg(bytes, kind < 2 ? 0xfe : 0xf6, kind, reg_of(bytes)); // FE /0 /1, F6 /2 /3
    }
    void extend() // movzx, movsx from a byte or a word of memory
    {
        static constexpr std::array<unsigned, 4> opcodes{0xb6, 0xb7, 0xbe, 0xbf};
        emit_.long_reg_memory(4, opcodes[pick(4)], reg(), data(2));
    }
    void conditional() // setcc to memory, cmovcc
    {
        unsigned const condition = pick(16);
        if (pick(2) == 0)
            emit_.long_reg_memory(4, 0x90 + condition, 0, data(1));
        else
            emit_.long_reg_reg(4, 0x40 + condition, reg(), reg());
    }
    void exchange() // xchg, xadd, cmpxchg with memory; bt
    {
        unsigned const kind = pick(4);
        if (kind == 0)
            emit_.reg_memory(4, 0x86, reg(), data(4));
        else if (kind == 1)
            emit_.long_reg_memory(4, 0xc1, reg(), data(4));
        else if (kind == 2)
            // 64 bits wide in long mode: see "CMPXCHG of 32 bits" in stream::known_differences().
            emit_.long_reg_memory(emit_.long_mode() ? 8 : 4, 0xb1, reg(), data(8));
        else
            emit_.long_reg_reg(4, 0xa3, reg(), reg()); // bt
        if (kind == 3)
            define_flags(); // bt leaves all flags but CF undefined
    }
    void stack() // push, push, pop, pop
    {
        for (unsigned const opcode : {0x50U, 0x50U, 0x58U, 0x58U})
            emit_.byte(opcode + (std::array<unsigned, 7>{0, 1, 2, 3, 5, 6, 7}[pick(7)]));
    }
    void branch() // jcc over one instruction
    {
        Emitter const before = emit_;
        alu();
        std::vector<std::uint8_t> const skipped(emit_.bytes().begin() +
                                                    static_cast<std::ptrdiff_t>(before.size()),
                                                emit_.bytes().end());
        emit_ = before;
        emit_.byte(0x70 + pick(16));
        emit_.byte(static_cast<unsigned>(skipped.size()));
        for (std::uint8_t const one : skipped)
            emit_.byte(one);
    }
    void loop() // mov rcx, n; back: alu on memory; loop back
    {
        emit_.move_immediate(emit_.long_mode() ? 8 : 4, 1, 1 + pick(5));
        std::size_t const back = emit_.size();
        emit_.reg_memory(4, pick(8) * 8, 0, data(4));
        emit_.byte(0xe2);
        emit_.byte(static_cast<unsigned>(back - (emit_.size() + 1)) & 0xffU);
    }
    void strings() // cld or std; rep movs, stos; repe cmps; lods
    {
        static constexpr std::array<unsigned, 4> opcodes{0xa4, 0xaa, 0xa6, 0xac};
        unsigned const kind = pick(4);
        unsigned const middle = places().data + data_size / 2;
        unsigned const pointer = emit_.long_mode() ? 8 : 4;
        emit_.move_immediate(pointer, 6, middle + pick(64));
        emit_.move_immediate(pointer, 7, middle - 64 + pick(64));
        emit_.move_immediate(pointer, 1, pick(9));
        emit_.byte(pick(2) == 0 ? 0xfc : 0xfd);
        emit_.byte(0xf3);
        emit_.byte(opcodes[kind] + pick(2));
        emit_.byte(0xfc);
    }

    // ------------------------------------------------------------- what exits

    void choose_port()
    {
        // Nobody's port, the UART's scratch and line status, the PIC's mask, the PIT's counter.
        static constexpr std::array<unsigned, 6> ports{0x80, 0x3ff, 0x3fd, 0x21, 0x42, 0x511};
        emit_.move_immediate(2, 2, ports[pick(6)]);
        define_flags();
    }
    void port_out()
    {
        choose_port();
        unsigned const bytes = pick(3);
        if (bytes == 1)
            operand_size(2);
        if (bytes == 2)
            operand_size(4);
        emit_.byte(bytes == 0 ? 0xee : 0xef);
    }
    void port_in()
    {
        choose_port();
        unsigned const bytes = pick(3);
        if (bytes == 1)
            operand_size(2);
        if (bytes == 2)
            operand_size(4);
        emit_.byte(bytes == 0 ? 0xec : 0xed);
    }
    void operand_size(unsigned bytes)
    {
        if ((bytes == 2) != emit_.real_mode())
            emit_.byte(0x66);
    }
    void device() // loads, stores and read-modify-writes of the window, the ROM and a hole
    {
        if (emit_.real_mode())
            return port_out();
        define_flags();
        unsigned const bytes = width();
        std::uint32_t const window = RINGSIDE_MMIO_BASE + RINGSIDE_MMIO_SCRATCH;
        std::uint32_t const target = std::array<std::uint32_t, 3>{
            window, RINGSIDE_ROM_BASE + 64 + pick(64), 0xc0000000U + pick(256)}[pick(3)];
        // mov to memory, mov to register, add or xor to memory. In long mode an absolute address is
        // sign-extended: addresses above 2 GiB are reached through RBX.
        static constexpr std::array<unsigned, 4> opcodes{0x88, 0x8a, 0x00, 0x30};
        unsigned const opcode = opcodes[pick(4)];
        if (!emit_.long_mode())
            return emit_.reg_memory(bytes, opcode, reg_of(bytes), target);
        emit_.move_immediate(8, 3, target);
        unsigned const register_field = pick(2); // rax, rcx
        if (bytes == 2)
            emit_.byte(0x66);
        if (bytes == 8)
            emit_.byte(0x48);
        emit_.byte(bytes == 1 ? opcode : opcode | 1U);
        emit_.byte(register_field << 3U | 3U);
    }

    // ------------------------------------------------------------- what faults

    void perhaps_fault()
    {
        if (pick(6) != 0)
            return unary();
        define_flags();
        switch (pick(emit_.long_mode() ? 5 : 3)) {
        case 0: // ud2
            emit_.byte(0x0f);
            emit_.byte(0x0b);
            break;
        case 1: // div by zero
            emit_.move_immediate(4, 1, 0);
            emit_.reg_reg(4, 0xf7, 6, 1);
            break;
        case 2: // wrmsr of an MSR nobody has; real mode has it too
            emit_.move_immediate(4, 1, 0x1234);
            emit_.byte(0x0f);
            emit_.byte(pick(2) == 0 ? 0x30 : 0x32);
            break;
        case 3: // a load above what the boot tables map
            emit_.move_immediate(8, 3, (5ULL << 32U) + pick(4096));
            load_through_rbx();
            break;
        default: // a non-canonical address
            emit_.move_immediate(8, 3, 0x8000'0000'0000ULL + pick(4096));
            load_through_rbx();
            break;
        }
    }
    void load_through_rbx() // mov rax, [rbx]
    {
        emit_.byte(0x48);
        emit_.byte(0x8b);
        emit_.byte(0x03);
    }

    void finish(unsigned result)
    {
        define_flags();
        emit_.move_immediate(1, 0, result);
        emit_.out_immediate(1, RINGSIDE_PORT_EXIT);
    }

    // ------------------------------------------------------------- the image

    /// Tells the vector, what lies on top of the stack and CR2, and ends the guest.
    std::vector<std::uint8_t> handler(unsigned vector) const
    {
        Emitter stub(mode_);
        stub.move_immediate(1, 0, vector);
        stub.out_immediate(1, 0x80);
        stub.byte(0x58); // pop rax: the error code, or RIP
        stub.out_immediate(mode_ == StartMode::real ? 2 : 4, 0x80);
        stub.byte(0x0f); // mov rax, cr2
        stub.byte(0x20);
        stub.byte(0xd0);
        stub.out_immediate(4, 0x80);
        stub.move_immediate(1, 0, vector);
        stub.out_immediate(1, RINGSIDE_PORT_EXIT);
        std::vector<std::uint8_t> bytes = stub.bytes();
        bytes.resize(handler_size, 0xf4);
        return bytes;
    }

    void append_gate(std::vector<std::uint8_t>& table, unsigned vector) const
    {
        std::uint32_t const target = places().handlers + vector * handler_size;
        Emitter gate(mode_);
        if (mode_ == StartMode::real) {
            gate.little_endian(target, 4); // offset, segment 0
        } else {
            // SDM Vol. 3A, "IDT Descriptors" and "64-Bit Mode IDT": present, interrupt gate.
            gate.little_endian(target & 0xffffU, 2);
            gate.little_endian(emit_.long_mode() ? 0x10 : 0x08, 2);
            gate.little_endian(0x8e00, 2);
            gate.little_endian(target >> 16U, 2);
            if (emit_.long_mode())
                gate.little_endian(0, 8);
        }
        table.insert(table.end(), gate.bytes().begin(), gate.bytes().end());
    }

    machine::GuestImage image() const
    {
        machine::GuestImage image;
        image.name = "random";
        image.start = mode_;
        image.entry = places().code;
        std::vector<std::uint8_t> table;
        std::vector<std::uint8_t> handlers;
        for (unsigned vector = 0; vector < vectors; ++vector) {
            append_gate(table, vector);
            std::vector<std::uint8_t> const one = handler(vector);
            handlers.insert(handlers.end(), one.begin(), one.end());
        }
        Emitter pointer(mode_);
        pointer.little_endian(vectors * gate_size() - 1, 2);
        pointer.little_endian(places().table, emit_.long_mode() ? 8 : 4);
        if (mode_ != StartMode::real)
            table.insert(table.end(), pointer.bytes().begin(), pointer.bytes().end());
        image.segments.push_back({places().table, table.size(), table});
        image.segments.push_back({places().handlers, handlers.size(), handlers});
        image.segments.push_back({places().code, emit_.size(), emit_.bytes()});
        return image;
    }

    std::mt19937 random_;
    Emitter emit_;
    StartMode mode_;
};

} // namespace

machine::GuestImage random_program(std::uint32_t seed, machine::StartMode mode)
{
    return Generator(seed, mode).program();
}

} // namespace ringside::tests
