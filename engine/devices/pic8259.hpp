// One 8259A interrupt controller, as a value: eight inputs, one output, and the commands that
// change how they are ranked. pic_pair.hpp wires two of them together and puts them on the bus.
//
//   request lines --> [edge latch] --> IRR --(IMR masks)--> priority --> INT --> the CPU
//                                                              ^
//                     ISR: accepted, and not yet ended by EOI -+  blocks itself and lower ranks
//
//   A0  written                                            read
//   0   ICW1 (bit 4 set) . OCW2 (4:3 = 00) . OCW3 (01)     IRR or ISR, as OCW3 chose; poll result
//   1   ICW2, ICW3, ICW4 after ICW1, else OCW1 = IMR       IMR
//
// A request must hold its line until it is accepted: one that falls away before is forgotten.
//
// Not modelled: MCS-80/85 mode (ICW4 bit 0 is taken as 1) and buffered mode. Before the first ICW1
// the chip requests nothing; on a real PC the firmware has programmed it by then.
#pragma once

#include <cstdint>
#include <optional>
#include <tuple>

namespace ringside::devices {

class Pic8259 {
public:
    struct State {
        std::uint8_t lines = 0;           ///< the inputs' levels
        std::uint8_t edges = 0;           ///< rising edges not yet accepted
        std::uint8_t in_service = 0;      ///< ISR
        std::uint8_t masked = 0;          ///< IMR
        std::uint8_t level_triggered = 0; ///< ELCR
        std::uint8_t icw1 = 0;
        std::uint8_t icw2 = 0;
        std::uint8_t icw3 = 0;
        std::uint8_t icw4 = 0;
        std::uint8_t next_icw = 1; ///< which ICW comes next, 0 when initialised
        std::uint8_t lowest = 7;   ///< the input that ranks last; the one after it ranks first
        bool read_in_service = false;
        bool poll = false;
        bool special_mask = false;
        bool rotate_on_auto_end = false;

        template <typename Self>
        static auto fields(Self& self)
        {
            return std::tie(self.lines, self.edges, self.in_service, self.masked,
                            self.level_triggered, self.icw1, self.icw2, self.icw3, self.icw4,
                            self.next_icw, self.lowest, self.read_in_service, self.poll,
                            self.special_mask, self.rotate_on_auto_end);
        }
        bool plausible() const { return next_icw <= 4 && lowest <= 7; }
    };

    void set_line(unsigned input, bool level);
    void set_level_triggered(std::uint8_t inputs) { state_.level_triggered = inputs; }

    /// The request that INT stands for: unmasked, and ranked before everything in service.
    std::optional<unsigned> pending() const;
    /// The CPU's acknowledge: takes pending() into service. Nothing, when the request has fallen
    /// away: then the chip answers for input 7 and takes nothing into service.
    std::optional<unsigned> acknowledge();

    /// The byte read at A0 = 0 or 1.
    std::uint8_t read(unsigned a0);
    /// A byte is written at A0 = 0 or 1. Answers with the input that it ended (EOI), if it did.
    std::optional<unsigned> write(unsigned a0, std::uint8_t value);

    std::uint8_t vector(unsigned input) const;
    bool initialised() const { return state_.next_icw == 0; }
    /// Is this input of a master fed by a slave?
    bool has_slave(unsigned input) const;
    /// What a slave answers to on the cascade bus.
    unsigned identity() const { return state_.icw3 & 7U; }
    bool level_triggered(unsigned input) const;

    State const& state() const { return state_; }
    void restore(State const& state) { state_ = state; }

private:
    bool single() const;
    bool automatic_end() const;
    bool special_fully_nested() const;
    std::uint8_t requests() const;
    unsigned rank(unsigned input) const;
    std::optional<unsigned> first(std::uint8_t inputs) const;
    void begin_initialisation(std::uint8_t icw1);
    void continue_initialisation(std::uint8_t icw);
    std::optional<unsigned> operation_command(std::uint8_t ocw2);
    void read_command(std::uint8_t ocw3);
    std::optional<unsigned> end(std::optional<unsigned> input);

    State state_;
};

} // namespace ringside::devices
