#include "claims/token.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/forged_token.h"
#include "support/signed_vectors.h"

namespace wascc::claims {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;
using test::forged_token;
using test::kGoodHeader;

system_clock::time_point at(std::int64_t second) {
  return system_clock::time_point(seconds(second));
}
const auto kNow = at(1'700'000'000);

KeyPair account() { return *KeyPair::from_seed(test::kAccountSeed); }

Result<Claims> verify(std::string_view text, system_clock::time_point now = kNow,
                      const Trust& trust = {}) {
  WASCC_TRY(const Token token, decode_token(text));
  return verify_token(token, now, trust);
}

// The claims of a module, some members of them replaced.
struct Forgery {
  std::string_view times = R"("iat":1600000000)";
  std::string_view issuer = test::kAccountKey;
  std::string_view subject = test::kModuleKey;
  std::string_view metadata = R"({"hash":"00"})";
  std::string_view header = kGoodHeader;

  std::string text() const {
    return R"({"jti":"x",)" + std::string(times) + R"(,"iss":")" + std::string(issuer) +
           R"(","sub":")" + std::string(subject) + R"(","wascap":)" + std::string(metadata) + "}";
  }
  std::string token() const { return forged_token(header, text(), account()); }
};

std::string refusal(std::string_view text, system_clock::time_point now = kNow) {
  const Result<Claims> claims = verify(text, now);
  return claims ? "accepted" : claims.error().message();
}

TEST(Token, TheForgeryOfTheseTestsIsGoodAsItStands) {
  EXPECT_EQ(refusal(Forgery{}.token()), "accepted");
}

// A real token of 2020 whose module is not public.
TEST(Token, VerifiesATokenFromTheField) {
  constexpr std::string_view kReal =
      "eyJ0eXAiOiJqd3QiLCJhbGciOiJFZDI1NTE5In0.eyJqdGkiOiJ5UThzbXJvYnRKcXBhdnNsQ1RGckdMIiwiaWF0Ijox"
      "NTg5NTY5ODM0LCJpc3MiOiJBQVNLQk4yU1RGQ1VETlhNSEFTNUpIWjJaQlFSMkw1R1kyWUFDTkhZQTRBNTdGVVVDUVVL"
      "QVZOMiIsInN1YiI6Ik1DSVhKVlhBWEtEWDdVRllERlcyNzM3U0hWSVJOWklMUzNVTE9ER0VRT1ZDVFdRN0hTR09IVVk3"
      "Iiwid2FzY2FwIjp7Im5hbWUiOiJHYW50cnkgQ2F0YWxvZyIsImhhc2giOiIiLCJ0YWdzIjpbXSwiY2FwcyI6WyJ3YXNj"
      "YzptZXNzYWdpbmciLCJ3YXNjYzpsb2dnaW5nIiwid2FzY2M6ZXh0cmFzIiwid2FzY2M6Z3JhcGhkYiJdLCJwcm92Ijpm"
      "YWxzZX19."
      "BAwORkrg2MDNYIoNPCeXm2NAkNcyFVngqCZgvSyVSIh2dqX3M89t9d798en5wcEpmndTZlW599UtPyDBj9m0"
      "BA";
  const Result<Claims> claims = verify(kReal);
  ASSERT_TRUE(claims) << claims.error().message();
  EXPECT_EQ(claims->name, "Gantry Catalog");
  EXPECT_EQ(claims->issued_at, 1'589'569'834u);
  EXPECT_EQ(claims->id, "yQ8smrobtJqpavslCTFrGL");
  EXPECT_EQ(claims->issuer, "AASKBN2STFCUDNXMHAS5JHZ2ZBQR2L5GY2YACNHYA4A57FUUCQUKAVN2");
  EXPECT_EQ(claims->subject, "MCIXJVXAXKDX7UFYDFW2737SHVIRNZILS3ULODGEQOVCTWQ7HSGOHUY7");
  EXPECT_EQ(claims->capabilities, (std::vector<std::string>{"wascc:messaging", "wascc:logging",
                                                            "wascc:extras", "wascc:graphdb"}));
  EXPECT_FALSE(claims->provider);
}

TEST(Token, TellsEverythingATokenSays) {
  const Result<Claims> claims = verify(test::kEcho.token());
  ASSERT_TRUE(claims) << claims.error().message();
  EXPECT_EQ(claims->display_name(), "Echo Bytes");
  EXPECT_EQ(claims->tags, std::vector<std::string>{"test"});
  EXPECT_EQ(claims->capabilities,
            (std::vector<std::string>{"wascc:http_server", "awslambda:event", "wascc:logging"}));
  EXPECT_EQ(claims->revision, 3);
  EXPECT_EQ(claims->version, "1.2.3");
  EXPECT_EQ(claims->call_alias, std::nullopt);
  EXPECT_EQ(claims->expires, std::nullopt);
  EXPECT_EQ(claims->module_hash,
            "56E06E800B12428C67AB2BF47A1F18ECB455CFA8DAD99F68267214262EE21465");
}

TEST(Token, WritesTheVectorsToTheByte) {
  for (const test::SignedVector& vector : test::kVectors) {
    const std::string text = vector.token();
    const Result<Token> token = decode_token(text);
    ASSERT_TRUE(token) << token.error().message();
    EXPECT_EQ(write_token(token->claims, account()), text);
  }
}

TEST(Token, WhatIsWrittenReadsBackWhole) {
  Claims claims;
  claims.expires = 1'900'000'000;
  claims.id = "id";
  claims.issued_at = 1'600'000'000;
  claims.subject = test::kModuleKey;
  claims.not_before = 1'500'000'000;
  claims.name = "Zähler \"一\"\n\x01";
  claims.module_hash = "AB";
  claims.tags = {"a", ""};
  claims.capabilities = {"wascc:logging"};
  claims.revision = -7;
  claims.version = "1.0.0-β";
  claims.call_alias = "acme_counter";
  claims.provider = true;
  const Result<Claims> read = verify(write_token(claims, account()));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->expires, claims.expires);
  EXPECT_EQ(read->id, claims.id);
  EXPECT_EQ(read->issued_at, claims.issued_at);
  EXPECT_EQ(read->issuer, test::kAccountKey);
  EXPECT_EQ(read->subject, claims.subject);
  EXPECT_EQ(read->not_before, claims.not_before);
  EXPECT_EQ(read->name, claims.name);
  EXPECT_EQ(read->module_hash, claims.module_hash);
  EXPECT_EQ(read->tags, claims.tags);
  EXPECT_EQ(read->capabilities, claims.capabilities);
  EXPECT_EQ(read->revision, claims.revision);
  EXPECT_EQ(read->version, claims.version);
  EXPECT_EQ(read->call_alias, claims.call_alias);
  EXPECT_EQ(read->provider, claims.provider);
}

