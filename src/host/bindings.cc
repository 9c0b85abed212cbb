#include "host/bindings.h"

#include <algorithm>

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
    std::vector<const std::pair<const Names, Entry>*> sorted;
    for (const auto& item : table) sorted.push_back(&item);
    std::ranges::sort(sorted, {}, [](const auto* item) { return Views(item->first); });
    std::vector<Entry> entries;
    for (const auto* item : sorted) entries.push_back(item->second);
    return entries;
  });
}

}  // namespace wascc::host
