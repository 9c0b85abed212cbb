// --arch and --cpu, as compile and package take them: for which machines native code is made.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "engine/native_target.h"
#include "wascc/result.h"

namespace wascc::cli {

struct TargetOption {
  std::string architecture = "x86_64";
  std::string cpu;  // empty: the architecture's default
};

struct TargetFlags {
  CLI::Option* architecture;
  CLI::Option* cpu;
};

TargetFlags add_target(CLI::App& command, TargetOption& option);

// kInvalid, listing what there is.
Result<engine::NativeTarget> chosen_target(const TargetOption& option);

// Whether the executables beside this one are for that architecture.
bool is_this_machine(const engine::NativeTarget& target);

}  // namespace wascc::cli
