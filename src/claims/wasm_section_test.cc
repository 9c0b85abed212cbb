#include "claims/wasm_section.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "support/signed_vectors.h"

namespace wascc::claims {
namespace {

Bytes hex(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != ' ') digits += c;
  return *hex_decode(digits);
}

constexpr std::string_view kHeader = "0061736d01000000 ";
Bytes module_of(std::string_view sections) {
  return hex(std::string(kHeader) + std::string(sections));
}

std::string problem(ByteView wasm) {
  const auto found = find_token(wasm);
  return found ? "none" : found.error().message();
}

TEST(WasmSection, AModuleWithoutATokenHasNone) {
  for (const std::string_view sections : {"", "00 02 01 61", "00 05 04 6a777474", "00 03 02 6a77",
                                          "01 04 03 6a7774", "01 01 00 00 05 04 6e616d65"}) {
    const auto found = find_token(module_of(sections));
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_FALSE(*found) << sections;
  }
}

TEST(WasmSection, FindsTheTokenAndItsRange) {
  struct Case {
    std::string_view name;
    std::string_view sections;
    std::size_t begin, end;
    std::string_view token;
  };
  constexpr Case kCases[] = {
      {"alone", "00 05 03 6a7774 54", 8, 15, "T"},
      {"empty", "00 04 03 6a7774", 8, 14, ""},
      {"between others", "01 01 00 00 05 03 6a7774 54 05 01 00", 11, 18, "T"},
      {"padded section size", "00 8580808000 03 6a7774 54", 8, 19, "T"},
      {"padded name size", "00 07 838000 6a7774 54", 8, 17, "T"},
  };
  for (const Case& c : kCases) {
    const Bytes wasm = module_of(c.sections);
    const auto found = find_token(wasm);
    ASSERT_TRUE(found && *found) << c.name;
    EXPECT_EQ((*found)->begin, c.begin) << c.name;
    EXPECT_EQ((*found)->end, c.end) << c.name;
    EXPECT_EQ((*found)->token, c.token) << c.name;
  }
}

TEST(WasmSection, SaysWhatIsWrongWithTheBytes) {
  struct Case {
    std::string_view wasm;
    std::string_view reason;
  };
  constexpr Case kCases[] = {
      {"", "does not begin with \\0asm"},
      {"7f454c46 02010100", "does not begin with \\0asm"},
      {"0061736d", "ends within its header"},
      {"0061736d 010000", "ends within its header"},
      {"0061736d 02000000", "binary version is not 1"},
      {"0061736d 01000000 00", "section size at byte 9 is cut off"},
      {"0061736d 01000000 00 80", "section size at byte 9 is cut off"},
      {"0061736d 01000000 00 8080808080 00", "section size at byte 9 is no 32-bit number"},
      {"0061736d 01000000 00 ffffffff1f", "section size at byte 9 is no 32-bit number"},
      {"0061736d 01000000 00 ffffffff0f", "says 4294967295 bytes, and 0 are left"},
      {"0061736d 01000000 01 02 00", "a section at byte 10 says 2 bytes, and 1 are left"},
      {"0061736d 01000000 00 00", "size of a section name at byte 10 is cut off"},
      {"0061736d 01000000 00 01 01", "a section name at byte 11 says 1 bytes, and 0 are left"},
      // A name may not reach into the next section, and its size not either.
      {"0061736d 01000000 00 02 03 6a 7774 01 00", "a section name at byte 11 says 3 bytes"},
      {"0061736d 01000000 00 01 83 00 6a7774", "size of a section name at byte 10 is cut off"},
      {"0061736d 01000000 00 05 ffffffff0f", "says 4294967295 bytes, and 0 are left"},
      {"0061736d 01000000 00 04 03 6a7774 00 04 03 6a7774", "a second jwt section at byte 14"},
      {"0061736d 01000000 00 04 03 6a7774 2a", "section size at byte 15 is cut off"},
  };
  for (const Case& c : kCases) {
    const std::string message = problem(hex(c.wasm));
    EXPECT_NE(message.find(c.reason), std::string::npos) << c.wasm << ": " << message;
    EXPECT_TRUE(message.starts_with("Wasm Element error: ")) << message;
  }
}

TEST(WasmSection, AComponentIsNamedAndNotSupported) {
  for (const std::string_view wasm : {"0061736d 0d000100", "0061736d 0a000100"}) {
    const auto found = find_token(hex(wasm));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), Errc::kUnsupported);
    EXPECT_NE(found.error().message().find("WebAssembly component"), std::string::npos);
  }
}

TEST(WasmSection, AModuleOfTheWasmbusGenerationIsNamed) {
  // A custom section named wasmcloud_jwt, one byte of content.
  const std::string wasm = std::string("\0asm\1\0\0\0\0\x0f\x0dwasmcloud_jwt", 24) + "x";
  const auto found = find_token(as_bytes(wasm));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Errc::kUnsupported);
  EXPECT_NE(found.error().message().find("wasmbus generation"), std::string::npos)
      << found.error().message();
}

TEST(WasmSection, RefusesATokenOverTheLimit) {
  const Bytes empty = module_of("");
  EXPECT_TRUE(find_token(embed_token(empty, std::nullopt, std::string(kMaxTokenBytes, 'x'))));
  const auto found =
      find_token(embed_token(empty, std::nullopt, std::string(kMaxTokenBytes + 1, 'x')));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Errc::kTooLarge);
}

TEST(WasmSection, EveryCutOfAModuleIsRefusedOrEndsAtASection) {
  const Bytes wasm = module_of("01 01 00 00 05 03 6a7774 54 05 01 00");
  for (std::size_t size = 0; size < wasm.size(); ++size) {
    const bool whole = size == 8 || size == 11 || size == 18;
    EXPECT_EQ(bool(find_token(ByteView(wasm).first(size))), whole) << size;
  }
}

TEST(WasmSection, EmbeddingAppendsAndReplacingStaysInPlace) {
  const Bytes plain = module_of("01 01 00 00 02 01 61");
  const Bytes signed_once = embed_token(plain, std::nullopt, "AB");
  EXPECT_EQ(signed_once, module_of("01 01 00 00 02 01 61 00 06 03 6a7774 4142"));

  const Bytes middle = module_of("01 01 00 00 05 03 6a7774 54 05 01 00");
  EXPECT_EQ(embed_token(middle, *find_token(middle), "AB"),
            module_of("01 01 00 00 06 03 6a7774 4142 05 01 00"));
}

TEST(WasmSection, TheDigestIsOfAllBytesButTheTokens) {
  for (const test::SignedVector& vector : test::kVectors) {
    const Bytes plain = vector.module();
    const Bytes with_token = embed_token(plain, std::nullopt, vector.token());
    const auto section = *find_token(with_token);
    ASSERT_TRUE(section);
    EXPECT_EQ(module_digest(with_token, section), module_digest(plain, std::nullopt));
    EXPECT_EQ(hex_lower(sha256({with_token})), vector.file_sha256);
  }
  EXPECT_EQ(hex_upper(module_digest(test::kEmpty.module(), std::nullopt)),
            "93A44BBB96C751218E4C00D479E4C14358122A389ACCA16205B1E4D0DC5F9476");
}

TEST(Sha256, AgreesWithTheStandardHoweverTheBytesAreCut) {
  constexpr std::string_view kAbc =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  EXPECT_EQ(hex_lower(sha256({as_bytes("abc")})), kAbc);
  EXPECT_EQ(hex_lower(sha256({as_bytes("a"), {}, as_bytes("bc")})), kAbc);
  EXPECT_EQ(hex_lower(sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace wascc::claims
