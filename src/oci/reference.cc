#include "oci/reference.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "net/header_names.h"

namespace wascc::oci {
namespace {

// The grammar and its limits are those of the distribution specification and of Docker.
constexpr std::size_t kMaxReferenceBytes = 1024;
constexpr std::size_t kMaxHostBytes = 253;  // of a name in DNS
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxRepositoryBytes = 255;
constexpr std::size_t kMaxTagBytes = 128;
constexpr std::string_view kSha256 = "sha256:";
constexpr std::size_t kSha256Digits = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_small(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter_or_digit(char c) { return is_digit(c) || is_small(c) || (c >= 'A' && c <= 'Z'); }

// Takes what stands before the separator off the front; all of it, if there is none.
std::string_view take(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view first = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return first;
}

bool is_host(std::string_view host) {
  if (host.empty() || host.size() > kMaxHostBytes || host.back() == '.') return false;
  while (!host.empty()) {
    const std::string_view label = take(host, '.');
    if (label.empty() || label.size() > kMaxLabelBytes || label.front() == '-' ||
        label.back() == '-' ||
        !std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; }))
      return false;
  }
  return true;
}

bool is_port(std::string_view port) {
  std::uint16_t number = 0;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
  return failed == std::errc() && end == port.data() + port.size() && number != 0 &&
         port.front() != '0';
}

// Small letters and digits, with one '.', one or two '_', or any number of '-' between them.
bool is_component(std::string_view component) {
  const auto is_plain = [](char c) { return is_small(c) || is_digit(c); };
  if (component.empty() || !is_plain(component.front()) || !is_plain(component.back()))
    return false;
  while (!component.empty()) {
    const std::size_t plain =
        static_cast<std::size_t>(std::ranges::find_if_not(component, is_plain) - component.begin());
    component.remove_prefix(plain);
    const std::size_t between =
        static_cast<std::size_t>(std::ranges::find_if(component, is_plain) - component.begin());
    const std::string_view separator = component.substr(0, between);
    if (!separator.empty() && separator != "." && separator != "_" && separator != "__" &&
        separator.find_first_not_of('-') != std::string_view::npos)
      return false;
    component.remove_prefix(between);
  }
  return true;
}

bool is_repository(std::string_view repository) {
  if (repository.empty() || repository.size() > kMaxRepositoryBytes || repository.back() == '/')
    return false;
  while (!repository.empty())
    if (!is_component(take(repository, '/'))) return false;
  return true;
}

bool is_tag(std::string_view tag) {
  const auto is_word = [](char c) { return is_letter_or_digit(c) || c == '_'; };
  return !tag.empty() && tag.size() <= kMaxTagBytes && is_word(tag.front()) &&
         std::ranges::all_of(tag, [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

Error refused(std::string_view text, std::string_view why) {
  std::string message = "waSCC Host Error: Failed to parse OCI distribution reference: ";
  message.append(text.substr(0, kMaxReferenceBytes)).append(": ").append(why);
  return Error(Errc::kMalformed,
               message.append("; one is written registry[:port]/repository[:tag][@sha256:digest]"));
}

}  // namespace

bool is_digest(std::string_view text) {
  return text.size() == kSha256.size() + kSha256Digits && text.starts_with(kSha256) &&
         std::ranges::all_of(text.substr(kSha256.size()),
                             [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

Result<Reference> Reference::parse(std::string_view text) {
  if (text.size() > kMaxReferenceBytes) return refused(text, "it is too long");
  if (!looks_like_reference(text))
    return refused(text, "it does not begin with a registry: a host with a dot or a port");
  Reference reference;
  std::string_view rest = text;

  reference.registry = net::lower_case(take(rest, '/'));
  std::string_view port = reference.registry;
  const std::string_view host = take(port, ':');
  if (!is_host(host)) return refused(text, "its registry is no host");
  if (host.size() != reference.registry.size() && !is_port(port))
    return refused(text, "its registry's port is no number from 1 to 65535");

  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    reference.digest = rest.substr(at + 1);
    rest = rest.substr(0, at);
    if (!is_digest(reference.digest))
      return refused(text, "behind the @ stands no SHA-256 digest in small letters");
  }
  if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    reference.tag = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
    if (!is_tag(reference.tag)) return refused(text, "its tag is none");
  }
  if (!is_repository(rest))
    return refused(text, "its repository is none: small letters and digits, with . _ - between");
  reference.repository = rest;
  return reference;
}

std::string Reference::text() const {
  std::string text = registry + "/" + repository;
  if (!tag.empty()) text.append(":").append(tag);
  if (!digest.empty()) text.append("@").append(digest);
  return text;
}

}  // namespace wascc::oci
