#include "net/request_path.h"

#include <gtest/gtest.h>

namespace wascc::net {
namespace {

TEST(RequestPath, SplitsATargetAtItsFirstQuestionMark) {
  struct Case {
    const char* target;
    const char* path;
    const char* query;
  };
  constexpr Case kCases[] = {{"/", "/", ""},
                             {"/a/b?c=d?e", "/a/b", "c=d?e"},
                             {"/a?", "/a", ""},
                             {"//host/a", "//host/a", ""},
                             {"/%2F%3f?%20", "/%2F%3f", "%20"},
                             {"http://host:80/a?b", "/a", "b"},
                             {"HTTPS://host?b", "", "b"},
                             {"http://host", "", ""}};
  for (const Case& c : kCases) {
    const auto split = split_target(c.target);
    ASSERT_TRUE(split) << c.target;
    EXPECT_EQ(split->path, c.path) << c.target;
    EXPECT_EQ(split->query, c.query) << c.target;
  }
}

TEST(RequestPath, RefusesTargetsThatAreNoActors) {
  for (const char* target : {"", "*", "host:443", "a/b", "ftp://host/a", "://host/a"})
    EXPECT_FALSE(split_target(target)) << target;
}

TEST(RequestPath, BeginsWithASlashAndLosesTheBasePathAlone) {
  EXPECT_EQ(finished_path("", kSentPath, ""), "/");
  EXPECT_EQ(finished_path("/shop", kSentPath, "/shop"), "/");
  EXPECT_EQ(finished_path("/shop/a", kSentPath, "/shop"), "/a");
  EXPECT_EQ(finished_path("/shopping", kSentPath, "/shop"), "/shopping");
  EXPECT_EQ(finished_path("/%41/\xC3\xA4#x", kSentPath, ""), "/%41/%C3%A4%23x");
}

}  // namespace
}  // namespace wascc::net
