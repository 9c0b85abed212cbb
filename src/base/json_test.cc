#include "base/json.h"

#include <gtest/gtest.h>

namespace wascc::json {
namespace {

Document parsed(std::string_view text) {
  auto document = Document::parse(text);
  EXPECT_TRUE(document) << text;
  return document ? *std::move(document) : *Document::parse("null");
}

TEST(JsonView, GettersOfTheRightKindAnswerAndOthersDoNot) {
  const Document document = parsed(
      R"({"s":"text","i":-7,"u":18446744073709551615,"f":1.50,"t":true,"n":null,"a":[1,2],"o":{}})");
  const View root = document.root();
  EXPECT_TRUE(root.is_object());
  EXPECT_EQ(root["s"].string(), "text");
  EXPECT_EQ(root["i"].int64(), -7);
  EXPECT_EQ(root["u"].uint64(), 18446744073709551615U);
  EXPECT_EQ(root["t"].boolean(), true);
  EXPECT_TRUE(root["n"].is_null());
  EXPECT_TRUE(root["a"].is_array());
  EXPECT_EQ(root["a"].size(), 2U);
  EXPECT_EQ(root["o"].size(), 0U);

  EXPECT_FALSE(root["s"].int64());
  EXPECT_FALSE(root["i"].uint64());
  EXPECT_FALSE(root["u"].int64());
  EXPECT_FALSE(root["f"].int64());
  EXPECT_FALSE(root["i"].string());
  EXPECT_FALSE(root["n"].boolean());
  EXPECT_FALSE(root["a"]["s"]);
  EXPECT_FALSE(root["missing"]);
  EXPECT_FALSE(root["missing"]["deeper"].string());
  EXPECT_EQ(root["s"].size(), 0U);
  EXPECT_FALSE(View().is_null());
  EXPECT_EQ(View().dump(), "");
}

TEST(JsonView, ScalarsKeepTheTextTheyWereWrittenWith) {
  const Document document = parsed(
      R"(["a\nb", 1.50, -0, 1E400, 123456789012345678901234567890, 0.1e-7, false, null, []])");
  std::vector<std::optional<std::string>> texts;
  document.root().each_element([&](View value) { texts.push_back(value.scalar_text()); });
  const std::vector<std::optional<std::string>> expected = {
      "a\nb",   "1.50",  "-0",         "1E400",     "123456789012345678901234567890",
      "0.1e-7", "false", std::nullopt, std::nullopt};
  EXPECT_EQ(texts, expected);
}

TEST(JsonView, ARepeatedMemberIsSeenOnceWithItsLastValue) {
  const Document few = parsed(R"({"a":1,"b":{"x":1},"a":{"y":2},"b":3,"a":4})");
  EXPECT_EQ(few.root()["a"].int64(), 4);
  EXPECT_EQ(few.root().size(), 2U);
  EXPECT_EQ(few.root().dump(), R"({"b":3,"a":4})");

  const Document alike = parsed(R"({"axb":1,"ayb":2,"":3,"axb":4,"":5})");
  EXPECT_EQ(alike.root().dump(), R"({"ayb":2,"axb":4,"":5})");
  EXPECT_EQ(alike.root()["axb"].int64(), 4);
  EXPECT_EQ(alike.root()["ayb"].int64(), 2);
  EXPECT_EQ(alike.root()[""].int64(), 5);
  EXPECT_FALSE(alike.root()["azb"]);
  EXPECT_FALSE(alike.root()["bxb"]);
  EXPECT_FALSE(alike.root()["ax"]);

  std::string text = "{";
  for (int i = 0; i < 100; ++i)
    text += "\"k" + std::to_string(i % 50) + "\":" + std::to_string(i) + ",";
  text.back() = '}';
  const Document many = parsed(text);
  EXPECT_EQ(many.root().size(), 50U);
  int next = 50;
  many.root().each_member([&](std::string_view key, View value) {
    EXPECT_EQ(key, "k" + std::to_string(next - 50));
    EXPECT_EQ(value.int64(), next++);
  });
  EXPECT_EQ(next, 100);
}

TEST(JsonView, DecodesEveryKindOfEscapeInKeysAndStrings) {
  const Document document = parsed(R"({"\u00fc\"":"\b\f\n\r\t\/\\\u4e16\ud83d\ude00\u0000."})");
  const std::string expected("\b\f\n\r\t/\\世\xF0\x9F\x98\x80\0.", 16);
  EXPECT_EQ(document.root()["ü\""].string(), expected);
}

TEST(JsonView, LongStringsWithEscapesComeOutWhole) {
  std::string body(100'000, 'x');
  body[50'000] = '\n';
  std::string text;
  Writer(text).begin_object().key(body).string(body).end_object();
  const Document document = parsed(text);
  EXPECT_EQ(document.root()[body].string(), body);
  EXPECT_EQ(document.root().dump(), text);
}

TEST(JsonView, OutlivesTheTextAndAMovedDocument) {
  std::string text = R"({"key":["value"]})";
  Document document = parsed(text);
  const View root = document.root();
  text.assign(text.size(), '?');
  const Document moved = std::move(document);
  EXPECT_EQ(root.dump(), R"({"key":["value"]})");
}

TEST(JsonDocument, InPlaceCopiesNoStringButThoseWithEscapes) {
  const std::string text = R"({"key":"a long string","k\u0065y":"with\nescape","n":1.50,"e":""})";
  const auto document = Document::parse_in_place(text);
  ASSERT_TRUE(document);
  const std::string_view plain = *document->root()["e"].string();
  EXPECT_EQ(plain, "");
  std::vector<std::pair<std::string, bool>> seen;  // each text, and whether it is of the source
  const auto add = [&](std::string_view part) {
    seen.emplace_back(part, part.data() >= text.data() && part.data() < text.data() + text.size());
  };
  document->root().each_member([&](std::string_view key, View value) {
    add(key);
    if (const auto string = value.string()) add(*string);
  });
  const std::vector<std::pair<std::string, bool>> expected = {
      {"key", false}, {"with\nescape", false}, {"n", true}, {"e", true}, {"", true}};
  EXPECT_EQ(seen, expected);
  const std::string single = R"(["a long string"])";
  const auto list = Document::parse_in_place(single);
  ASSERT_TRUE(list);
  list->root().each_element([&](View value) { EXPECT_EQ(value.string()->data(), &single[2]); });
}

TEST(JsonDocument, InPlaceReadsTheSame) {
  for (const std::string_view text :
       {R"({"a":[1,-2.5e3,true,null,"x"],"b":{"c":"\u00e9\ud83d\ude00","d":"\\\""},"a":7})", "\"\"",
        "12", R"(["\n","plain",{}])"}) {
    const auto copied = Document::parse(text);
    const auto in_place = Document::parse_in_place(text);
    ASSERT_TRUE(copied && in_place) << text;
    EXPECT_EQ(in_place->root().dump(), copied->root().dump());
  }
  const std::string long_text =
      "[\"" + std::string(10'000, 'x') + "\\n" + std::string(10'000, 'y') + "\"]";
  EXPECT_EQ(Document::parse_in_place(long_text)->root().dump(), long_text);
}