TEST(Token, AnActorWithoutANameIsAnonymous) {
  EXPECT_EQ(verify(Forgery{}.token())->display_name(), "Anonymous");
}

TEST(Token, ReadsHeadersInAnyOrderAndUnknownMembers) {
  Forgery forgery;
  forgery.header = R"({ "alg" : "Ed25519", "kid": [1, {}], "typ":"jwt" })";
  forgery.metadata = R"({"hash":"00","future":{"a":[1]},"name":null,"tags":null,"rev":null})";
  EXPECT_EQ(refusal(forgery.token()), "accepted");
}

TEST(Token, RefusesTextThatIsNoToken) {
  const std::string good = test::kEcho.token();
  const std::string claims = good.substr(good.find('.') + 1, good.rfind('.') - good.find('.') - 1);
  struct Case {
    std::string text;
    std::string_view reason;
  };
  const Case kCases[] = {
      {"", "JWT error: invalid token format"},
      {"..", "Serialization error: claims: "},
      {"a.b", "JWT error: invalid token format"},
      {good + ".", "JWT error: invalid token format"},
      {good + "\xff", "UTF8 error: "},
      {"e30.!.e30", "Decode error: claims: "},
      {"e30." + claims + "=.e30", "Decode error: claims: "},
      {"e30.e30.e30", "Serialization error: missing field `jti`"},
      {"e30.W10.e30", "Serialization error: "},
      {"e30.e31.e30", "Decode error: claims: "},  // trailing bits
      {"e30." + base64url_encode(as_bytes("{\"a\":\"\xff\"}")) + ".e30", "UTF8 error: "},
      {"e30." + base64url_encode(as_bytes("{} ")) + ".e30", "missing field `jti`"},
      {"e30." + base64url_encode(as_bytes("{}{}")) + ".e30", "Serialization error: "},
      {"e30." + base64url_encode(as_bytes("{\"a\":")) + ".e30", "Serialization error: "},
      {"e30." + base64url_encode(as_bytes(std::string(10'000, '['))) + ".e30",
       "Serialization error: "},
  };
  for (const Case& c : kCases) {
    const Result<Claims> read = verify(c.text);
    ASSERT_FALSE(read) << c.text;
    EXPECT_EQ(read.error().code(), Errc::kDenied) << c.text;
    EXPECT_TRUE(read.error().message().starts_with("Embedded JWT failure: "));
    EXPECT_NE(read.error().message().find(c.reason), std::string::npos) << read.error().message();
  }
}

TEST(Token, NamesTheClaimThatIsMissingOrOfTheWrongKind) {
  struct Case {
    std::string_view claims;
    std::string_view reason;
  };
  constexpr Case kCases[] = {
      {R"({"iat":1,"iss":"A","sub":"M","wascap":{"hash":""}})", "missing field `jti`"},
      {R"({"jti":"x","iss":"A","sub":"M","wascap":{"hash":""}})", "missing field `iat`"},
      {R"({"jti":"x","iat":1,"sub":"M","wascap":{"hash":""}})", "missing field `iss`"},
      {R"({"jti":"x","iat":1,"iss":"A","wascap":{"hash":""}})", "missing field `sub`"},
      {R"({"jti":"x","iat":1,"iss":"A","sub":"M","wascap":{}})", "missing field `hash`"},
      {R"({"jti":"x","iat":1,"iss":"A","sub":"M","wascap":[]})", "field `wascap`"},
      {R"({"jti":7,"iat":1,"iss":"A","sub":"M"})", "field `jti` is not a string"},
      {R"({"jti":"x","iat":-1,"iss":"A","sub":"M"})", "field `iat` is not seconds"},
      {R"({"jti":"x","iat":1,"exp":1.5,"iss":"A","sub":"M"})", "field `exp` is not seconds"},
      {R"({"jti":"x","iat":1,"exp":"1","iss":"A","sub":"M"})", "field `exp` is not seconds"},
      {R"({"jti":"x","iat":1,"exp":18446744073709551616,"iss":"A","sub":"M"})", "field `exp`"},
      {R"({"jti":"x","iat":1,"nbf":true,"iss":"A","sub":"M"})", "field `nbf` is not seconds"},
      {R"({"jti":"x","iat":1,"iss":"A","sub":"M","wascap":{"hash":"","caps":"a"}})", "`caps`"},
      {R"({"jti":"x","iat":1,"iss":"A","sub":"M","wascap":{"hash":"","caps":[1]}})", "`caps`"},
      {R"({"jti":"x","iat":1,"iss":"A","sub":"M","wascap":{"hash":"","rev":2147483648}})", "`rev`"},
      {R"({"jti":"x","iat":1,"iss":"A","sub":"M","wascap":{"hash":"","prov":1}})", "`prov`"},
  };
  for (const Case& c : kCases) {
    const std::string message = refusal(forged_token(kGoodHeader, c.claims, account()));
    EXPECT_TRUE(message.starts_with("Embedded JWT failure: Serialization error: ")) << message;
    EXPECT_NE(message.find(c.reason), std::string::npos) << c.claims << ": " << message;
  }
}

TEST(Token, RefusesTheLayoutOf2019) {
  const std::string claims =
      R"({"jti":"x","iat":1557325803,"iss":")" + std::string(test::kAccountKey) + R"(","sub":")" +
      std::string(test::kModuleKey) + R"(","hash":"AB","tags":[],"caps":["wascap:logging"]})";
  EXPECT_EQ(refusal(forged_token(kGoodHeader, claims, account())),
            "Embedded JWT failure: token has no wascap metadata");
}

TEST(Token, RefusesOtherAlgorithmsWhateverTheSignature) {
  for (const std::string_view header :
       {R"({"typ":"jwt","alg":"none"})", R"({"typ":"jwt","alg":"HS256"})",
        R"({"typ":"jwt","alg":"ed25519"})", R"({"typ":"jwt","alg":["Ed25519"]})",
        R"({"typ":"jwt"})"}) {
    Forgery forgery;
    forgery.header = header;
    EXPECT_EQ(refusal(forgery.token()),
              "Embedded JWT failure: Invalid JWT algorithm. WASCAP only supports Ed25519");
  }
  Forgery forgery;
  forgery.header = R"({"typ":"JWT","alg":"Ed25519"})";
  EXPECT_EQ(refusal(forgery.token()), "Embedded JWT failure: JWT error: Invalid header");
}

TEST(Token, RefusesKeysOfTheWrongKindOrForm) {
  struct Case {
    std::string_view issuer, subject;
    std::string_view reason;
  };
  constexpr std::string_view kA = test::kAccountKey, kM = test::kModuleKey;
  constexpr Case kCases[] = {
      {"", kM, "Invalid JWT. WASCAP requires an issuer claim to be present"},
      {kA, "", "Invalid JWT. WASCAP requires a sub claim to be present"},
      {kA, kA, "Encryption error: subject: a module's key begins with M"},
      {kA, "VDGRJM37SVXJKMMU7573OOZ5QHOMKYOWDJ2TQCKLPQ7BUZB64XZ2VBVT", "key of a provider"},
      {kA, "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMA", "checksum"},
      {kA, "mau2zoxbig6mv4fsfynjju2nbpdtmhssnuf74ewis6klzezcszw5pmmj", "Encryption error: subject"},
      {kA, "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ====", "56 characters"},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZA", kM, "issuer: the checksum"},
      {"SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI", kM, "issuer: a public key"},
  };
  for (const Case& c : kCases) {
    Forgery forgery;
    forgery.issuer = c.issuer;
    forgery.subject = c.subject;
    const std::string message = refusal(forgery.token());
    EXPECT_NE(message.find(c.reason), std::string::npos) << message;
  }
}

TEST(Token, RefusesAForeignSignature) {
  const KeyPair stranger = KeyPair::generate(KeyKind::kAccount);
  const Result<Claims> claims = verify(forged_token(kGoodHeader, Forgery{}.text(), stranger));
  ASSERT_FALSE(claims);
  EXPECT_EQ(claims.error().code(), Errc::kDenied);
  EXPECT_EQ(claims.error().message(), "Embedded JWT failure: Invalid token signature");
}

TEST(Token, RefusesSignaturesThatAreNot64Bytes) {
  const std::string good = test::kEcho.token();
  const std::string unsigned_part = good.substr(0, good.rfind('.') + 1);
  EXPECT_EQ(refusal(unsigned_part), "Embedded JWT failure: Invalid token signature");
  EXPECT_EQ(refusal(good + "AAAA"), "Embedded JWT failure: Invalid token signature");
  EXPECT_TRUE(refusal(good + "=").starts_with("Embedded JWT failure: Decode error: signature"));
}

TEST(Token, NoticesEveryChangedCharacter) {
  const std::string good = test::kEcho.token();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = good[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(refusal(bad), "accepted") << i;
  }
}

TEST(Token, TimesHoldToTheSecondAndNoLonger) {
  struct Case {
    const char* name;
    std::string_view times;
    system_clock::time_point now;
    std::string_view outcome;
  };
  using std::chrono::nanoseconds;
  const std::string_view kExpired = "WebAssembly module authorization failure: Expired token";
  const std::string_view kEarly =
      "WebAssembly module authorization failure: Module cannot be used before ";
  const Case kCases[] = {
      {"before the end", R"("iat":1,"exp":1000)", at(999), "accepted"},
      {"at the last second sharp", R"("iat":1,"exp":1000)", at(1000), "accepted"},
      {"a moment later", R"("iat":1,"exp":1000)", at(1000) + nanoseconds(1), kExpired},
      {"long after", R"("iat":1,"exp":0)", kNow, kExpired},
      {"a moment too early", R"("iat":1,"nbf":1000)", at(1000) - nanoseconds(1), kEarly},
      {"at the first second sharp", R"("iat":1,"nbf":1000)", at(1000), "accepted"},
      {"both wrong: expiry is said first", R"("iat":1,"exp":5,"nbf":2000)", at(1000), kExpired},
      {"never, nearly", R"("iat":1,"nbf":18446744073709551615)", kNow, kEarly},
      {"always, nearly", R"("iat":1,"exp":18446744073709551615)", kNow, "accepted"},
      {"a clock before 1970", R"("iat":1,"nbf":1)", at(-5), kEarly},
      {"issued in the future: not looked at", R"("iat":99999999999)", kNow, "accepted"},
      {"null is absent", R"("iat":1,"exp":null,"nbf":null)", kNow, "accepted"},
  };
  for (const Case& c : kCases) {
    Forgery forgery;
    forgery.times = c.times;
    const std::string outcome = refusal(forgery.token(), c.now);
    EXPECT_TRUE(outcome.starts_with(c.outcome)) << c.name << ": " << outcome;
  }
}

TEST(Token, SaysFromWhenAModuleCanBeUsed) {
  EXPECT_EQ(refusal(test::kFuture.token()),
            "WebAssembly module authorization failure: Module cannot be used before "
            "2100-01-01T00:00:00Z, in 76 years");
  EXPECT_EQ(refusal(test::kFuture.token(), at(4'102'444'799)),
            "WebAssembly module authorization failure: Module cannot be used before "
            "2100-01-01T00:00:00Z, in 1 second");
  EXPECT_EQ(refusal(test::kFuture.token(), at(4'102'444'800)), "accepted");
}

TEST(Token, TrustsTheListedIssuersAlone) {
  Trust trust;
  trust.issuers = {"ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2"};
  const Result<Claims> stranger = verify(test::kEcho.token(), kNow, trust);
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code(), Errc::kDenied);
  EXPECT_EQ(stranger.error().message(), "WebAssembly module authorization failure: issuer " +
                                            std::string(test::kAccountKey) +
                                            " is not among the trusted issuers");
  trust.issuers.emplace_back(test::kAccountKey);
  EXPECT_TRUE(verify(test::kEcho.token(), kNow, trust));
}

TEST(Token, CallAliasesHaveOneForm) {
  EXPECT_EQ(normal_call_alias("  Acme-Corp/Zähler V1.0 "), "acme_corp/zhler_v1_0");
  EXPECT_EQ(normal_call_alias(""), "");
  EXPECT_EQ(normal_call_alias("  "), "");
}

}  // namespace
}  // namespace wascc::claims
