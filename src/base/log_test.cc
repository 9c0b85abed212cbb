#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "base/encoding.h"
#include "base/json.h"
#include "support/manual_clock.h"
#include "support/memory_log.h"

namespace wascc {
namespace {

using test::ManualClock;
using test::MemoryLog;

// A sink on a temporary file, read back as text.
class LogLines : public testing::Test {
 protected:
  LogLines() : file_(std::tmpfile()) {}
  ~LogLines() override { std::fclose(file_); }

  StreamSink sink(LogFormat format, LogLevel level = LogLevel::kInfo) {
    return {::fileno(file_), format, LogFilter(level), clock_};
  }
  std::string written() const {
    std::string text(1 << 20, '\0');
    const ssize_t size = ::pread(::fileno(file_), text.data(), text.size(), 0);
    text.resize(static_cast<std::size_t>(size));
    return text;
  }

  std::FILE* file_;
  ManualClock clock_;
};

TEST_F(LogLines, TextLinesQuoteWhatNeedsIt) {
  StreamSink out = sink(LogFormat::kText);
  const Log log = Log(out).with("actor", "MB4OLDIC").target("lambda");
  log.info("actor loaded", {{"caps", "wascc:http_server"}, {"size", "12"}});
  log.warn("odd", {{"a", ""}, {"b", "two words"}, {"c", "x=y"}, {"d", "\"q\"\\"}, {"e", "Grüße"}});
  EXPECT_EQ(written(),
            "level=info msg=\"actor loaded\" target=lambda actor=MB4OLDIC caps=wascc:http_server"
            " size=12\n"
            "level=warn msg=\"odd\" target=lambda actor=MB4OLDIC a=\"\" b=\"two words\" c=\"x=y\""
            " d=\"\\\"q\\\"\\\\\" e=Grüße\n");
}

TEST_F(LogLines, ATextEntryIsOneLineWhateverItHolds) {
  StreamSink out = sink(LogFormat::kText);
  Log(out).error("two\nlines\r\ttab \x01 \x7F", {{"key", "a\nb"}, {"bad", "\xFF"}});
  EXPECT_EQ(written(),
            "level=error msg=\"two\\nlines\\r\\ttab \\u0001 \\u007f\" target=host key=\"a\\nb\""
            " bad=\uFFFD\n");
}

TEST_F(LogLines, JsonLinesCarryWhatLambdaReads) {
  clock_.set(std::chrono::system_clock::time_point(std::chrono::milliseconds(1'795'177'296'789)));
  StreamSink out = sink(LogFormat::kJson);
  Log(out)
      .with("requestId", "8476a536")
      .error("no\n\"good\"", {{"errorType", "Function.ActorTrap"}});
  EXPECT_EQ(written(),
            "{\"timestamp\":\"2026-11-20T12:21:36.789Z\",\"level\":\"ERROR\",\"message\":"
            "\"no\\n\\\"good\\\"\",\"target\":\"host\",\"requestId\":\"8476a536\","
            "\"errorType\":\"Function.ActorTrap\"}\n");
}

TEST_F(LogLines, AFieldGivenAgainReplacesTheInheritedOne) {
  StreamSink out = sink(LogFormat::kText);
  Log(out).with("actor", "one").with("actor", "two").info("x", {{"k", "v"}, {"actor", "three"}});
  EXPECT_EQ(written(), "level=info msg=\"x\" target=host k=v actor=three\n");
}

TEST_F(LogLines, RecordsStayBelow256KBAndStayWellFormed) {
  std::string wide;
  for (int i = 0; i < 200'000; ++i) wide += "ü\n\x01";
  for (const LogFormat format : {LogFormat::kText, LogFormat::kJson}) {
    ASSERT_EQ(::ftruncate(::fileno(file_), 0), 0);
    ::lseek(::fileno(file_), 0, SEEK_SET);
    StreamSink out = sink(format);
    Log(out).info(wide, {{"requestId", "r"}, {"big", wide}, {"late", "lost"}});
    const std::string text = written();
    EXPECT_LT(text.size(), 256'000U);
    EXPECT_EQ(text.find('\n'), text.size() - 1);
    EXPECT_TRUE(is_utf8(text));
    EXPECT_NE(text.find("…"), std::string::npos);
    EXPECT_NE(text.find("requestId"), std::string::npos);
    if (format == LogFormat::kJson) {
      EXPECT_TRUE(json::Document::parse(text));
    }
  }
}

TEST_F(LogLines, LevelsBelowTheFilterAreNotWritten) {
  StreamSink out = sink(LogFormat::kText, LogLevel::kWarn);
  const Log log(out);
  EXPECT_FALSE(log.enabled(LogLevel::kInfo));
  log.info("quiet");
  log.warn("heard");
  EXPECT_EQ(written(), "level=warn msg=\"heard\" target=host\n");
}

TEST(StreamSink, WritesEachEntryWithOneCall) {
  std::array<int, 2> ends;
  ASSERT_EQ(::pipe2(ends.data(), O_DIRECT), 0);  // one read answers what one write gave
  ManualClock clock;
  StreamSink sink(ends[1], LogFormat::kText, LogFilter(), clock);
  Log(sink).info("one");
  Log(sink).info("two");
  std::string text(4096, '\0');
  text.resize(static_cast<std::size_t>(::read(ends[0], text.data(), text.size())));
  EXPECT_EQ(text, "level=info msg=\"one\" target=host\n");
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Log, WithoutASinkWritesNothing) {
  const Log log;
  EXPECT_FALSE(log.enabled(LogLevel::kError));
  log.with("a", "b").target("t").error("into the void");
}

TEST(Log, CopiesShareTheSinkAndKeepTheirOwnFields) {
  MemoryLog sink;
  const Log log(sink);
  const Log child = log.with("request", "1");
  child.info("child", {{"more", "2"}});
  log.info("parent");
  const std::vector<std::string> expected = {"info host child request=1 more=2",
                                             "info host parent"};
  EXPECT_EQ(sink.lines(), expected);
}

TEST(LogFilter, FollowsTheLongestMatchingTarget) {
  const LogFilter filter = LogFilter::parse(" warn , actor=debug,actor::MB4O=trace, host=off ");
  struct Case {
    const char* target;
    LogLevel most;  // the most talkative level that is written
  };
  const Case kCases[] = {{"lambda", LogLevel::kWarn},       {"actor", LogLevel::kDebug},
                         {"actor::MXYZ", LogLevel::kDebug}, {"actor::MB4O", LogLevel::kTrace},
                         {"actors", LogLevel::kWarn},       {"host", LogLevel::kOff}};
  for (const Case& c : kCases)
    for (const LogLevel level :
         {LogLevel::kError, LogLevel::kWarn, LogLevel::kInfo, LogLevel::kDebug, LogLevel::kTrace})
      EXPECT_EQ(filter.enabled(level, c.target), level <= c.most)
          << c.target << " " << static_cast<int>(level);
}

TEST(LogFilter, SkipsAndCountsWhatItDoesNotKnow) {
  int skipped = 0;
  const LogFilter filter = LogFilter::parse("inof,host=loud,=info,,lambda=error", &skipped);
  EXPECT_EQ(skipped, 3);
  EXPECT_TRUE(filter.enabled(LogLevel::kInfo, "host"));
  EXPECT_FALSE(filter.enabled(LogLevel::kWarn, "lambda"));
}

TEST(LogFilter, SaysInfoWhenNothingIsSaid) {
  const LogFilter filter = LogFilter::parse("");
  EXPECT_TRUE(filter.enabled(LogLevel::kInfo, "host"));
  EXPECT_FALSE(filter.enabled(LogLevel::kDebug, "host"));
}

TEST(LogLevelWord, IsKnownInAnyCase) {
  EXPECT_EQ(log_level("error"), LogLevel::kError);
  EXPECT_EQ(log_level("WARN"), LogLevel::kWarn);
  EXPECT_EQ(log_level("Warning"), LogLevel::kWarn);
  EXPECT_EQ(log_level("FATAL"), LogLevel::kError);
  EXPECT_EQ(log_level("off"), LogLevel::kOff);
  EXPECT_FALSE(log_level("verbose"));
  EXPECT_FALSE(log_level(""));
}

TEST(Log, AScopeAddsItsFieldToWhateverItsThreadWrites) {
  test::MemoryLog memory;
  const Log early = Log(memory).with("actor", "M");
  {
    const LogScope request("requestId", "1");
    const LogScope tenant("tenantId", "blue");
    early.info("inside", {{"n", "2"}});
    std::thread([&] { early.info("elsewhere"); }).join();
  }
  early.info("after");
  EXPECT_EQ(memory.lines(),
            (std::vector<std::string>{"info host inside requestId=1 tenantId=blue actor=M n=2",
                                      "info host elsewhere actor=M", "info host after actor=M"}));
}

}  // namespace
}  // namespace wascc