TEST(JsonDocument, RefusesWhatIsNoJsonAndSaysWhere) {
  for (const char* text :
       {"", " ", "{", "[1,]", "{\"a\":}", "{a:1}", "01", "1 2", "nul", "\"\n\"", "\"\xFF\"",
        "\"\\ud800\"", "\"\\x\"", "[1]]", "// no\n1", "NaN", "'a'"}) {
    const auto document = Document::parse(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code(), Errc::kMalformed) << text;
  }
  EXPECT_EQ(Document::parse("[1,]").error().message(), "JSON: byte 3: syntax error");
}

TEST(JsonDocument, TakesAnyValueAtTheTop) {
  for (const char* text : {"null", "true", "3", "\"s\"", "[]", "{}"})
    EXPECT_EQ(parsed(std::string(" ") + text + "\n").root().dump(), text);
}

TEST(JsonDocument, RefusesWhatIsOverALimit) {
  ParseLimits limits;
  limits.depth = 3;
  EXPECT_TRUE(Document::parse("[[[1]]]", limits));
  EXPECT_EQ(Document::parse("[[[[1]]]]", limits).error().code(), Errc::kTooLarge);
  limits.bytes = 4;
  EXPECT_TRUE(Document::parse("1234", limits));
  EXPECT_EQ(Document::parse("12345", limits).error().code(), Errc::kTooLarge);
  limits = {};
  limits.values = 4;
  EXPECT_TRUE(Document::parse("[1,2,3]", limits));
  EXPECT_EQ(Document::parse("[1,2,3,4]", limits).error().code(), Errc::kTooLarge);
  std::string many = "[";
  for (int i = 0; i < 5000; ++i) many.append("7,");
  many.back() = ']';
  limits.values = 5001;
  const auto document = Document::parse(many, limits);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->root().size(), 5000U);
  EXPECT_EQ(document->root().dump(), many);
  limits.values = 5000;
  EXPECT_EQ(Document::parse(many, limits).error().code(), Errc::kTooLarge);
  EXPECT_EQ(Document::parse(std::string(1'000'000, '[')).error().code(), Errc::kTooLarge);
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
  std::string out;
  Writer writer(out);
  writer.begin_object();
  writer.key("a").begin_array().number(std::int64_t{-1}).number(std::uint64_t{2});
  writer.begin_object().end_object().begin_array().end_array().end_array();
  writer.key("b").boolean(false).key("c").null().key("d").raw("1.5");
  writer.key("e").base64(as_bytes("foo")).key("f").string("").end_object();
  EXPECT_EQ(out, R"({"a":[-1,2,{},[]],"b":false,"c":null,"d":1.5,"e":"Zm9v","f":""})");
}

TEST(JsonWriter, EscapesControlCharactersQuotesAndBackslashesOnly) {
  std::string out;
  Writer(out).string(std::string("\0\x1F\x7F\b\t\n\f\r\"\\/ü<", 14));
  EXPECT_EQ(out, "\"\\u0000\\u001f\x7F\\b\\t\\n\\f\\r\\\"\\\\/ü<\"");
}

TEST(JsonWriter, EscapesWhereverAByteIs) {
  for (std::size_t at = 0; at < 40; ++at)
    for (int byte = 0; byte < 0x80; ++byte) {
      std::string text(40, 'x');
      text[at] = static_cast<char>(byte);
      std::string out;
      Writer(out).string(text);
      const bool escaped = byte < 0x20 || byte == '"' || byte == '\\';
      ASSERT_EQ(out.size() > 42, escaped) << byte << " at " << at;
      const auto read = Document::parse(out);
      ASSERT_TRUE(read) << out;
      ASSERT_EQ(read->root().string(), text);
    }
  std::string out;
  Writer(out).string("größer \xF0\x9F\x98\x80 und \"länger\"");
  EXPECT_EQ(out, "\"größer \xF0\x9F\x98\x80 und \\\"länger\\\"\"");
}

TEST(JsonWriter, ReplacesInvalidUtf8) {
  std::string out;
  Writer(out).string("a\xFFz");
  EXPECT_EQ(out, "\"a\uFFFDz\"");
}

}  // namespace
}  // namespace wascc::json
