#include "runtime/expiry.h"

#include <gtest/gtest.h>

#include "support/manual_clock.h"
#include "support/memory_log.h"

namespace wascc::runtime {
namespace {

claims::Claims expiring(const std::string& subject, std::optional<std::uint64_t> expires) {
  claims::Claims claims;
  claims.subject = subject;
  claims.expires = expires;
  return claims;
}

TEST(Expiry, IsToldOfTokensThatEndWithinAWeek) {
  constexpr std::uint64_t kNow = 1'600'000'000, kWeek = 7 * 24 * 3600;
  const test::ManualClock clock;
  test::MemoryLog log;
  warn_of_expiry({expiring("M1", kNow + kWeek), expiring("M2", kNow + kWeek + 1),
                  expiring("M3", std::nullopt), expiring("M4", kNow + 7200)},
                 clock.now(), Log(log));
  EXPECT_EQ(log.lines().size(), 2U);
  EXPECT_EQ(log.count("actor=M1 name=Anonymous hours=168"), 1);
  EXPECT_EQ(log.count("actor=M4 name=Anonymous hours=2"), 1);
}

}  // namespace
}  // namespace wascc::runtime
