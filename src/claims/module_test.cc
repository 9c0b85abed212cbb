#include "claims/module.h"

#include <gtest/gtest.h>

#include "claims/wasm_section.h"
#include "support/forged_token.h"
#include "support/signed_vectors.h"

namespace wascc::claims {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;
const system_clock::time_point kNow{seconds(1'700'000'000)};

Bytes with_token(ByteView module, std::string_view token) {
  return embed_token(module, std::nullopt, token);
}
Bytes signed_file(const test::SignedVector& vector) {
  return with_token(vector.module(), vector.token());
}
KeyPair account() { return *KeyPair::from_seed(test::kAccountSeed); }

std::string outcome(ByteView wasm) {
  const Result<Claims> claims = verify_module(wasm, kNow, {});
  return claims ? "accepted" : claims.error().message();
}

TEST(Module, VerifiesOrRefusesTheVectorsWithTheirReason) {
  EXPECT_EQ(outcome(signed_file(test::kEmpty)), "accepted");
  EXPECT_EQ(outcome(signed_file(test::kEcho)), "accepted");
  EXPECT_EQ(outcome(signed_file(test::kRelay)), "accepted");
  EXPECT_EQ(outcome(signed_file(test::kExpired)),
            "WebAssembly module authorization failure: Expired token");
  EXPECT_TRUE(outcome(signed_file(test::kFuture))
                  .starts_with("WebAssembly module authorization failure: Module cannot be used "
                               "before 2100"));
}

TEST(Module, SigningGivesTheVectorsToTheByte) {
  for (const test::SignedVector& vector : test::kVectors) {
    const std::string token = vector.token();
    const Claims claims = decode_token(token)->claims;
    const Result<Bytes> wasm = sign_module(vector.module(), claims, account());
    ASSERT_TRUE(wasm) << wasm.error().message();
    EXPECT_EQ(*wasm, signed_file(vector));
    // Signed again, it is the same: the old token is replaced, not covered.
    EXPECT_EQ(*sign_module(*wasm, claims, account()), *wasm);
  }
}

TEST(Module, SigningFillsInIssuerHashAndId) {
  Claims claims;
  claims.subject = test::kModuleKey;
  const Result<Bytes> wasm = sign_module(test::kEcho.module(), claims, account());
  ASSERT_TRUE(wasm) << wasm.error().message();
  const Result<Claims> read = verify_module(*wasm, kNow, {});
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->issuer, test::kAccountKey);
  EXPECT_EQ(read->module_hash, "56E06E800B12428C67AB2BF47A1F18ECB455CFA8DAD99F68267214262EE21465");
  EXPECT_EQ(read->id.size(), 22u);
}

// Padded numbers, as compilers leave them for the linker, stay: the bytes are hashed as they are.
TEST(Module, SigningRewritesNothing) {
  Bytes padded = test::kEmpty.module();
  for (const int byte : {1, 0x81, 0x80, 0x80, 0x80, 0, 0})
    padded.push_back(static_cast<std::byte>(byte));
  Claims claims;
  claims.subject = test::kModuleKey;
  const Result<Bytes> wasm = sign_module(padded, claims, account());
  ASSERT_TRUE(wasm) << wasm.error().message();
  EXPECT_TRUE(std::equal(padded.begin(), padded.end(), wasm->begin()));
  EXPECT_EQ(outcome(*wasm), "accepted");
}

TEST(Module, SigningRefusesWhatIsNoCoreModule) {
  EXPECT_EQ(sign_module(as_bytes("#!/bin/sh"), {}, account()).error().code(), Errc::kMalformed);
  const Bytes component = *hex_decode("0061736d0d000100");
  EXPECT_EQ(sign_module(component, {}, account()).error().code(), Errc::kUnsupported);
}

TEST(Module, NoticesEveryChangedByte) {
  for (const test::SignedVector* vector : {&test::kEmpty, &test::kEcho, &test::kRelay}) {
    const Bytes good = signed_file(*vector);
    for (std::size_t i = 0; i < good.size(); ++i)
      for (const int flip : {0x01, 0x20, 0x80, 0xff}) {
        Bytes bad = good;
        bad[i] ^= static_cast<std::byte>(flip);
        const Result<Claims> claims = verify_module(bad, kNow, {});
        ASSERT_FALSE(claims) << "byte " << i << " flipped by " << flip;
        EXPECT_FALSE(claims.error().message().empty());
      }
  }
}

TEST(Module, NoticesEveryMissingByte) {
  const Bytes good = signed_file(test::kEcho);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(outcome(ByteView(good).first(size)), "accepted") << size;
}

TEST(Module, AChangedModuleHasTheWrongHash) {
  Bytes wasm = signed_file(test::kEcho);
  ASSERT_EQ(wasm[116], std::byte{0x41});
  wasm[116] = std::byte{0x42};
  const Result<Claims> claims = verify_module(wasm, kNow, {});
  ASSERT_FALSE(claims);
  EXPECT_EQ(claims.error().code(), Errc::kDenied);
  EXPECT_EQ(claims.error().message(), "Embedded JWT failure: Invalid module hash");
  // Who does not hash cannot notice; so only a digest that a packager vouches for may take its
  // place.
  EXPECT_TRUE(verify_module_token(wasm, kNow, {}));
}

TEST(Module, AnAddedSectionHasTheWrongHash) {
  Bytes wasm = signed_file(test::kEcho);
  for (const int byte : {0, 2, 1, 0x78}) wasm.push_back(static_cast<std::byte>(byte));
  EXPECT_EQ(outcome(wasm), "Embedded JWT failure: Invalid module hash");
}

TEST(Module, AnUnsignedModuleIsRefused) {
  const Result<Claims> claims = verify_module(test::kEcho.module(), kNow, {});
  ASSERT_FALSE(claims);
  EXPECT_EQ(claims.error().code(), Errc::kDenied);
  EXPECT_EQ(claims.error().message(),
            "WebAssembly module authorization failure: No embedded JWT in actor module");
}

TEST(Module, TwoTokensAreRefusedEvenIfTheFirstFits) {
  const Bytes twice = with_token(signed_file(test::kEcho), test::kEcho.token());
  EXPECT_EQ(outcome(twice),
            "Embedded JWT failure: Wasm Element error: a second jwt section at byte "
            "798");
  EXPECT_EQ(verify_module_token(twice, kNow, {}).error().code(), Errc::kMalformed);
  EXPECT_EQ(sign_module(twice, {}, account()).error().code(), Errc::kMalformed);
}

TEST(Module, TheTokenMayStandAnywhere) {
  const Bytes plain = test::kEcho.module();
  Bytes early(plain.begin(), plain.begin() + 8);
  early = with_token(early, test::kEcho.token());
  early.insert(early.end(), plain.begin() + 8, plain.end());
  EXPECT_EQ(outcome(early), "accepted");
}

TEST(Module, WhatIsNoModuleIsNamed) {
  EXPECT_EQ(outcome({}),
            "Embedded JWT failure: Wasm Element error: not a WebAssembly module: it does not begin "
            "with \\0asm");
  EXPECT_EQ(verify_module(*hex_decode("0061736d0d000100"), kNow, {}).error().code(),
            Errc::kUnsupported);
}

TEST(Module, AHashInLowerCaseIsAnotherHash) {
  std::string claims(test::kEmpty.claims);
  const std::size_t hash = claims.find("93A44BBB");
  for (std::size_t i = hash; i < hash + 64; ++i)
    if (claims[i] >= 'A') claims[i] = static_cast<char>(claims[i] - 'A' + 'a');
  const std::string token = test::forged_token(test::kGoodHeader, claims, account());
  EXPECT_EQ(outcome(with_token(test::kEmpty.module(), token)),
            "Embedded JWT failure: Invalid module hash");
}

}  // namespace
}  // namespace wascc::claims
