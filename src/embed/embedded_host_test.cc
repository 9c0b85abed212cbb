#include "wascc/embedded_host.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <mutex>

#include "claims/wasm_section.h"
#include "support/fake_provider.h"
#include "support/signed_vectors.h"
#include "support/temporary_folder.h"
#include "wascc/messages/core.h"

namespace wascc {
namespace {

using test::kAccountKey;
using test::kModuleKey;

Bytes signed_module(const test::SignedVector& vector) {
  return claims::embed_token(vector.module(), std::nullopt, vector.token());
}

struct EmbeddedHostTest : testing::Test {
  EmbeddedHostOptions options = trusting_options();
  test::FakeProvider::Record record;

  static EmbeddedHostOptions trusting_options() {
    EmbeddedHostOptions options;
    options.trusted_issuers = {std::string(kAccountKey)};
    options.log = [](const HostLogEntry&) {};
    return options;
  }
  EmbeddedHost make() {
    auto made = EmbeddedHost::make(options);
    EXPECT_TRUE(made) << made.error().message();
    return *std::move(made);
  }
  Errc refusal(const test::SignedVector& vector) {
    EmbeddedHost embedded = make();
    const auto added = embedded.add_actor(signed_module(vector));
    EXPECT_FALSE(added);
    EXPECT_TRUE(embedded.host().actors().empty());
    return added ? Errc::kInternal : added.error().code();
  }
};

TEST_F(EmbeddedHostTest, AnActorReachesTheProviderOfTheProgram) {
  EmbeddedHost embedded = make();
  auto provider = std::make_unique<test::FakeProvider>("wascc:keyvalue", record);
  provider->on_call = [](const ProviderCall& call) {
    return Result<Bytes>(to_bytes(std::string(call.operation) + " done"));
  };
  ASSERT_TRUE(embedded.host().add_provider(std::move(provider)));
  const auto key = embedded.add_actor(signed_module(test::kRelay));
  ASSERT_TRUE(key) << key.error().message();
  EXPECT_EQ(*key, kModuleKey);

  const auto unbound = embedded.host().call_actor(*key, "Get", to_bytes("k"));
  ASSERT_FALSE(unbound);
  EXPECT_NE(unbound.error().message().find("no subscribers"), std::string::npos)
      << unbound.error().message();

  ASSERT_TRUE(embedded.host().bind({*key, "wascc:keyvalue", "default", {{"A", "1"}}}));
  const auto answer = embedded.host().call_actor(*key, "Get", to_bytes("k"));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(as_text(*answer), "Get done");
}

TEST_F(EmbeddedHostTest, NobodyIsTrustedUnlessTheProgramSaysWho) {
  options.trusted_issuers = {};
  EXPECT_EQ(refusal(test::kEcho), Errc::kDenied);
  options.trusted_issuers = {"ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2"};
  EXPECT_EQ(refusal(test::kEcho), Errc::kDenied);
  options.trusted_issuers = {};
  options.any_issuer = true;
  EXPECT_TRUE(make().add_actor(signed_module(test::kEcho)));
}

TEST_F(EmbeddedHostTest, RefusesWhatIsExpiredNotYetValidChangedOrNoModule) {
  EXPECT_EQ(refusal(test::kExpired), Errc::kDenied);
  EXPECT_EQ(refusal(test::kFuture), Errc::kDenied);
  EmbeddedHost embedded = make();
  Bytes changed = signed_module(test::kEcho);
  ASSERT_GT(changed.size(), 40U);
  changed[40] ^= std::byte{1};
  EXPECT_FALSE(embedded.add_actor(changed));
  const auto none = embedded.add_actor(to_bytes("no module"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Errc::kMalformed);
  const auto missing = embedded.add_actor_file("/no/such/file.wasm");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), Errc::kNotFound);
  EXPECT_TRUE(embedded.host().actors().empty());
}

TEST_F(EmbeddedHostTest, TakesAFileAndReplacesTheActorByBytes) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "relay.wasm";
  const Bytes relay = signed_module(test::kRelay);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(relay.data()),
             static_cast<std::streamsize>(relay.size()));
  EmbeddedHost embedded = make();
  ASSERT_TRUE(embedded.add_actor_file(path));
  EXPECT_EQ(embedded.add_actor_file(path).error().code(), Errc::kExists);
  ASSERT_TRUE(embedded.replace_actor(signed_module(test::kEcho)));
  const auto answer = embedded.host().call_actor(kModuleKey, "Anything", to_bytes("same"));
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(as_text(*answer), "same");
  EXPECT_FALSE(embedded.replace_actor(signed_module(test::kExpired)));
  EXPECT_TRUE(embedded.host().call_actor(kModuleKey, "Anything", {}));
}

TEST_F(EmbeddedHostTest, TheLogGoesToTheProgramAsFarAsItWants) {
  std::vector<std::string> entries;
  options.log_filter = "debug";
  options.log = [&entries](const HostLogEntry& entry) {  // one at a time, says the header
    entries.push_back(std::string(entry.level) + " " + std::string(entry.message));
  };
  {
    EmbeddedHost embedded = make();
    ASSERT_TRUE(embedded.add_actor(signed_module(test::kEcho)));
  }
  EXPECT_FALSE(entries.empty());
  entries.clear();
  options.log_filter = "off";
  {
    EmbeddedHost embedded = make();
    ASSERT_TRUE(embedded.add_actor(signed_module(test::kEcho)));
  }
  EXPECT_TRUE(entries.empty());
}

TEST_F(EmbeddedHostTest, BuiltinsHaveTheirIdsAndTheNamesOf2021) {
  EmbeddedHost embedded = make();
  for (const char* id : {"wascc:logging", "wascc:extras", "wasmcloud:keyvalue",
                         "wascc:eventstreams", "wascc:blobstore"})
    EXPECT_TRUE(embedded.add_builtin(id)) << id;
  EXPECT_EQ(embedded.host().providers().size(), 5U);
  EXPECT_EQ(embedded.add_builtin("wascc:keyvalue").error().code(), Errc::kExists);
  EXPECT_EQ(embedded.add_builtin("wascc:messaging").error().code(), Errc::kNotFound);
}

TEST_F(EmbeddedHostTest, MovesAndItsHostStaysWhereItIs) {
  EmbeddedHost first = make();
  Host* const host = &first.host();
  ASSERT_TRUE(first.add_actor(signed_module(test::kEcho)));
  EmbeddedHost second = std::move(first);
  EXPECT_EQ(&second.host(), host);
  EXPECT_TRUE(host->call_actor(kModuleKey, "Anything", {}));
}

TEST_F(EmbeddedHostTest, EndsTheProgramsProvidersWithItself) {
  {
    EmbeddedHost embedded = make();
    ASSERT_TRUE(embedded.host().add_provider(
        std::make_unique<test::FakeProvider>("wascc:keyvalue", record)));
  }
  const std::vector<std::string> events = record.taken();
  EXPECT_EQ(std::count(events.begin(), events.end(), "stop"), 1);
}

TEST_F(EmbeddedHostTest, AKeyThatIsNoneIsToldWhereItStands) {
  options.trusted_issuers = {std::string(kModuleKey)};  // of a module, not of an account
  const auto made = EmbeddedHost::make(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Errc::kInvalid);
  EXPECT_NE(made.error().message().find("trusted_issuers"), std::string::npos);
}

}  // namespace
}  // namespace wascc
