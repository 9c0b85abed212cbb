#include "net/request_path.h"

#include "net/header_names.h"

namespace wascc::net {
namespace {

// What is left of an absolute target after scheme and host; "/" for nothing.
std::optional<std::string_view> without_host(std::string_view target) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string scheme = lower_case(target.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::size_t end = target.find_first_of("/?", colon + 3);
  return end == std::string_view::npos ? std::string_view() : target.substr(end);
}

}  // namespace

std::optional<RequestTarget> split_target(std::string_view target) {
  if (!target.starts_with('/')) {
    const auto rest = without_host(target);
    if (!rest) return std::nullopt;
    target = *rest;
  }
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return RequestTarget{target, {}};
  return RequestTarget{target.substr(0, mark), target.substr(mark + 1)};
}

std::string_view without_prefix(std::string_view path, std::string_view prefix) {
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.empty() || !path.starts_with(prefix)) return path;
  const std::string_view rest = path.substr(prefix.size());
  if (rest.empty()) return "/";
  return rest.starts_with('/') ? rest : path;
}

std::string finished_path(std::string_view path, const ByteSet& keep, std::string_view base_path) {
  path = without_prefix(path, base_path);
  std::string encoded;
  encoded.reserve(path.size() + 1);
  if (!path.starts_with('/')) encoded.push_back('/');
  percent_encode(encoded, path, keep);
  return encoded;
}

}  // namespace wascc::net
