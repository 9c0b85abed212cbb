// Any bytes: a manifest, or an error that says where; and what is a manifest has no entry without
// its name. The same bytes as a policy: one, or an error that says where.
#include <cstdlib>

#include "manifest/manifest.h"
#include "manifest/policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const std::string text =
      wascc::manifest::expand(raw, [](std::string_view name) -> std::optional<std::string> {
        if (name == "SET") return "- {a: b}";
        return std::nullopt;
      });
  const auto policy = wascc::manifest::parse_policy(text, "p.yaml");
  if (!policy && !policy.error().message().starts_with("p.yaml:")) std::abort();
  const auto manifest = wascc::manifest::parse(text, "m.yaml");
  if (!manifest) {
    if (!manifest.error().message().starts_with("m.yaml:")) std::abort();
    return 0;
  }
  for (const auto& actor : manifest->actors)
    if (actor.path.empty()) std::abort();
  for (const auto& capability : manifest->capabilities)
    if (capability.path.empty() || capability.binding_name.empty()) std::abort();
  for (const auto& binding : manifest->bindings)
    if (binding.actor.empty() || binding.capability.empty() || binding.binding.empty())
      std::abort();
  return 0;
}
