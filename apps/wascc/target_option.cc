#include "target_option.h"

namespace wascc::cli {

TargetFlags add_target(CLI::App& command, TargetOption& option) {
  std::string cpus;
  for (const engine::NativeTarget& target : engine::native_targets())
    cpus.append(cpus.empty() ? "" : "|").append(target.cpu);
  return {command
              .add_option("--arch", option.architecture,
                          "architecture as Lambda names it (default: x86_64)")
              ->type_name("x86_64|arm64"),
          command
              .add_option("--cpu", option.cpu,
                          "what the native code needs at least (default: x86-64-v3, which every "
                          "x86_64 machine of Lambda has, or neoverse-n1)")
              ->type_name(cpus)};
}

Result<engine::NativeTarget> chosen_target(const TargetOption& option) {
  return engine::find_native_target(option.architecture, option.cpu);
}

bool is_this_machine(const engine::NativeTarget& target) {
#if defined(__aarch64__)
  return target.architecture == "arm64";
#else
  return target.architecture == "x86_64";
#endif
}

}  // namespace wascc::cli
