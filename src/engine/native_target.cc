#include "engine/native_target.h"

#include <iterator>

namespace wascc::engine {
namespace {

constexpr const char* kX86V2[] = {"has_sse3",  "has_ssse3",  "has_sse41",
                                  "has_sse42", "has_popcnt", "has_cmpxchg16b"};
constexpr const char* kX86V3[] = {"has_sse3",   "has_ssse3",      "has_sse41", "has_sse42",
                                  "has_popcnt", "has_cmpxchg16b", "has_avx",   "has_avx2",
                                  "has_fma",    "has_bmi1",       "has_bmi2",  "has_lzcnt"};
constexpr const char* kX86V4[] = {"has_sse3",     "has_ssse3",      "has_sse41", "has_sse42",
                                  "has_popcnt",   "has_cmpxchg16b", "has_avx",   "has_avx2",
                                  "has_fma",      "has_bmi1",       "has_bmi2",  "has_avx512f",
                                  "has_avx512dq", "has_avx512vl",   "has_lzcnt"};
constexpr const char* kNeoverseN1[] = {"has_lse"};

constexpr std::string_view kX86 = "x86_64-unknown-linux-gnu";
constexpr std::string_view kArm = "aarch64-unknown-linux-gnu";

// Every x86_64 machine of Lambda has AVX2, so x86-64-v3; its arm64 machines begin with Graviton2,
// whose cores are Neoverse N1.
constexpr NativeTarget kTargets[] = {
    {"x86_64", "x86-64-v3", kX86, kX86V3},       {"x86_64", "x86-64", kX86, {}},
    {"x86_64", "x86-64-v2", kX86, kX86V2},       {"x86_64", "x86-64-v4", kX86, kX86V4},
    {"arm64", "neoverse-n1", kArm, kNeoverseN1}, {"arm64", "armv8-a", kArm, {}},
};

}  // namespace

std::span<const NativeTarget> native_targets() { return kTargets; }

Result<NativeTarget> find_native_target(std::string_view architecture, std::string_view cpu) {
  std::string known;
  bool architecture_known = false;
  for (const NativeTarget& target : kTargets) {
    if (target.architecture != architecture) continue;
    architecture_known = true;
    if (cpu.empty() || cpu == target.cpu) return target;
    known.append(known.empty() ? "" : ", ").append(target.cpu);
  }
  if (!architecture_known)
    return Error(Errc::kInvalid, "no native code can be made for the architecture " +
                                     std::string(architecture) + ": x86_64 or arm64");
  return Error(Errc::kInvalid, std::string(architecture) + " has no processor named " +
                                   std::string(cpu) + " here: " + known);
}

std::string identity_on(std::string_view engine_identity, const NativeTarget& target) {
  const std::size_t name = engine_identity.find(' ');
  const std::size_t version =
      name == std::string_view::npos ? name : engine_identity.find(' ', name + 1);
  std::string text(engine_identity.substr(0, version));
  return text.append(" ").append(target.triple).append(" ").append(target.cpu);
}

}  // namespace wascc::engine
