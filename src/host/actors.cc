#include "host/actors.h"

#include <algorithm>
#include <utility>

#include "claims/token.h"

namespace wascc::host {

bool Actors::add(ActorPtr actor) {
  return table_.with([&](Table& table) {
    const std::string_view key = actor->claims().subject;
    if (!table.by_key.emplace(key, actor).second) return false;
    table.order.push_back(std::move(actor));
    return true;
  });
}

void Actors::replace(ActorPtr actor) {
  const ActorPtr ended = find(actor->claims().subject);  // ends after the lock is gone
  table_.with([&](Table& table) {
    auto node = table.by_key.extract(ended->claims().subject);
    node.key() = actor->claims().subject;  // the old key ends with the old actor
    node.mapped() = actor;
    table.by_key.insert(std::move(node));
    std::ranges::replace(table.order, ended, actor);
  });
}

void Actors::remove(std::string_view key) {
  const ActorPtr ended = find(key);  // ends after the lock is gone
  table_.with([&](Table& table) {
    table.by_key.erase(key);
    std::erase(table.order, ended);
  });
}

void Actors::clear() {
  const Table ended = table_.with([](Table& table) { return std::exchange(table, {}); });
}

ActorPtr Actors::find(std::string_view key) const {
  return table_.with([&](const Table& table) {
    const auto found = table.by_key.find(key);
    return found == table.by_key.end() ? nullptr : found->second;
  });
}

ActorPtr Actors::find_alias(std::string_view alias) const {
  const std::string wanted = claims::normal_call_alias(alias);
  return table_.with([&](const Table& table) -> ActorPtr {
    for (const ActorPtr& actor : table.order) {
      const auto& own = actor->claims().call_alias;
      if (own && claims::normal_call_alias(*own) == wanted) return actor;
    }
    return nullptr;
  });
}

std::vector<ActorPtr> Actors::all() const {
  return table_.with([](const Table& table) { return table.order; });
}

}  // namespace wascc::host
