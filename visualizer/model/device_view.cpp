#include "visualizer/model/device_view.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "engine/base/bits.hpp"
#include "visualizer/model/format.hpp"

namespace ringside::visualizer {

namespace {

struct BitText {
    std::string_view reg;
    unsigned position;
    std::string_view name;
    std::string_view meaning;
};

// 16550D datasheet, "Registers"; 8259A datasheet, "Initialization Command Words" and "Operation
// Command Words"; 8254 datasheet, "Control Word Format".
constexpr auto bit_texts = std::to_array<BitText>({
    {"LSR", 0, "DR", "data ready: a character waits to be read"},
    {"LSR", 1, "OE", "overrun: a character came before the last was read"},
    {"LSR", 2, "PE", "parity error"},
    {"LSR", 3, "FE", "framing error"},
    {"LSR", 4, "BI", "break: the line stayed low"},
    {"LSR", 5, "THRE", "the transmitter takes the next character"},
    {"LSR", 6, "TEMT", "the transmitter is empty"},
    {"LSR", 7, "RXFE", "an error is somewhere in the receive FIFO"},
    {"IER", 0, "RDA", "interrupt when data is ready"},
    {"IER", 1, "THRE", "interrupt when the transmitter can take more"},
    {"IER", 2, "RLS", "interrupt on a receive error"},
    {"IER", 3, "MS", "interrupt when a modem line changes"},
    {"IIR", 0, "none", "no interrupt is pending (0 means: one is)"},
    {"IIR", 1, "id 0", "which interrupt, low bit"},
    {"IIR", 2, "id 1", "which interrupt, middle bit"},
    {"IIR", 3, "id 2", "which interrupt, high bit: a character timed out in the FIFO"},
    {"IIR", 6, "FIFO", "the FIFOs are on"},
    {"FCR", 0, "on", "FIFOs on"},
    {"FCR", 1, "rx", "empties the receive FIFO"},
    {"FCR", 2, "tx", "empties the transmit FIFO"},
    {"LCR", 0, "WLS0", "word length, low bit"},
    {"LCR", 1, "WLS1", "word length, high bit: 3 means 8 bits"},
    {"LCR", 2, "STB", "two stop bits"},
    {"LCR", 3, "PEN", "parity on"},
    {"LCR", 6, "BRK", "holds the line low: a break"},
    {"LCR", 7, "DLAB", "offsets 0 and 1 are the divisor latch"},
    {"MCR", 0, "DTR", "data terminal ready"},
    {"MCR", 1, "RTS", "request to send"},
    {"MCR", 3, "OUT2", "lets the chip's interrupt reach the PIC"},
    {"MCR", 4, "LOOP", "what is sent comes back: self-test"},
    {"IMR", 0, "M0", "input 0 is masked"},
    {"IMR", 1, "M1", "input 1 is masked"},
    {"IMR", 2, "M2", "input 2 is masked (on the primary: the whole secondary)"},
    {"IMR", 3, "M3", "input 3 is masked"},
    {"IMR", 4, "M4", "input 4 is masked"},
    {"IMR", 5, "M5", "input 5 is masked"},
    {"IMR", 6, "M6", "input 6 is masked"},
    {"IMR", 7, "M7", "input 7 is masked"},
    {"ICW1", 0, "IC4", "ICW4 will follow"},
    {"ICW1", 1, "SNGL", "alone: no ICW3 will follow"},
    {"ICW1", 3, "LTIM", "level-triggered"},
    {"ICW1", 4, "init", "begins the initialisation"},
    {"OCW2", 5, "EOI", "ends an interrupt"},
    {"OCW2", 6, "SL", "of the input in the low bits, not of the highest in service"},
    {"OCW2", 7, "R", "rotates the priorities"},
    {"OCW3", 0, "RIS", "the next read gives ISR instead of IRR"},
    {"OCW3", 1, "RR", "chooses what the next read gives"},
    {"OCW3", 2, "P", "poll: the next read acknowledges"},
    {"CONTROL", 0, "BCD", "counts in decimal"},
    {"CONTROL", 1, "M0", "mode, low bit"},
    {"CONTROL", 2, "M1", "mode, middle bit: 2 is the rate generator"},
    {"CONTROL", 3, "M2", "mode, high bit"},
    {"CONTROL", 4, "RW0", "low byte is written"},
    {"CONTROL", 5, "RW1", "high byte is written"},
    {"CONTROL", 6, "SC0", "which counter, low bit"},
    {"CONTROL", 7, "SC1", "which counter, high bit; 3 reads back"},
});

std::string place_of(Catalogue const& catalogue, std::uint8_t device)
{
    std::string text;
    for (DeviceRange const& range : catalogue.ranges()) {
        if (range.device != device)
            continue;
        bool const port = range.space == trace::Space::port;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", port ? "port" : "memory",
                            hex(range.base));
        if (range.size > 1)
            text += " to " + hex(range.base + range.size - 1);
    }
    return text;
}

void tell_last_access(TraceModel const& model, RegisterName const* reg, Moment const& moment,
                      RecordIndex now, DeviceRow& row)
{
    Occurrences const& occurrences = model.occurrences();
    RecordList const& reads = occurrences.accesses_to(reg, trace::Direction::read);
    RecordList const& writes = occurrences.accesses_to(reg, trace::Direction::write);
    row.reads = reads.count_until(now);
    row.writes = writes.count_until(now);
    RecordIndex const read = reads.last_until(now);
    RecordIndex const written = writes.last_until(now);
    row.last_was_write = written != no_record && (read == no_record || written > read);
    row.last = row.last_was_write ? written : read;
    if (row.last == no_record)
        return;
    if (auto const access = model.records().get<trace::DeviceAccess>(row.last))
        row.value = access->value;
    row.now = row.last >= moment.first && row.last <= moment.last;
    row.bits = bits_of_register(row.name, row.value);
}

} // namespace

