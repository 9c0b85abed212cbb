#include <gtest/gtest.h>

#include "wascc/actor_json.h"

namespace wascc::actor {
namespace {

TEST(ActorJson, StringsAreEscaped) {
  std::string out;
  append_json_string(out, "a\"b\\c\n\x01é");
  EXPECT_EQ(out, R"("a\"b\\c\u000a\u0001é")");
}

TEST(ActorJson, FindsAMemberAmongOthers) {
  constexpr std::string_view kJson =
      R"( {"s":"}\"]","o":{"Records":1},"n":[[],{},"]"] , "Records" : [1, {"a":[2,3]}, "x"] ,"t":1})";
  EXPECT_EQ(json_member(kJson, "Records"), R"([1, {"a":[2,3]}, "x"])");
  EXPECT_EQ(json_member(kJson, "t"), "1");
  EXPECT_EQ(json_member(kJson, "absent"), std::nullopt);
}

TEST(ActorJson, CountsTheElementsOfAnArray) {
  EXPECT_EQ(json_array_size("[]"), 0u);
  EXPECT_EQ(json_array_size(" [ ] "), 0u);
  EXPECT_EQ(json_array_size(R"([1,"a,b",[2,3],{"c":[4,5]},null])"), 5u);
}

TEST(ActorJson, DamagedTextIsNothing) {
  for (const std::string_view json : {"", "{", "[", "[1", "[1,", "[1 2]", "[,]", R"(["a)", R"(["\)",
                                      R"({"Records")", R"({"Records":)", R"({"x":[})", "null"}) {
    EXPECT_EQ(json_member(json, "Records"), std::nullopt) << json;
    EXPECT_EQ(json_array_size(json), std::nullopt) << json;
  }
  EXPECT_EQ(json_array_size(std::string(100'000, '[')), std::nullopt);
}

}  // namespace
}  // namespace wascc::actor
