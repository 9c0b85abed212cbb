#include "providers/archive.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "claims/sha256.h"
#include "providers/tar.h"
#include "support/manual_clock.h"
#include "support/signed_vectors.h"

namespace wascc::providers {
namespace {

constexpr std::string_view kProviderKey =
    "VDGRJM37SVXJKMMU7573OOZ5QHOMKYOWDJ2TQCKLPQ7BUZB64XZ2VBVT";  // of the seed 80…9f

struct ArchiveTest : testing::Test {
  const claims::KeyPair issuer = *claims::KeyPair::from_seed(test::kAccountSeed);
  const std::chrono::system_clock::time_point now{std::chrono::seconds(1'700'000'000)};

  ProviderArchive plain() const {
    ProviderArchive archive;
    archive.claims.id = "AAAAAAAAAAAAAAAAAAAAAA";
    archive.claims.issued_at = 1'600'000'000;
    archive.claims.subject = kProviderKey;
    archive.claims.name = "Prüfling";
    archive.claims.capability = "test:archive";
    archive.claims.vendor = "wascc";
    archive.claims.revision = 3;
    archive.libraries.emplace("x86_64-linux", to_bytes("code of one machine"));
    archive.libraries.emplace("aarch64-linux", Bytes(3000, std::byte{7}));
    return archive;
  }
  Result<ProviderArchive> read(ByteView bytes, claims::Trust trust = {}) const {
    return read_archive(bytes, now, trust);
  }
  // An archive of these files, the first a token that says `claims`.
  Bytes tar_of(const claims::ProviderClaims& claims, std::vector<TarEntry> files) const {
    files.insert(files.begin(),
                 {"claims.jwt", to_bytes(claims::write_provider_token(claims, issuer))});
    return write_tar(files);
  }
};

TEST_F(ArchiveTest, WhatWasWrittenIsReadPlainAndCompressed) {
  for (const bool compressed : {false, true}) {
    const auto bytes = write_archive(plain(), issuer, compressed);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(is_gzip(*bytes), compressed);
    EXPECT_TRUE(is_archive(*bytes));
    EXPECT_EQ(*bytes, *write_archive(plain(), issuer, compressed)) << "the same every time";
    const auto archive = read(*bytes);
    ASSERT_TRUE(archive) << archive.error().message();
    EXPECT_EQ(archive->claims.subject, kProviderKey);
    EXPECT_EQ(archive->claims.issuer, test::kAccountKey);
    EXPECT_EQ(archive->claims.name, "Prüfling");
    EXPECT_EQ(archive->claims.capability, "test:archive");
    EXPECT_EQ(archive->claims.revision, 3);
    EXPECT_EQ(archive->libraries, plain().libraries);
  }
}

TEST_F(ArchiveTest, RefusesALibraryThatTheTokenDoesNotVouchFor) {
  ProviderArchive archive = plain();
  archive.claims.target_hashes["x86_64-linux"] =
      hex_upper(claims::sha256({as_bytes("code of one machine")}));
  const TarEntry good{"x86_64-linux.bin", to_bytes("code of one machine")};
  EXPECT_TRUE(read(tar_of(archive.claims, {good})));
  for (const TarEntry& bad : {TarEntry{"x86_64-linux.bin", to_bytes("code of two machines")},
                              TarEntry{"riscv64-linux.bin", to_bytes("code of one machine")}}) {
    const auto refused = read(tar_of(archive.claims, {bad}));
    EXPECT_EQ(refused.error().code(), Errc::kDenied);
    EXPECT_EQ(refused.error().message(), "File hash and verify hash do not match for '" +
                                             bad.name.substr(0, bad.name.size() - 4) + "'");
  }
  EXPECT_EQ(read(tar_of(archive.claims, {good, good})).error().code(), Errc::kMalformed);
  EXPECT_EQ(read(tar_of(archive.claims, {})).error().message(),
            "Not enough files found in provider archive. Is this a complete archive?");
}

TEST_F(ArchiveTest, RefusesTokensAsThoseOfActorsAre) {
  const auto refusal = [&](ProviderArchive archive, claims::Trust trust = {}) {
    const auto bytes = write_archive(std::move(archive), issuer, false);
    auto read_back = read(*bytes, std::move(trust));
    return read_back ? std::string() : read_back.error().message();
  };
  EXPECT_EQ(refusal(plain()), "");
  ProviderArchive archive = plain();
  archive.claims.expires = 1'699'999'999;
  EXPECT_EQ(refusal(archive), "WebAssembly module authorization failure: Expired token");
  archive = plain();
  archive.claims.not_before = 1'700'000'001;
  EXPECT_NE(refusal(archive).find("Module cannot be used before"), std::string::npos);
  archive = plain();
  archive.claims.subject = test::kModuleKey;
  EXPECT_NE(refusal(archive).find("a provider's key begins with V, this is the key of a module"),
            std::string::npos);
  claims::Trust others;
  others.issuers = {"ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2"};
  EXPECT_NE(refusal(plain(), others).find("is not among the trusted issuers"), std::string::npos);
  EXPECT_EQ(refusal(plain(), {{std::string(test::kAccountKey)}, {}}), "");
}

TEST_F(ArchiveTest, TheAuthorizerIsAskedByTheClaimsOfTheToken) {
  struct NoRevisionThree final : Authorizer {
    Status can_load(const claims::Claims& claims) const override {
      EXPECT_EQ(claims.id, "AAAAAAAAAAAAAAAAAAAAAA");
      EXPECT_EQ(claims.issuer, test::kAccountKey);
      if (claims.subject != kProviderKey || claims.revision != 3) return {};
      return Error(Errc::kDenied, "größer");
    }
    bool can_invoke(const claims::Claims&, const Entity&, std::string_view) const override {
      return true;
    }
  } const authorizer;
  ProviderArchive archive = plain();
  const auto refused = read_archive(*write_archive(archive, issuer, false), now, {}, &authorizer);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message(), "Authorization hook denied access to provider: größer");
  archive.claims.revision = 4;
  EXPECT_TRUE(read_archive(*write_archive(archive, issuer, false), now, {}, &authorizer));
}

TEST_F(ArchiveTest, ATokenOfWhichOneLetterWasChangedIsRefused) {
  Bytes tar = *write_archive(plain(), issuer, false);
  const std::string_view text = as_text(tar);
  const std::size_t at = text.find('.', text.find("eyJ0eXAi")) + 5;
  const Bytes good = tar;
  for (std::size_t i = at; i < at + 40; ++i) {
    tar = good;
    tar[i] = tar[i] == std::byte{'A'} ? std::byte{'B'} : std::byte{'A'};
    EXPECT_FALSE(read(tar)) << i;
  }
}

TEST_F(ArchiveTest, SurvivesDamageInEachByteOfAHeaderAndCutsOfAnyLength) {
  const Bytes good = *write_archive(plain(), issuer, false);
  for (std::size_t at = 0; at < 512; ++at)
    for (const int value : {0x00, 0x20, 0x37, 0xFF}) {
      Bytes damaged = good;
      damaged[at] = static_cast<std::byte>(value);
      (void)read(damaged);
    }
  for (std::size_t size = 0; size + 1024 < good.size(); size += 64)
    EXPECT_FALSE(read(ByteView(good).first(size))) << size;
  const Bytes packed = *write_archive(plain(), issuer, true);
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_FALSE(read(ByteView(packed).first(size))) << size;
  Bytes more = packed;
  more.push_back(std::byte{0});
  EXPECT_FALSE(read(more));
}

TEST_F(ArchiveTest, ReadsWhatOtherToolsWriteAndRefusesLinks) {
  Bytes tar = write_tar(std::vector<TarEntry>{{"./a", to_bytes("1")}, {"b", to_bytes("2")}});
  ASSERT_EQ(read_tar(tar)->size(), 2U);
  EXPECT_EQ(read_tar(tar)->front().name, "a");
  const auto with_type = [&](char type) {
    Bytes changed = tar;
    // Type and checksum change alike.
    changed[156] = static_cast<std::byte>(type);
    unsigned sum = 0;
    for (std::size_t i = 0; i < 512; ++i)
      sum += i >= 148 && i < 156 ? ' ' : std::to_integer<unsigned>(changed[i]);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    for (std::size_t i = 0; i < 7; ++i) changed[148 + i] = static_cast<std::byte>(digits[i]);
    return read_tar(changed);
  };
  EXPECT_EQ(with_type('x')->size(), 1U) << "notes are passed over";
  EXPECT_EQ(with_type('2').error().code(), Errc::kUnsupported) << "a link";
  EXPECT_EQ(with_type('L').error().code(), Errc::kUnsupported) << "a long name";
}

}  // namespace
}  // namespace wascc::providers
