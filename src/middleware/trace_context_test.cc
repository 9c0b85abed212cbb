#include "middleware/trace_context.h"

#include <gtest/gtest.h>

namespace wascc::middleware {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kSpan = "00f067aa0ba902b7";

TEST(TraceContext, ReadsAndWritesTheHeaderOfW3c) {
  for (const bool sampled : {true, false}) {
    const std::string header = "00-" + kTrace + "-" + kSpan + (sampled ? "-01" : "-00");
    const auto context = parse_traceparent(header);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->trace_id, kTrace);
    EXPECT_EQ(context->span_id, kSpan);
    EXPECT_EQ(context->sampled, sampled);
    EXPECT_EQ(traceparent(*context), header);
  }
}

TEST(TraceContext, TakesLaterVersionsAndOtherFlags) {
  const auto later = parse_traceparent("01-" + kTrace + "-" + kSpan + "-03-more");
  ASSERT_TRUE(later);
  EXPECT_TRUE(later->sampled);
  EXPECT_FALSE(parse_traceparent("00-" + kTrace + "-" + kSpan + "-0a")->sampled);
  EXPECT_TRUE(parse_traceparent("00-" + kTrace + "-" + kSpan + "-0b")->sampled);
}

TEST(TraceContext, WhatIsNoHeaderOfW3cIsNone) {
  const std::string zeros(32, '0');
  for (const std::string& header :
       {std::string(), std::string("größe"), "00-" + kTrace + "-" + kSpan,
        "00-" + kTrace + "-" + kSpan + "-01-more", "ff-" + kTrace + "-" + kSpan + "-01",
        "01-" + kTrace + "-" + kSpan + "-01more", "00-" + zeros + "-" + kSpan + "-01",
        "00-" + kTrace + "-" + zeros.substr(16) + "-01", "00_" + kTrace + "-" + kSpan + "-01",
        "00-" + kTrace + "-" + kSpan + "-0g",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kSpan + "-01"})
    EXPECT_FALSE(parse_traceparent(header)) << header;
}

TEST(TraceContext, ReadsTheHeaderOfXray) {
  const auto context = parse_xray(
      "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=0;Lineage=a:1");
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, kTrace);
  EXPECT_EQ(context->span_id, kSpan);
  EXPECT_FALSE(context->sampled);
  const auto root = parse_xray("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736");
  ASSERT_TRUE(root);
  EXPECT_TRUE(root->sampled);
  EXPECT_EQ(root->span_id.size(), 16U);
  for (const char* header : {"", "Root=1", "Root=2-4bf92f35-77b34da6a3ce929d0e0e4736",
                             "Root=1-4bf92f35-77b34da6a3ce929d0e0e473;Sampled=1", ";;", "größe"})
    EXPECT_FALSE(parse_xray(header)) << header;
}

TEST(TraceContext, RandomIdsAreIdsAndDiffer) {
  const TraceContext one{random_trace_id(), random_span_id()},
      two{random_trace_id(), random_span_id()};
  EXPECT_TRUE(parse_traceparent(traceparent(one)));
  EXPECT_NE(one.trace_id, two.trace_id);
  EXPECT_NE(one.span_id, two.span_id);
}

}  // namespace
}  // namespace wascc::middleware
