#include "host/later_interface.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/keyvalue.h"

namespace wascc::host {
namespace {

std::string answered(std::string_view name_space, std::string_view operation, Bytes answer) {
  const auto heard = answer_for_sender({"default", name_space, operation, {}}, std::move(answer));
  return heard ? hex_lower(*heard) : heard.error().message();
}

std::string hex(std::string_view bytes) { return hex_lower(as_bytes(bytes)); }

TEST(LaterInterface, LeavesTheAnswerToAnOriginalIdAlone) {
  EXPECT_EQ(answered("wascc:extras", "RequestRandom", to_bytes("any")), hex("any"));
  EXPECT_EQ(answered("wascc:messaging", "Request", to_bytes("any")), hex("any"));
  EXPECT_EQ(answered("wasmcloud:keyvalue", "Get", to_bytes("any")), hex("any"));
  EXPECT_EQ(answered("acme:thing", "Request", to_bytes("any")), hex("any"));
}

TEST(LaterInterface, NamesARandomNumberBothWays) {
  extras::GeneratorResult result;
  result.random_number = 7;
  EXPECT_EQ(answered("wasmcloud:extras", "RequestRandom", encode(result)),
            "84" + hex("\xa4guid\xc0\xaesequenceNumber") + "00" + hex("\xacrandomNumber\x07") +
                hex("\xadrandom_number\x07"));
}

TEST(LaterInterface, NamesTheCountOfASetBothWays) {
  for (const std::string_view operation : {"SetAdd", "SetRemove"})
    EXPECT_EQ(answered("wasmcloud:keyvalue", operation, encode(keyvalue::SetOperationResponse{3})),
              "82" + hex("\xa8newCount\x03\xa9new_count\x03"));
}

TEST(LaterInterface, SaysThatAMessageWasPublished) {
  EXPECT_EQ(answered("wasmcloud:messaging", "Publish", {}), "81" + hex("\xa9published\xc3"));
}

TEST(LaterInterface, WrapsTheReplyToARequest) {
  EXPECT_EQ(answered("wasmcloud:messaging", "Request", to_bytes("hi")),
            "83" + hex("\xa7subject\xa0\xa7replyTo\xa0\xa4"
                       "body\xc4\x02hi"));
}

TEST(LaterInterface, SaysWhenAProviderAnsweredSomethingElse) {
  EXPECT_EQ(answered("wasmcloud:extras", "RequestGuid", to_bytes("\xc1")).rfind("Failed to de-", 0),
            0U);
}

TEST(LaterInterface, DeliversMessagesUnderTheNameThatTheTokenSpeaksOf) {
  claims::Claims actor;
  actor.capabilities = {"wasmcloud:messaging"};
  EXPECT_EQ(operation_for_actor(actor, "wascc:messaging", "DeliverMessage"), "HandleMessage");
  EXPECT_EQ(operation_for_actor(actor, "wascc:messaging", "HealthRequest"), "HealthRequest");
  EXPECT_EQ(operation_for_actor(actor, "acme:thing", "DeliverMessage"), "DeliverMessage");
  actor.capabilities.emplace_back("wascc:messaging");
  EXPECT_EQ(operation_for_actor(actor, "wascc:messaging", "DeliverMessage"), "DeliverMessage");
}

}  // namespace
}  // namespace wascc::host
