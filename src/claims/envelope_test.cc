#include "claims/envelope.h"

#include <gtest/gtest.h>

#include "claims/module.h"
#include "claims/wasm_section.h"
#include "support/signed_vectors.h"

namespace wascc::claims {
namespace {

const std::chrono::system_clock::time_point kNow{std::chrono::seconds(1'700'000'000)};
constexpr std::string_view kEngine = "engine 1.0 some-target some-cpu";

// A signed module, code that claims to be its native form, and who may vouch for it.
class EnvelopeTest : public testing::Test {
 protected:
  std::string outcome(ByteView envelope, ByteView native, const Trust& trust) const {
    const Result<Claims> result = verify_native(wasm_, native, envelope, kEngine, kNow, trust);
    return result ? "accepted" : result.error().message();
  }

  const KeyPair packager_ = *KeyPair::from_seed(test::kAccountSeed);
  const Bytes wasm_ = embed_token(test::kEcho.module(), std::nullopt, test::kEcho.token());
  const Claims claims_ = *verify_module(wasm_, kNow, {});
  const Bytes native_ = to_bytes(
      "\x7f"
      "ELF, as if");
  const Bytes unsigned_ = make_envelope(native_, claims_, kEngine, nullptr);
  const Bytes signed_ = make_envelope(native_, claims_, kEngine, &packager_);
  const Trust nobody_{};
  const Trust packager_trusted_{{}, {std::string(test::kAccountKey)}};
};

TEST_F(EnvelopeTest, ReadsBackWhatItSays) {
  const Result<Envelope> says = parse_envelope(signed_);
  ASSERT_TRUE(says) << says.error().message();
  EXPECT_EQ(says->engine, kEngine);
  EXPECT_EQ(says->subject, test::kModuleKey);
  EXPECT_EQ(hex_upper(says->module_digest), claims_.module_hash);
  EXPECT_EQ(says->native_digest, sha256({as_bytes(kEngine), native_}));
  EXPECT_EQ(says->native_bytes, native_.size());
  ASSERT_TRUE(says->signer);
  EXPECT_EQ(says->signer->text(), test::kAccountKey);
  EXPECT_FALSE(parse_envelope(unsigned_)->signer);
}

TEST_F(EnvelopeTest, UnsignedCodeRunsOnlyWhereNoPackagerIsDemanded) {
  EXPECT_EQ(outcome(unsigned_, native_, nobody_), "accepted");
  EXPECT_EQ(outcome(unsigned_, native_, packager_trusted_),
            "native code: its envelope is not signed, and trusted packagers are configured");
}

TEST_F(EnvelopeTest, ASignatureMustBeOfATrustedPackager) {
  EXPECT_EQ(outcome(signed_, native_, nobody_), "accepted");
  EXPECT_EQ(outcome(signed_, native_, packager_trusted_), "accepted");
  const Trust others{{}, {"ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2"}};
  EXPECT_EQ(outcome(signed_, native_, others), "native code: its packager " +
                                                   std::string(test::kAccountKey) +
                                                   " is not among the trusted packagers");
}

TEST_F(EnvelopeTest, NoticesEveryChangedByteOfItself) {
  struct Case {
    const Bytes& envelope;
    const Trust& trust;
  };
  for (const Case& c : {Case{unsigned_, nobody_}, {signed_, nobody_}, {signed_, packager_trusted_}})
    for (std::size_t i = 0; i < c.envelope.size(); ++i)
      for (const int flip : {0x01, 0x20, 0x80, 0xff}) {
        Bytes bad = c.envelope;
        bad[i] ^= static_cast<std::byte>(flip);
        EXPECT_NE(outcome(bad, native_, c.trust), "accepted") << i << " flipped by " << flip;
      }
}

TEST_F(EnvelopeTest, NoticesEveryMissingByteOfItself) {
  for (std::size_t size = 0; size < signed_.size(); ++size) {
    const bool just_unsigned = size == unsigned_.size();
    EXPECT_EQ(outcome(ByteView(signed_).first(size), native_, nobody_) == "accepted", just_unsigned)
        << size;
    EXPECT_NE(outcome(ByteView(signed_).first(size), native_, packager_trusted_), "accepted")
        << size;
  }
  Bytes longer = signed_;
  longer.push_back(std::byte{0});
  EXPECT_EQ(outcome(longer, native_, nobody_),
            "native code envelope: it ends neither before nor after a signature");
}

TEST_F(EnvelopeTest, NoticesEveryChangedByteOfTheCode) {
  for (const Trust* trust : {&nobody_, &packager_trusted_})
    for (std::size_t i = 0; i < native_.size(); ++i) {
      Bytes bad = native_;
      bad[i] ^= std::byte{1};
      EXPECT_EQ(outcome(signed_, bad, *trust), "native code: its bytes have been changed");
    }
  EXPECT_EQ(outcome(signed_, ByteView(native_).first(3), nobody_),
            "native code: it has 3 bytes, its envelope says 11");
}

TEST_F(EnvelopeTest, AnotherEngineMustCompileAgain) {
  const Result<Claims> result =
      verify_native(wasm_, native_, signed_, "engine 2.0", kNow, packager_trusted_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::kUnsupported);
  EXPECT_EQ(
      result.error().message(),
      "native code: compiled by engine 1.0 some-target some-cpu, and this is engine 2.0: make the "
      "package again with `wascc package` of this version");
}

TEST_F(EnvelopeTest, AnotherProcessorIsLeftToTheEngine) {
  const std::pair<const char*, bool> cases[] = {{"engine 1.0 some-target other-cpu", true},
                                                {"engine 1.0 other-target some-cpu", false},
                                                {"engine 1.1 some-target some-cpu", false},
                                                {"engine 1.0 some-target", false}};
  for (const auto& [engine, accepted] : cases)
    EXPECT_EQ(verify_native(wasm_, native_, signed_, engine, kNow, packager_trusted_).has_value(),
              accepted)
        << engine;
}

TEST_F(EnvelopeTest, CodeOfAnotherActorOrBuildIsRefused) {
  Claims other = claims_;
  other.module_hash[0] ^= 1;
  EXPECT_EQ(outcome(make_envelope(native_, other, kEngine, &packager_), native_, packager_trusted_),
            "native code: it was compiled from another build of " + claims_.subject +
                ": make the package again with `wascc package`");
  other = claims_;
  other.subject = test::kAccountKey;
  EXPECT_EQ(outcome(make_envelope(native_, other, kEngine, &packager_), native_, packager_trusted_),
            "native code: its envelope is for another actor than " + claims_.subject);
}

// Two hashes of the same thing would double the cost of a start.
TEST_F(EnvelopeTest, TheModulesBytesCountOnlyWhereNoPackagerVouches) {
  Bytes changed = wasm_;
  changed[116] ^= std::byte{1};
  EXPECT_TRUE(verify_native(changed, native_, signed_, kEngine, kNow, packager_trusted_));
  const Result<Claims> refused = verify_native(changed, native_, signed_, kEngine, kNow, nobody_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "Embedded JWT failure: Invalid module hash");
}

TEST_F(EnvelopeTest, ATrustedPackagerDoesNotReplaceTheToken) {
  const Bytes expired = embed_token(test::kExpired.module(), std::nullopt, test::kExpired.token());
  const Result<Claims> refused =
      verify_native(expired, native_, signed_, kEngine, kNow, packager_trusted_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "WebAssembly module authorization failure: Expired token");
}

TEST(EnvelopePaths, StandBesideTheModule) {
  EXPECT_EQ(native_path("a/echo.wasm"), "a/echo.native");
  EXPECT_EQ(envelope_path("a/echo.wasm"), "a/echo.native.sig");
  EXPECT_EQ(native_path("echo"), "echo.native");
}

}  // namespace
}  // namespace wascc::claims