std::vector<DeviceBit> bits_of_register(std::string_view name, std::uint64_t value)
{
    std::vector<DeviceBit> bits;
    for (BitText const& text : bit_texts)
        if (text.reg == name)
            bits.push_back({text.name, text.meaning, bit(value, text.position)});
    return bits;
}

DeviceBoard device_board(TraceModel const& model, std::uint8_t device, MomentIndex moment,
                         RecordIndex now)
{
    Catalogue const& catalogue = model.catalogue();
    DeviceBoard board;
    board.device = device;
    board.name = catalogue.device_name(device);
    board.place = place_of(catalogue, device);
    for (Catalogue::DeviceRegister const& each : catalogue.registers_of(device)) {
        DeviceRow row;
        row.offset = each.offset;
        row.access = each.access;
        row.name = each.name->short_name;
        row.long_name = each.name->long_name;
        tell_last_access(model, each.name, model.moments()[moment], now, row);
        board.rows.push_back(std::move(row));
    }
    board.note_record = model.occurrences().notes_of(device).last_until(now);
    if (board.note_record != no_record)
        if (auto const note = model.records().get<trace::DeviceNote>(board.note_record))
            board.note = fmt::format("{} ({})", printable(note->what.text()), hex(note->value));
    RecordList const& accesses = model.occurrences().accesses_of(device);
    board.accesses = accesses.count_until(now);
    std::size_t before = 0;
    std::uint64_t const all = model.records().size();
    for (std::size_t column = 0; column < DeviceBoard::columns; ++column) {
        auto const end = static_cast<RecordIndex>(all * (column + 1) / DeviceBoard::columns);
        std::size_t const count = end == 0 ? 0 : accesses.count_until(end - 1);
        board.rate[column] = static_cast<std::uint32_t>(count - before);
        before = count;
    }
    return board;
}

std::uint8_t shown_device(TraceModel const& model, MomentIndex moment, RecordIndex now)
{
    Moment const& row = model.moments()[moment];
    if (row.device != no_device)
        return row.device;
    std::uint8_t best = 0;
    RecordIndex latest = no_record;
    for (auto const& [device, name] : model.catalogue().devices()) {
        RecordIndex const last = model.occurrences().accesses_of(device).last_until(now);
        if (last != no_record && (latest == no_record || last > latest)) {
            latest = last;
            best = device;
        }
    }
    return best;
}

} // namespace ringside::visualizer
