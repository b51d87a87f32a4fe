// What `ringside bench` measures.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.hpp"

namespace ringside::cli {

struct Measure {
    std::string name;
    double value = 0;
    std::string unit;
    double floor = 0; ///< in the same unit; 0: there is none
    std::string floor_is;
    std::string aim;
    int rounds = 0;
};

struct Benchmark {
    std::string_view name;
    Result<std::vector<Measure>> (*run)();
};

/// In the order of the report. Running one gives an error when this host cannot (no KVM).
std::span<Benchmark const> benchmarks();

/// Medians are over this many rounds, floor and ours in turn.
inline constexpr int bench_rounds = 15;

double median(std::vector<double> values);

Result<std::vector<Measure>> measure_kvm_exits();
Result<std::vector<Measure>> measure_unicorn_exits();
Result<std::vector<Measure>> measure_kvm_start();
Result<std::vector<Measure>> measure_unicorn_start();
Result<std::vector<Measure>> measure_kvm_steps();
Result<std::vector<Measure>> measure_unicorn_steps();
Result<std::vector<Measure>> measure_walk();
Result<std::vector<Measure>> measure_append();
Result<std::vector<Measure>> measure_trace_size();
Result<std::vector<Measure>> measure_step_back_unicorn();
Result<std::vector<Measure>> measure_step_back_kvm();
Result<std::vector<Measure>> measure_snapshot();
Result<std::vector<Measure>> measure_pages_back();

} // namespace ringside::cli
