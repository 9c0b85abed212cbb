#include "host/providers.h"

#include <utility>

#include "host/capability_id.h"

namespace wascc::host {

void Providers::add(ProviderPtr provider) {
  list_.with([&](auto& list) { list.push_back(std::move(provider)); });
}

void Providers::remove(const ProviderPtr& provider) {
  list_.with([&](auto& list) { std::erase(list, provider); });
}

std::vector<ProviderPtr> Providers::take_all() {
  return list_.with([](auto& list) { return std::exchange(list, {}); });
}

ProviderPtr Providers::find(std::string_view capability, std::string_view binding) const {
  const std::string_view id = canonical_capability(capability);
  return list_.with([&](const auto& list) -> ProviderPtr {
    for (const ProviderPtr& provider : list)
      if (provider->capability() == id && provider->binding() == binding) return provider;
    return nullptr;
  });
}

ProviderPtr Providers::of_subject(std::string_view subject) const {
  return list_.with([&](const auto& list) -> ProviderPtr {
    for (const ProviderPtr& provider : list)
      if (const claims::Claims* claims = provider->provider().claims();
          claims != nullptr && claims->subject == subject)
        return provider;
    return nullptr;
  });
}

std::vector<ProviderPtr> Providers::all() const {
  return list_.with([](const auto& list) { return list; });
}

}  // namespace wascc::host
