#include "host/bindings.h"

namespace wascc::host {

std::optional<Bindings::Entry> Bindings::put(const BindingKey& key, Entry entry) {
  return table_.with([&](auto& table) -> std::optional<Entry> {
    const auto [place, added] = table.try_emplace(Names(views(key)), entry);
    if (added) return std::nullopt;
    return std::exchange(place->second, std::move(entry));
  });
}

std::optional<Bindings::Entry> Bindings::remove(const BindingKey& key) {
  return table_.with([&](auto& table) -> std::optional<Entry> {
    const auto found = table.find(views(key));
    if (found == table.end()) return std::nullopt;
    return std::move(table.extract(found).mapped());
  });
}

ProviderPtr Bindings::find(const BindingKey& key) const {
  return table_.with([&](const auto& table) {
    const auto found = table.find(views(key));
    return found == table.end() ? nullptr : found->second.provider;
  });
}

std::optional<Bindings::Entry> Bindings::entry(const BindingKey& key) const {
  return table_.with([&](const auto& table) -> std::optional<Entry> {
    const auto found = table.find(views(key));
    if (found == table.end()) return std::nullopt;
    return found->second;
  });
}

std::vector<Bindings::Entry> Bindings::all() const {
  return table_.with([](const auto& table) {
    std::vector<Entry> entries;
    for (const auto& [names, entry] : table) entries.push_back(entry);
    return entries;
  });
}

}  // namespace wascc::host
