#include "base/encoding.h"

#include <gtest/gtest.h>

namespace wascc {
namespace {

// RFC 4648 section 10.
struct Vector {
  const char *plain, *base64, *base32, *hex;
};
constexpr Vector kVectors[] = {
    {"", "", "", ""},
    {"f", "Zg==", "MY", "66"},
    {"fo", "Zm8=", "MZXQ", "666F"},
    {"foo", "Zm9v", "MZXW6", "666F6F"},
    {"foob", "Zm9vYg==", "MZXW6YQ", "666F6F62"},
    {"fooba", "Zm9vYmE=", "MZXW6YTB", "666F6F6261"},
    {"foobar", "Zm9vYmFy", "MZXW6YTBOI", "666F6F626172"},
};

std::string unpadded(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

Bytes all_octets(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 3);
  return bytes;
}

TEST(Encoding, MatchesTheVectorsOfRfc4648BothWays) {
  for (const Vector& v : kVectors) {
    const ByteView bytes = as_bytes(v.plain);
    EXPECT_EQ(base64_encode(bytes), v.base64);
    EXPECT_EQ(base64url_encode(bytes), unpadded(v.base64));
    EXPECT_EQ(base32_encode(bytes), v.base32);
    EXPECT_EQ(hex_upper(bytes), v.hex);
    EXPECT_EQ(to_text(base64_decode(v.base64).value()), v.plain);
    EXPECT_EQ(to_text(base64url_decode(unpadded(v.base64)).value()), v.plain);
    EXPECT_EQ(to_text(base32_decode(v.base32).value()), v.plain);
    EXPECT_EQ(to_text(hex_decode(v.hex).value()), v.plain);
  }
}

TEST(Encoding, GivesBackEveryOctetAtEveryLength) {
  for (std::size_t size = 0; size < 300; ++size) {
    const Bytes bytes = all_octets(size);
    EXPECT_EQ(base64_decode(base64_encode(bytes)).value(), bytes) << size;
    EXPECT_EQ(base64url_decode(base64url_encode(bytes)).value(), bytes) << size;
    EXPECT_EQ(base32_decode(base32_encode(bytes)).value(), bytes) << size;
    EXPECT_EQ(hex_decode(hex_lower(bytes)).value(), bytes) << size;
    EXPECT_EQ(base64_encode(bytes).size(), base64_size(size)) << size;
  }
}

// By the definition, six bits at a time.
std::string plain_base64(ByteView bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 6) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 6; ++i)
      value =
          value << 1 |
          (i < 8 * bytes.size() ? std::to_integer<unsigned>(bytes[i / 8]) >> (7 - i % 8) & 1 : 0);
    text += kDigits[value];
  }
  while (text.size() % 4 != 0) text += '=';
  return text;
}

TEST(Encoding, LongBase64IsWhatShortBase64Is) {
  for (std::size_t size = 0; size < 400; ++size) {
    const Bytes bytes = all_octets(size);
    EXPECT_EQ(base64_encode(bytes), plain_base64(bytes)) << size;
  }
  Bytes each_value;  // of six bits, at each place
  for (unsigned first = 0; first < 64; ++first)
    for (unsigned i = 0; i < 48; ++i)
      each_value.push_back(static_cast<std::byte>((first + i) * 0x41 >> (i % 3)));
  EXPECT_EQ(base64_encode(each_value), plain_base64(each_value));
  EXPECT_EQ(base64_decode(plain_base64(each_value)).value(), each_value);
}

TEST(Encoding, RefusesEveryByteThatIsNoDigitWhereverItIs) {
  const std::string good = base64_encode(all_octets(150));
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < good.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[at] = static_cast<char>(byte);
      const bool taken = digits.find(text[at]) != std::string::npos;
      // Padding may stand at the very end alone, and then may leave bits over.
      if (byte == '=' && at + 1 == good.size()) continue;
      const auto decoded = base64_decode(text);
      ASSERT_EQ(bool(decoded), taken) << "byte " << byte << " at " << at;
      if (taken) continue;
      EXPECT_NE(decoded.error().message().find("byte " + std::to_string(at)), std::string::npos);
    }
}

TEST(Encoding, AppendsBase64BehindWhatIsThere) {
  std::string out = "data:";
  base64_append(out, as_bytes("foob"));
  EXPECT_EQ(out, "data:Zm9vYg==");
}

TEST(Encoding, UrlAlphabetDiffersInTheLastTwoDigits) {
  EXPECT_EQ(base64_encode(as_bytes("\xFB\xFF")), "+/8=");
  EXPECT_EQ(base64url_encode(as_bytes("\xFB\xFF")), "-_8");
  EXPECT_FALSE(base64url_decode("+/8"));
  EXPECT_FALSE(base64_decode("-_8="));
}

TEST(Encoding, RefusesBase64ThatIsNotExactlyWhatAnEncoderWrites) {
  for (const char* text : {"Zg", "Zg=", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\n", "Zm 9v",
                           "Zg==Zg==", "Zm9v=", "Zm9\xC3", "A=AA", "AA=A"})
    EXPECT_FALSE(base64_decode(text)) << text;
  for (const char* text : {"Zg==", "Z", "Zh", "Zm9vY", "Zm9", "Z g"})
    EXPECT_FALSE(base64url_decode(text)) << text;
}

TEST(Encoding, RefusesBase32ThatIsNotExactlyWhatAnEncoderWrites) {
  for (const char* text : {"my", "M", "MZX", "MZXW6Y", "MZ", "MY======", "M1", "M8", "MZXW6YTBO"})
    EXPECT_FALSE(base32_decode(text)) << text;
}

TEST(Encoding, RefusesHexWithOddLengthOrOtherLetters) {
  for (const char* text : {"6", "6G", "0x", " 66"}) EXPECT_FALSE(hex_decode(text)) << text;
  EXPECT_EQ(to_text(hex_decode("6f6F").value()), "oo");
}

TEST(Encoding, SaysWhichByteIsWrong) {
  const auto failed = base64_decode("Zm9vZ*==");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::kMalformed);
  EXPECT_EQ(failed.error().message(), "base64: byte 5 is outside the alphabet");
}

TEST(Utf8, KnowsWhatRfc3629Allows) {
  struct Case {
    const char* text;
    const char* lossy;  // the same text if it is valid
  };
  const Case kCases[] = {
      {"", ""},
      {"plain text, longer than eight bytes", "plain text, longer than eight bytes"},
      {"Grüße, 世界 \xF0\x9F\x98\x80", "Grüße, 世界 \xF0\x9F\x98\x80"},
      {"\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\xED\x9F\xBF", "\xED\x9F\xBF"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},
      {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},
      {"\xF0\x80\x80\xAF", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\x80", "\uFFFD"},
      {"12345678\xFF", "12345678\uFFFD"},
      {"a\xE4\xB8z", "a\uFFFDz"},
      {"cut \xF0\x9F\x98", "cut \uFFFD"},
      {"\xE4\xB8\xE4\xB8\x96", "\uFFFD世"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(is_utf8(c.text), std::string_view(c.text) == c.lossy) << c.text;
    EXPECT_EQ(to_utf8_lossy(c.text), c.lossy) << c.text;
  }
}

}  // namespace
}  // namespace wascc
