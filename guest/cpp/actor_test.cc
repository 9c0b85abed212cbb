#include "wascc/actor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "wapc.h"
#include "wascc/actor_keyvalue.h"
#include "wascc/actor_logging.h"
#include "wascc/messages/core.h"
#include "wascc/messages/http.h"

namespace {

using namespace wascc;

// The host's side of waPC for one call at a time.
struct FakeHost {
  std::string operation;
  Bytes payload;
  std::optional<Bytes> response;
  std::optional<std::string> error;

  std::vector<std::string> calls;  // binding/namespace/operation
  Bytes call_payload;
  Result<Bytes> answer = Bytes();

  std::vector<std::string> console;
} host;

void copy(ByteView from, std::byte* to) { std::copy(from.begin(), from.end(), to); }

bool guest_call(std::string_view operation, Bytes payload) {
  host = {};
  host.operation = operation;
  host.payload = std::move(payload);
  return wapc_guest_call(host.operation.size(), host.payload.size()) == 1;
}

}  // namespace

void wapc_guest_request(char* operation, std::byte* payload) {
  std::copy(host.operation.begin(), host.operation.end(), operation);
  copy(host.payload, payload);
}
void wapc_guest_response(const std::byte* response, std::size_t length) {
  host.response.emplace(response, response + length);
}
void wapc_guest_error(const char* text, std::size_t length) { host.error.emplace(text, length); }
std::int32_t wapc_host_call(const char* binding, std::size_t binding_length, const char* name_space,
                            std::size_t name_space_length, const char* operation,
                            std::size_t operation_length, const std::byte* payload,
                            std::size_t payload_length) {
  host.calls.push_back(std::string(binding, binding_length) + "/" +
                       std::string(name_space, name_space_length) + "/" +
                       std::string(operation, operation_length));
  host.call_payload.assign(payload, payload + payload_length);
  return host.answer ? 1 : 0;
}
std::size_t wapc_host_response_len() { return host.answer->size(); }
void wapc_host_response(std::byte* response) { copy(*host.answer, response); }
std::size_t wapc_host_error_len() { return host.answer.error().message().size(); }
void wapc_host_error(char* text) {
  const std::string& message = host.answer.error().message();
  std::copy(message.begin(), message.end(), text);
}
void wapc_console_log(const char* text, std::size_t length) {
  host.console.emplace_back(text, length);
}

namespace {

Result<HttpResponse> greet(const HttpRequest& request) {
  if (request.path == "/fail") return Error(Errc::kInvalid, "no greeting für diesen Weg");
  return HttpResponse{200, "OK", {}, to_bytes("hello " + request.path)};
}

Status take(const CapabilityConfiguration& configuration) {
  actor::console_log(configuration.module);
  return {};
}

Result<Bytes> reverse(ByteView payload) { return Bytes(payload.rbegin(), payload.rend()); }

}  // namespace

std::span<const actor::Operation> wascc::actor::operations() {
  static constexpr Operation kOperations[] = {
      on<greet>(kOpHandleRequest),
      on<take>(kOpBind),
      on<reverse>("Reverse"),
  };
  return kOperations;
}

namespace {

TEST(Actor, AnswersAMessageWithAMessage) {
  ASSERT_TRUE(guest_call("HandleRequest", encode(HttpRequest{"GET", "/me", "", {}, {}})));
  EXPECT_EQ(as_text(decode<HttpResponse>(*host.response)->body), "hello /me");
  EXPECT_FALSE(host.error);
}

TEST(Actor, AnswersNilWhereThereIsNothingToAnswer) {
  ASSERT_TRUE(guest_call("BindActor", encode(CapabilityConfiguration{"MABC", {}})));
  EXPECT_EQ(as_text(*host.response), "\xc0");
  EXPECT_EQ(host.console, std::vector<std::string>{"MABC"});
}

TEST(Actor, AnswersBytesWithBytes) {
  ASSERT_TRUE(guest_call("Reverse", to_bytes("abc")));
  EXPECT_EQ(as_text(*host.response), "cba");
  ASSERT_TRUE(guest_call("Reverse", {}));
  EXPECT_TRUE(host.response->empty());
}

TEST(Actor, TheMessageOfAnErrorIsTheGuestError) {
  EXPECT_FALSE(guest_call("HandleRequest", encode(HttpRequest{"GET", "/fail", "", {}, {}})));
  EXPECT_EQ(host.error, "no greeting für diesen Weg");
  EXPECT_FALSE(host.response);
}

TEST(Actor, APayloadThatDoesNotDecodeIsAGuestError) {
  EXPECT_FALSE(guest_call("HandleRequest", {}));
  EXPECT_EQ(host.error->substr(0, 23), "Failed to de-serialize:");
}

TEST(Actor, AnUnknownOperationIsAGuestErrorThatNamesIt) {
  EXPECT_FALSE(guest_call("Sing", {}));
  EXPECT_EQ(host.error, "no handler for operation Sing");
}

TEST(Actor, IsHealthyUnlessItSaysOtherwise) {
  ASSERT_TRUE(guest_call("HealthRequest", encode(HealthRequest{})));
  EXPECT_EQ(as_text(*host.response), "\xc0");
}

TEST(Actor, CallsAnotherActorByItsKey) {
  host = {};
  host.answer = encode(HttpResponse{204, "No Content", {}, {}});
  const HttpRequest request{"GET", "/", "", {}, {}};
  const auto answer = actor::call_actor<HttpResponse>("MKEY", kOpHandleRequest, request);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status_code, 204u);
  EXPECT_EQ(host.calls, std::vector<std::string>{"default/MKEY/HandleRequest"});
  EXPECT_EQ(host.call_payload, encode(request));
}

TEST(Actor, AHostErrorIsAnErrorWithItsText) {
  host = {};
  host.answer = Error(Errc::kDenied, "not authorised");
  const auto answer = actor::host_call("default", "wascc:logging", "WriteLog", {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message(), "Host error: not authorised");
}

TEST(Actor, WritesLogLines) {
  host = {};
  ASSERT_TRUE(actor::write_log(kWriteLogInfo, "started"));
  EXPECT_EQ(host.calls, std::vector<std::string>{"default/wascc:logging/WriteLog"});
  EXPECT_EQ(host.call_payload, encode(WriteLogRequest{3, "started"}));
}

TEST(Actor, ReadsAndWritesTheKeyValueStoreOfABinding) {
  const actor::KeyValue store("source1");
  host = {};
  host.answer = encode(keyvalue::AddResponse{7});
  EXPECT_EQ(*store.add("k", 2), 7);
  EXPECT_EQ(host.calls, std::vector<std::string>{"source1/wascc:keyvalue/Add"});
  EXPECT_EQ(host.call_payload, encode(keyvalue::AddRequest{"k", 2}));

  host.answer = encode(keyvalue::GetResponse{"v", true});
  EXPECT_EQ(*store.get("k"), "v");
  host.answer = encode(keyvalue::GetResponse{"", false});
  EXPECT_EQ(*store.get("k"), std::nullopt);

  host.answer = encode(keyvalue::SetQueryResponse{{"a", "b"}});
  EXPECT_EQ(*store.set_union({"x", "y"}), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(host.calls.back(), "source1/wascc:keyvalue/SetUnion");

  host.answer = Error(Errc::kProvider, "full");
  EXPECT_EQ(store.set("k", "v").error().message(), "Host error: full");
}

}  // namespace
