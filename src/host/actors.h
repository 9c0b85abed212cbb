// The actors of one host, by key and by call alias. Any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "host/actor.h"

namespace wascc::host {

using ActorPtr = std::shared_ptr<Actor>;  // the host's, and that of each call in progress

class Actors {
 public:
  // False, and nothing is added, if the key is there already.
  bool add(ActorPtr actor);
  // Puts it where the actor of the same key is, which must be there.
  void replace(ActorPtr actor);
  void remove(std::string_view key);
  void clear();

  ActorPtr find(std::string_view key) const;  // nullptr if there is none
  // The first actor added whose token has this alias; `alias` as a caller writes it.
  ActorPtr find_alias(std::string_view alias) const;
  // In the order in which they were added.
  std::vector<ActorPtr> all() const;

 private:
  struct Table {
    std::vector<ActorPtr> order;
    std::unordered_map<std::string_view, ActorPtr> by_key;  // each key is the actor's own
  };
  Guarded<Table> table_;
};

}  // namespace wascc::host
