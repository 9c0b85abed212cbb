#include "net/header_names.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "net/percent.h"

namespace wascc::net {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_token(std::string_view name) {
  static constexpr ByteSet kToken =
      byte_set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return kToken[static_cast<unsigned char>(c)]; });
}

bool is_hop_by_hop(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "connection", "keep-alive",        "proxy-connection", "te",
      "trailer",    "transfer-encoding", "upgrade"};
  return std::binary_search(kNames.begin(), kNames.end(), name);
}

std::vector<std::size_t> first_of_each(std::span<const std::string_view> names) {
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int by_name = names[a].compare(names[b]);
    return by_name != 0 ? by_name < 0 : a < b;
  });
  std::vector<std::size_t> first(names.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool repeats = i > 0 && names[order[i]] == names[order[i - 1]];
    first[order[i]] = repeats ? first[order[i - 1]] : order[i];
  }
  return first;
}

}  // namespace wascc::net
