// The providers of one host, by what they provide and by their token. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "host/provider_slot.h"

namespace wascc::host {

class Providers {
 public:
  void add(ProviderPtr provider);
  void remove(const ProviderPtr& provider);
  std::vector<ProviderPtr> take_all();  // none is left

  // `capability` under any of its names; nullptr if there is none.
  ProviderPtr find(std::string_view capability, std::string_view binding) const;
  // One whose token has this subject; nullptr if there is none.
  ProviderPtr of_subject(std::string_view subject) const;
  // In the order in which they were added.
  std::vector<ProviderPtr> all() const;

 private:
  Guarded<std::vector<ProviderPtr>> list_;
};

}  // namespace wascc::host
