#include "manifest/expand.h"

#include <gtest/gtest.h>

#include <map>

namespace wascc::manifest {
namespace {

std::optional<std::string> lookup(std::string_view name) {
  static const std::map<std::string, std::string, std::less<>> kVariables = {
      {"TEMP", "/tmp"}, {"EMPTY", ""}, {"NESTED", "${TEMP}"}, {"TÄG", "ü"}};
  const auto found = kVariables.find(name);
  if (found == kVariables.end()) return std::nullopt;
  return found->second;
}

TEST(Expand, ReplacesExactlyWhatIsAReference) {
  struct Case {
    const char* text;
    const char* expected;
  };
  constexpr Case kCases[] = {
      {"", ""},
      {"nothing to do", "nothing to do"},
      {"${TEMP}", "/tmp"},
      {"${TMPX}", "${TMPX}"},
      {"${TEMP:/etc}", "/tmp"},
      {"${TMPX:/etc}", "/etc"},
      {"$TEMP", "$TEMP"},
      {"a ${TEMP}b${TEMP} c", "a /tmpb/tmp c"},
      {"${EMPTY}", ""},
      {"${EMPTY:default}", ""},
      {"${TMPX:}", ""},
      {"${TMPX:a b=c:d}", "a b=c:d"},
      {"${TMPX:redis://host:6379}", "redis://host:6379"},
      {"${NESTED}", "${TEMP}"},
      {"# a comment with ${TEMP}", "# a comment with /tmp"},
      {"${TÄG}", "ü"},
      {"${}", "${}"},
      {"${TEMP", "${TEMP"},
      {"${TMPX:open", "${TMPX:open"},
      {"${", "${"},
      {"$", "$"},
      {"cost: 5$", "cost: 5$"},
      {"$${TEMP}", "$/tmp"},
      {"${A B} ${TEMP}", "${A B} /tmp"},
      {"${A=B}", "${A=B}"},
      {"${A\nB}", "${A\nB}"},
      {"${A\tB}", "${A\tB}"},
      {"${A\rB}", "${A\rB}"},
      {"${TMPX:a\tb}", "${TMPX:a\tb}"},
      {"${TMPX:a\nb}", "${TMPX:a\nb}"},
      {"${TMPX:a\rb}", "${TMPX:a\rb}"},
      {"${A ${TEMP}}", "${A /tmp}"},
      {"${TMPX:${TEMP}}", "${TEMP}"},
  };
  for (const Case& c : kCases) EXPECT_EQ(expand(c.text, lookup), c.expected) << c.text;
}

TEST(Expand, WalksThroughATextOfUnfinishedReferencesOnce) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) text += i % 2 == 0 ? "${a" : "${b:c";
  EXPECT_EQ(expand(text, lookup), text);
  EXPECT_EQ(expand(text + "\n${TEMP}", lookup), text + "\n/tmp");
}

}  // namespace
}  // namespace wascc::manifest
