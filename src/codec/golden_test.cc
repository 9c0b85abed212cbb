// Every message of tests/golden/messages.txt, both ways.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "wascc/messages/blobstore.h"
#include "wascc/messages/core.h"
#include "wascc/messages/event.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/logging.h"
#include "wascc/messages/messaging.h"
#include "wascc/msgpack.h"

namespace wascc {
namespace {

std::string hex(ByteView bytes) {
  std::string out;
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    out += "0123456789abcdef"[value >> 4];
    out += "0123456789abcdef"[value & 15];
  }
  return out;
}

Bytes from_hex(const std::string& digits) {
  Bytes out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out.push_back(static_cast<std::byte>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  return out;
}

class Golden : public ::testing::Test {
 protected:
  Golden() {
    std::ifstream file("tests/golden/messages.txt");
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line.front() == '#') continue;
      std::istringstream words(line);
      std::string name, digits;
      words >> name >> digits;
      digits_[name] = digits;
    }
  }

  // `message` encodes to the bytes of that name, and these decode to it.
  template <class M>
  void expect(const std::string& name, const M& message) {
    EXPECT_EQ(hex(encode(message)), digits_[name]) << name;
    expect_read(name, message);
  }

  // The bytes of that name decode to `message`.
  template <class M>
  void expect_read(const std::string& name, const M& message) {
    const Result<M> read = decode<M>(from_hex(digits_[name]));
    ASSERT_TRUE(read) << name << ": " << read.error().message();
    EXPECT_EQ(hex(encode(*read)), hex(encode(message))) << name;
    used_.insert({name, true});
  }

  std::map<std::string, std::string> digits_;
  std::map<std::string, bool> used_;
};

TEST_F(Golden, EveryMessageIsWrittenAndReadToTheByte) {
  expect("health_request", HealthRequest{});
  expect("capability_configuration", CapabilityConfiguration{"MABC", {{"PORT", "8081"}}});
  const HttpRequest request{
      "GET", "/foo", "a=1&b=2", {{"accept", "application/json"}}, to_bytes("Hi")};
  expect("http_request", request);
  expect("http_request_empty", HttpRequest{"GET", "/", "", {}, {}});
  expect("http_response", HttpResponse{200, "OK", {}, to_bytes(R"({"counter":1})")});
  expect_read("http_response_stray_byte", HttpResponse{200, "OK", {}, to_bytes(R"({"count":1})")});
  expect("http_response_404", HttpResponse{404, "Not Found", {}, {}});
  expect("write_log_request", WriteLogRequest{kWriteLogWarn, "Received an HTTP request"});
  expect("lambda_event", Event{to_bytes(R"({"input":"Hello world"})")});
  expect("lambda_response", EventResponse{to_bytes(R"({"output":"HELLO WORLD"})")});
  expect("add_request", keyvalue::AddRequest{":counter1", 1});
  expect("add_response", keyvalue::AddResponse{1});
  expect("add_response_128", keyvalue::AddResponse{128});
  expect("add_response_70000", keyvalue::AddResponse{70000});
  expect("get_response", keyvalue::GetResponse{"v", true});
  expect("set_request", keyvalue::SetRequest{"counter1", "12", 100});
  expect_read("range_request", keyvalue::RangeRequest{"l", 0, -1});
  expect("range_response", keyvalue::RangeResponse{{"a", "b"}});
  expect("set_operation_response", keyvalue::SetOperationResponse{1});
  expect("broker_message", messaging::BrokerMessage{"test", "", to_bytes("hi")});
  expect("request_message",
         messaging::RequestMessage{"user.profile.175", to_bytes("raw query bytes"), 100});
  expect("container", blobstore::Container{"container"});
  expect("blob", blobstore::Blob{"blob", "container", 53400});
  const Bytes chunk = from_hex("0102030405");
  expect("file_chunk",
         blobstore::FileChunk{5, "container", "blob", 53400, 1024, chunk, std::nullopt});
  expect("stream_query",
         eventstreams::StreamQuery{"stream1", eventstreams::TimeRange{0, 1000}, 42});
  expect("stream_results", eventstreams::StreamResults{{{"1-0", "s", {{"a", "b"}}}}});
  expect("generator_request_random", extras::GeneratorRequest{false, false, true, 0, 100});
  expect("generator_request_guid", extras::GeneratorRequest{true, false, false, 0, 0});
  expect("generator_result", extras::GeneratorResult{std::nullopt, 0, 42});
  expect("capability_descriptor",
         CapabilityDescriptor{"wascc:wasidemo",
                              "waSCC Portable Provider Demo",
                              "0.0.1",
                              0,
                              "Sample illustrating that an actor can also be a capability provider",
                              {{"DoCustomThing", Direction::kToActor,
                                "Performs the custom, ultra-top secret operation"}}});

  const HttpRequest positional{"GET", "/c", "q", {}, to_bytes("hi")};
  EXPECT_EQ(hex(encode_positional(positional)), digits_["positional_http_request"]);
  expect_read("positional_http_request", positional);
  const HttpResponse answer{200, "OK", {}, to_bytes("{}")};
  EXPECT_EQ(hex(encode_positional(answer)), digits_["positional_http_response"]);
  expect_read("positional_http_response", answer);

  EXPECT_EQ(used_.size(), digits_.size()) << "a golden message has no value here";
}

}  // namespace
}  // namespace wascc
