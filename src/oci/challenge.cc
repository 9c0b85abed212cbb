#include "oci/challenge.h"

#include <algorithm>

#include "net/header_names.h"

namespace wascc::oci {
namespace {

bool is_of_token(char c) { return net::is_token({&c, 1}); }

// Reads from the front of a text that it views.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  // In small letters; empty if none stands here.
  std::string word() { return net::lower_case(raw_word()); }

  bool skip(char wanted) {
    skip_spaces();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A word, or a text in quotes.
  std::optional<std::string> value() {
    if (!skip('"')) {
      std::string word(raw_word());
      if (word.empty()) return std::nullopt;
      return word;
    }
    std::string text;
    while (!rest_.empty()) {
      char c = next();
      if (c == '"') return text;
      if (c == '\\') {
        if (rest_.empty()) break;
        c = next();
      }
      text += c;
    }
    return std::nullopt;  // the quote is never closed
  }

 private:
  std::string_view raw_word() {
    skip_spaces();
    const auto end = std::ranges::find_if_not(rest_, is_of_token);
    const std::string_view word = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(word.size());
    return word;
  }
  void skip_spaces() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  char next() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Challenge> parse_challenge(std::string_view value) {
  Reader in(value);
  const std::string scheme = in.word();
  Challenge challenge{};
  if (scheme == "basic") {
    challenge.scheme = Challenge::Scheme::kBasic;
    return challenge;
  }
  if (scheme != "bearer") return std::nullopt;
  challenge.scheme = Challenge::Scheme::kBearer;
  do {
    const std::string name = in.word();
    if (name.empty() || !in.skip('=')) break;  // the end, or the next challenge
    const auto text = in.value();
    if (!text) return std::nullopt;
    if (name == "realm") challenge.realm = *text;
    if (name == "service") challenge.service = *text;
  } while (in.skip(','));
  if (challenge.realm.empty()) return std::nullopt;
  return challenge;
}

}  // namespace wascc::oci
