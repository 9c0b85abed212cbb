#include "wascc/msgpack.h"

#include <gtest/gtest.h>

#include <limits>

#include "wascc/messages/blobstore.h"
#include "wascc/messages/core.h"
#include "wascc/messages/event.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/messaging.h"

namespace wascc {
namespace {

using namespace std::string_view_literals;

// A literal with zero bytes in it: the sv suffix keeps them.
Bytes wire(std::string_view bytes) { return to_bytes(bytes); }

template <class M>
std::string failure(ByteView bytes) {
  const Result<M> read = decode<M>(bytes);
  return read ? "no failure" : read.error().message();
}

template <class M>
std::string failure(std::string_view bytes) {
  return failure<M>(as_bytes(bytes));
}

const Bytes kEmptyRequest = encode(HttpRequest{"GET", "/", "", {}, {}});

// ---- writing

TEST(Msgpack, SignedFieldsAvoidFormatsThatAssemblyScriptMisreads) {
  struct Case {
    std::int64_t value;
    std::string_view bytes;
  };
  constexpr Case kCases[] = {
      {0, "\x00"sv},
      {127, "\x7f"sv},
      {128, "\xd1\x00\x80"sv},
      {-1, "\xd0\xff"sv},
      {-10, "\xd0\xf6"sv},
      {-128, "\xd0\x80"sv},
      {-129, "\xd1\xff\x7f"sv},
      {32767, "\xd1\x7f\xff"sv},
      {32768, "\xd2\x00\x00\x80\x00"sv},
      {70000, "\xd2\x00\x01\x11\x70"sv},
      {std::int64_t{1} << 31, "\xd3\x00\x00\x00\x00\x80\x00\x00\x00"sv},
      {std::numeric_limits<std::int64_t>::min(), "\xd3\x80\x00\x00\x00\x00\x00\x00\x00"sv},
  };
  for (const Case& c : kCases) {
    Bytes out;
    msgpack::Writer(out).signed_integer(c.value);
    EXPECT_EQ(as_text(out), c.bytes) << c.value;
  }
}

TEST(Msgpack, UnsignedFieldsTakeTheShortestFormat) {
  struct Case {
    std::uint64_t value;
    std::string_view bytes;
  };
  constexpr Case kCases[] = {
      {0, "\x00"sv},
      {127, "\x7f"sv},
      {128, "\xcc\x80"sv},
      {255, "\xcc\xff"sv},
      {256, "\xcd\x01\x00"sv},
      {65536, "\xce\x00\x01\x00\x00"sv},
      {std::uint64_t{1} << 32, "\xcf\x00\x00\x00\x01\x00\x00\x00\x00"sv},
  };
  for (const Case& c : kCases) {
    Bytes out;
    msgpack::Writer(out).unsigned_integer(c.value);
    EXPECT_EQ(as_text(out), c.bytes) << c.value;
  }
}

TEST(Msgpack, LengthsTakeTheShortestFormat) {
  struct Case {
    std::size_t length;
    std::string_view string, binary, array, map;
  };
  constexpr Case kCases[] = {
      {0, "\xa0"sv, "\xc4\x00"sv, "\x90"sv, "\x80"sv},
      {15, "\xaf"sv, "\xc4\x0f"sv, "\x9f"sv, "\x8f"sv},
      {16, "\xb0"sv, "\xc4\x10"sv, "\xdc\x00\x10"sv, "\xde\x00\x10"sv},
      {32, "\xd9\x20"sv, "\xc4\x20"sv, "\xdc\x00\x20"sv, "\xde\x00\x20"sv},
      {256, "\xda\x01\x00"sv, "\xc5\x01\x00"sv, "\xdc\x01\x00"sv, "\xde\x01\x00"sv},
      {65536, "\xdb\x00\x01\x00\x00"sv, "\xc6\x00\x01\x00\x00"sv, "\xdd\x00\x01\x00\x00"sv,
       "\xdf\x00\x01\x00\x00"sv},
  };
  for (const Case& c : kCases) {
    const std::string text(c.length, 'x');
    Bytes string, binary, array, map;
    msgpack::Writer(string).string(text);
    msgpack::Writer(binary).binary(as_bytes(text));
    msgpack::Writer(array).array(c.length);
    msgpack::Writer(map).map(c.length);
    EXPECT_TRUE(as_text(string) == std::string(c.string) + text) << c.length;
    EXPECT_TRUE(as_text(binary) == std::string(c.binary) + text) << c.length;
    EXPECT_EQ(as_text(array), c.array) << c.length;
    EXPECT_EQ(as_text(map), c.map) << c.length;
  }
}

TEST(Msgpack, EncodingAllocatesOnce) {
  HttpResponse response{200, "OK", {}, Bytes(100'000)};
  for (int i = 0; i < 100; ++i) response.header.emplace_back("name" + std::to_string(i), "value");
  for (const bool positional : {false, true}) {
    const auto form = positional ? msgpack::Form::kPositional : msgpack::Form::kMap;
    msgpack::Measure measure(form);
    HttpResponse::fields(response, measure);
    const Bytes bytes = positional ? encode_positional(response) : encode(response);
    EXPECT_LE(bytes.size(), measure.bytes());
    EXPECT_EQ(bytes.capacity(), measure.bytes()) << "the buffer grew";
  }
}

TEST(Msgpack, AnAbsentOptionalIsNilAndAnAbsentExtensionIsLeftOut) {
  EXPECT_EQ(as_text(encode(extras::GeneratorResult{std::nullopt, 1, 2})).substr(0, 7),
            "\x83\xa4guid\xc0"sv);
  const blobstore::StreamRequest plain{"b", "c", 1, std::nullopt};
  EXPECT_EQ(as_text(encode(plain)).front(), '\x83');
  EXPECT_EQ(as_text(encode_positional(plain)).front(), '\x93');
  const blobstore::StreamRequest extended{"b", "c", 1, "x"};
  EXPECT_EQ(as_text(encode(extended)).front(), '\x84');
  EXPECT_EQ(decode<blobstore::StreamRequest>(encode(extended))->context, "x");
  EXPECT_EQ(decode<blobstore::StreamRequest>(encode(plain))->context, std::nullopt);
}

// ---- what guests may send

TEST(Msgpack, BytesAfterTheEndAreIgnored) {
  Bytes bytes = kEmptyRequest;
  bytes.push_back(std::byte{0});
  EXPECT_TRUE(decode<HttpRequest>(bytes));
}

TEST(Msgpack, AStructMayBeAnArrayOfItsFields) {
  const auto whole = decode<HttpResponse>(wire("\x94\xcc\xc8\xa2OK\x81\xa1k\xa1v\x92{}"sv));
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->status_code, 200u);
  EXPECT_EQ(whole->header, (StringMap{{"k", "v"}}));
  EXPECT_EQ(as_text(whole->body), "{}");
}

TEST(Msgpack, AnArrayMayEndEarlyAndGoOnAfterTheLastField) {
  const auto shorter = decode<HttpResponse>(wire("\x92\xcc\xc8\xa2OK"sv));
  ASSERT_TRUE(shorter);
  EXPECT_TRUE(shorter->body.empty());
  EXPECT_TRUE(decode<keyvalue::AddResponse>(wire("\x93\x01\x81\xa1x\xc0\xc3"sv)));
  const auto shortest = decode<HttpResponse>(wire("\x91\x01"sv));
  ASSERT_TRUE(shortest);
  EXPECT_EQ(shortest->status_code, 1u);
  EXPECT_EQ(shortest->status, "");
}

TEST(Msgpack, KeysComeInAnyOrderAndUnknownOnesArePassedOver) {
  const auto read = decode<keyvalue::AddRequest>(
      wire("\x85\xa1x\x92\x81\xa1y\xc4\x01z\xca\x00\x00\x00\x00\xa5value\x02\xa1t\xd6\xff\x00\x00"
           "\x00\x00\xa3key\xa1k\xa1u\xc7\x02\x01"
           "ab"sv));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->key, "k");
  EXPECT_EQ(read->value, 2);
}

TEST(Msgpack, AnIntegerKeyIsTheIndexOfAField) {
  const auto read = decode<keyvalue::AddRequest>(wire("\x83\x01\x05\xcd\x00\x00\xa1k\x09\xc3"sv));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(read->key, "k");
  EXPECT_EQ(read->value, 5);
}

TEST(Msgpack, MissingFieldsTakeTheirDefaultOrAreNamed) {
  const auto request =
      decode<HttpRequest>(wire("\x83\xa6method\xa3GET\xa4path\xa1/\xabqueryString\xa0"sv));
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->header.empty());
  EXPECT_EQ(decode<eventstreams::StreamQuery>(wire("\x82\xa8streamId\xa1s\xa5"
                                                   "count\x00"sv))
                ->range,
            std::nullopt);
  EXPECT_EQ(failure<HttpRequest>("\x80"), "Failed to de-serialize: missing field method");
  EXPECT_EQ(failure<eventstreams::StreamResults>("\x81\xa6"
                                                 "events\x91\x81\xa7"
                                                 "eventId\xa0"),
            "Failed to de-serialize: events: missing field stream");
}

TEST(Msgpack, OfARepeatedKeyTheLastValueCounts) {
  EXPECT_EQ(decode<keyvalue::AddResponse>(wire("\x82\xa5value\x01\xa5value\x02"sv))->value, 2);
  const auto read =
      decode<CapabilityConfiguration>(wire("\x82\xa6module\xa1M\xa6values\x83\xa1k\xa1"
                                           "1\xa1o\xa1"
                                           "2\xa1k\xa1"
                                           "3"sv));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->values, (StringMap{{"k", "3"}, {"o", "2"}}));
}

TEST(Msgpack, KeysThatLookAlikeAreNotTheSame) {
  const StringMap alike = {{"axb", "1"}, {"ayb", "2"}, {"", "3"}, {"a", "4"}};
  Bytes bytes;
  msgpack::Writer out(bytes);
  const auto write = [&](const StringMap& map) {
    for (const auto& [key, value] : map) {
      out.string(key);
      out.string(value);
    }
  };
  out.map(alike.size());
  write(alike);
  StringMap read;
  msgpack::Reader(bytes).string_map(read);
  EXPECT_EQ(read, alike);

  bytes.clear();
  out.map(alike.size() + 2);
  write(alike);
  write({{"axb", "5"}, {"", "6"}});
  msgpack::Reader(bytes).string_map(read);
  EXPECT_EQ(read, (StringMap{{"axb", "5"}, {"ayb", "2"}, {"", "6"}, {"a", "4"}}));
}

TEST(Msgpack, ALargeMapKeepsItsOrderAndTheLastOfEachRepeatedKey) {
  CapabilityConfiguration sent{"M", {}};
  for (int i = 0; i < 1000; ++i)
    sent.values.emplace_back("k" + std::to_string(i % 700), std::to_string(i));
  const auto read = decode<CapabilityConfiguration>(encode(sent));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->values.size(), 700u);
  for (int i = 0; i < 700; ++i) {
    const auto& [key, value] = read->values[static_cast<std::size_t>(i)];
    EXPECT_EQ(key, "k" + std::to_string(i));
    EXPECT_EQ(value, std::to_string(i < 300 ? i + 700 : i));
  }
}

TEST(Msgpack, IntegersOfEveryFormatThatFitAreTaken) {
  struct Case {
    std::string_view bytes;
    std::int32_t value;
  };
  constexpr Case kCases[] = {
      {"\x91\x07"sv, 7},
      {"\x91\xcc\xff"sv, 255},
      {"\x91\xcd\x01\x00"sv, 256},
      {"\x91\xce\x7f\xff\xff\xff"sv, 0x7fff'ffff},
      {"\x91\xcf\x00\x00\x00\x00\x00\x00\x00\x01"sv, 1},
      {"\x91\xf6"sv, -10},
      {"\x91\xff"sv, -1},
      {"\x91\xd0\x80"sv, -128},
      {"\x91\xd0\x7f"sv, 127},
      {"\x91\xd1\xff\x00"sv, -256},
      {"\x91\xd2\x80\x00\x00\x00"sv, std::numeric_limits<std::int32_t>::min()},
      {"\x91\xd3\xff\xff\xff\xff\xff\xff\xff\xff"sv, -1},
  };
  for (const Case& c : kCases) {
    const auto read = decode<keyvalue::AddResponse>(as_bytes(c.bytes));
    ASSERT_TRUE(read) << c.value << ": " << read.error().message();
    EXPECT_EQ(read->value, c.value);
  }
  EXPECT_EQ(
      decode<messaging::RequestMessage>(wire("\x93\xa0\xc0\xd3\x80\x00\x00\x00\x00\x00\x00\x00"sv))
          ->timeout_ms,
      std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(decode<blobstore::Blob>(wire("\x93\xa0\xa0\xcf\xff\xff\xff\xff\xff\xff\xff\xff"sv))
                ->byte_size,
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(decode<HttpResponse>(wire("\x92\xd1\x00\xc8\xa0"sv))->status_code, 200u);
}

TEST(Msgpack, IntegersThatDoNotFitAndFloatsAreRefused) {
  EXPECT_EQ(failure<keyvalue::AddResponse>("\x91\xce\x80\x00\x00\x00"sv),
            "Failed to de-serialize: value: integer at byte 1 is too large");
  EXPECT_EQ(failure<keyvalue::AddResponse>("\x91\xd3\xff\xff\xff\xff\x7f\xff\xff\xff"sv),
            "Failed to de-serialize: value: integer at byte 1 is too small");
  EXPECT_EQ(failure<keyvalue::AddResponse>("\x91\xcf\xff\xff\xff\xff\xff\xff\xff\xff"sv),
            "Failed to de-serialize: value: integer at byte 1 is too large");
  EXPECT_EQ(failure<HttpResponse>("\x92\xff\xa0"sv),
            "Failed to de-serialize: statusCode: integer at byte 1 is negative");
  EXPECT_EQ(failure<HttpResponse>("\x92\xcf\x00\x00\x00\x01\x00\x00\x00\x00\xa0"sv),
            "Failed to de-serialize: statusCode: integer at byte 1 is too large");
  EXPECT_EQ(failure<keyvalue::AddResponse>("\x91\xca\x3f\x80\x00\x00"sv),
            "Failed to de-serialize: value: an integer expected at byte 1, found a float");
}

TEST(Msgpack, AByteFieldMayBeBinStrIntegersOrNil) {
  for (const std::string_view bytes : {"\x91\xc4\x02hi"sv, "\x91\xa2hi"sv, "\x91\x92hi"sv,
                                       "\x91\xd9\x02hi"sv, "\x91\xc6\x00\x00\x00\x02hi"sv}) {
    const auto read = decode<Event>(as_bytes(bytes));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(as_text(read->body), "hi");
  }
  EXPECT_TRUE(decode<Event>(wire("\x91\xc0"sv))->body.empty());
  EXPECT_EQ(decode<Event>(wire("\x91\x91\xcc\xff"sv))->body, Bytes{std::byte{0xff}});
  EXPECT_EQ(failure<Event>("\x91\x91\xcd\x01\x00"sv),
            "Failed to de-serialize: body: integer at byte 2 is too large");
  EXPECT_EQ(failure<Event>("\x91\x01"),
            "Failed to de-serialize: body: a byte string expected at byte 1, found an integer");
}

TEST(Msgpack, AStringFieldMayBeStrBinOrNil) {
  EXPECT_EQ(decode<keyvalue::GetRequest>(wire("\x91\xc4\x02\xc3\xa9"sv))->key, "é");
  EXPECT_EQ(decode<keyvalue::GetRequest>(wire("\x91\xc0"sv))->key, "");
  EXPECT_EQ(decode<keyvalue::GetRequest>(wire("\x91\xd9\x01k"sv))->key, "k");
  EXPECT_EQ(failure<keyvalue::GetRequest>("\x91\xc3"),
            "Failed to de-serialize: key: a string expected at byte 1, found a boolean");
}

TEST(Msgpack, AStringIsValidUtf8) {
  for (const std::string_view text : {"ascii and more of it"sv, "é"sv, "€"sv, "😀"sv, "\0"sv,
                                      "\xed\x9f\xbf"sv, "\xf4\x8f\xbf\xbf"sv, "eight ch\xc3\xa9"sv})
    EXPECT_TRUE(decode<keyvalue::GetRequest>(encode(keyvalue::GetRequest{std::string(text)})))
        << text;
  for (const std::string_view text :
       {"\x80"sv, "\xc0\xaf"sv, "\xc1\xbf"sv, "\xe0\x9f\xbf"sv, "\xed\xa0\x80"sv,
        "\xf0\x8f\xbf\xbf"sv, "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xff"sv, "\xc3"sv,
        "\xe2\x82"sv, "\xf0\x9f\x98"sv, "eight ch\xff then more of it"sv})
    EXPECT_EQ(failure<keyvalue::GetRequest>(encode(keyvalue::GetRequest{std::string(text)})),
              "Failed to de-serialize: key: string at byte 5 is not valid UTF-8");
}

TEST(Msgpack, AValueInAStringMapIsAnyBytes) {
  EXPECT_EQ(decode<CapabilityConfiguration>(wire("\x92\xa1M\x81\xa1k\xa2h\xe9"sv))->values,
            (StringMap{{"k", "h\xe9"}}));
}

TEST(Msgpack, NilIsAnEmptyMapOrList) {
  EXPECT_TRUE(decode<CapabilityConfiguration>(wire("\x92\xa1M\xc0"sv))->values.empty());
  EXPECT_TRUE(decode<keyvalue::SetCombineRequest>(wire("\x91\xc0"sv))->keys.empty());
}

TEST(Msgpack, AnEnumerationMayBeAMapANameOrAnIndex) {
  for (const std::string_view direction :
       {"\x81\x01\xc0"sv, "\x81\xabto_provider\xc0"sv, "\xabto_provider"sv, "\x01"sv}) {
    const Bytes bytes = wire("\x93\xa1n" + std::string(direction) +
                             "\xa1"
                             "d");
    const auto read = decode<OperationDescriptor>(bytes);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->direction, Direction::kToProvider);
    EXPECT_EQ(read->doctext, "d");
  }
  EXPECT_EQ(failure<OperationDescriptor>("\x93\xa1n\x03\xa1"
                                         "d"),
            "Failed to de-serialize: direction: integer at byte 3 is too large");
  EXPECT_EQ(failure<OperationDescriptor>("\x93\xa1n\xa4left\xa1"
                                         "d"),
            "Failed to de-serialize: direction: unknown name of an enumerator");
  EXPECT_EQ(failure<OperationDescriptor>("\x93\xa1n\x82\x00\xc0\x01\xc0\xa1"
                                         "d"sv),
            "Failed to de-serialize: direction: an enumeration is a map of one entry");
}

TEST(Msgpack, NamesOfOtherGenerationsAreUnderstood) {
  EXPECT_EQ(decode<keyvalue::PushRequest>(wire("\x82\xa3key\xa1k\xa4item\xa1v"sv))->value, "v");
  EXPECT_EQ(decode<keyvalue::ListResponse>(wire("\x81\xa9new_count\x03"sv))->new_count, 3);
  EXPECT_EQ(decode<keyvalue::SetRequest>(wire("\x83\xa3key\xa1k\xa5value\xa1v\xa9"
                                              "expires_s\x05"sv))
                ->expires_s,
            5);
}

// ---- bounds

TEST(Msgpack, EveryPrefixOfAMessageIsRefused) {
  const HttpRequest request{"GET", "/", "a=1", {{"accept", "*/*"}}, to_bytes("Hi")};
  for (const Bytes& bytes : {encode(request), encode_positional(request)})
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_EQ(failure<HttpRequest>(ByteView(bytes).first(length)).substr(0, 24),
                "Failed to de-serialize: ")
          << length;
}

TEST(Msgpack, ALengthBeyondTheBytesIsRefusedBeforeItIsAllocated) {
  EXPECT_EQ(failure<Event>("\x91\xc6\xff\xff\xff\xff"),
            "Failed to de-serialize: body: 4294967295 bytes expected at byte 6, and there are 0");
  EXPECT_EQ(failure<Event>("\x91\xdd\xff\xff\xff\xff"),
            "Failed to de-serialize: body: 4294967295 elements announced before byte 6, and 0 "
            "bytes are left");
  EXPECT_EQ(failure<CapabilityConfiguration>("\x92\xa1M\xdf\x00\x00\x00\x02\xa1k\xa1"sv),
            "Failed to de-serialize: values: 2 elements announced before byte 8, and 3 bytes are "
            "left");
  EXPECT_EQ(failure<HttpRequest>("\xdf\x80\x00\x00\x00"sv),
            "Failed to de-serialize: 2147483648 elements announced before byte 5, and 0 bytes are "
            "left");
}

TEST(Msgpack, SixtyFourLevelsAreTakenAndOneMoreIsNot) {
  const auto nested = [](std::size_t levels) {
    // The unknown key "x" of a map, which is the first level.
    return "\x82\xa4"
           "body\xc0\xa1x" +
           std::string(levels - 1, '\x91') + "\xc0";
  };
  EXPECT_TRUE(decode<Event>(wire(nested(64))));
  const auto deeper = decode<Event>(wire(nested(65)));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code(), Errc::kTooLarge);
  EXPECT_EQ(deeper.error().message(), "Failed to de-serialize: nested deeper than 64 levels");
}

TEST(Msgpack, MoreThanAMillionElementsAreRefused) {
  const keyvalue::SetQueryResponse most{std::vector<std::string>(msgpack::kMaxElements - 1)};
  EXPECT_TRUE(decode<keyvalue::SetQueryResponse>(encode(most)));
  const keyvalue::SetQueryResponse more{std::vector<std::string>(msgpack::kMaxElements)};
  const auto read = decode<keyvalue::SetQueryResponse>(encode(more));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Errc::kTooLarge);
}

TEST(Msgpack, ABodyOfAsManyIntegersIsNot) {
  const Event event{Bytes(msgpack::kMaxElements + 1, std::byte{1})};
  EXPECT_TRUE(decode<Event>(encode_positional(event)));
}

TEST(Msgpack, AMessageOverTheSizeLimitIsRefused) {
  const Bytes bytes(msgpack::kMaxBytes + 1);
  const auto read = decode<Event>(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Errc::kTooLarge);
}

TEST(Msgpack, WhatIsNoStructIsRefused) {
  EXPECT_EQ(failure<Event>(""),
            "Failed to de-serialize: a map expected at byte 0, found the end of the bytes");
  EXPECT_EQ(failure<Event>("\xc0"), "Failed to de-serialize: a map expected at byte 0, found nil");
  EXPECT_EQ(failure<Event>("\x81\xa1x\xc1"),
            "Failed to de-serialize: a value expected at byte 3, found the reserved byte c1");
}

// ---- the Reader by itself

TEST(MsgpackReader, KeepsItsFirstErrorAndAnswersNothingAfterIt) {
  const Bytes bytes = wire("\xc3\x05\xa1x"sv);
  msgpack::Reader in(bytes);
  EXPECT_EQ(in.string(), "");
  ASSERT_FALSE(in.ok());
  const std::string first = in.error().message();
  EXPECT_EQ(in.peek(), msgpack::Reader::Kind::kEnd);
  EXPECT_FALSE(in.boolean());
  EXPECT_EQ(in.unsigned_integer(100), 0u);
  EXPECT_EQ(in.array(), 0u);
  in.leave();
  in.skip();
  EXPECT_EQ(in.error().message(), first);
}

TEST(MsgpackReader, SkipsOneValueOfEveryFormat) {
  for (const std::string_view value : {"\x05"sv,
                                       "\xff"sv,
                                       "\x81\xa1k\x91\xc0"sv,
                                       "\x92\xc2\xc3"sv,
                                       "\xa1x"sv,
                                       "\xc0"sv,
                                       "\xc4\x01x"sv,
                                       "\xc5\x00\x01x"sv,
                                       "\xc6\x00\x00\x00\x01x"sv,
                                       "\xc7\x01\x02x"sv,
                                       "\xc8\x00\x01\x02x"sv,
                                       "\xc9\x00\x00\x00\x01\x02x"sv,
                                       "\xca\x00\x00\x00\x00"sv,
                                       "\xcb\x00\x00\x00\x00\x00\x00\x00\x00"sv,
                                       "\xcc\x01"sv,
                                       "\xcd\x00\x01"sv,
                                       "\xce\x00\x00\x00\x01"sv,
                                       "\xcf\x00\x00\x00\x00\x00\x00\x00\x01"sv,
                                       "\xd0\x01"sv,
                                       "\xd1\x00\x01"sv,
                                       "\xd2\x00\x00\x00\x01"sv,
                                       "\xd3\x00\x00\x00\x00\x00\x00\x00\x01"sv,
                                       "\xd4\x01x"sv,
                                       "\xd5\x01xx"sv,
                                       "\xd6\x01xxxx"sv,
                                       "\xd7\x01xxxxxxxx"sv,
                                       "\xd8\x01xxxxxxxxxxxxxxxx"sv,
                                       "\xd9\x01x"sv,
                                       "\xda\x00\x01x"sv,
                                       "\xdb\x00\x00\x00\x01x"sv,
                                       "\xdc\x00\x01\xc0"sv,
                                       "\xdd\x00\x00\x00\x01\xc0"sv,
                                       "\xde\x00\x01\xc0\xc0"sv,
                                       "\xdf\x00\x00\x00\x01\xc0\xc0"sv}) {
    const Bytes bytes = wire(std::string(value) + "\xc3");
    msgpack::Reader in(bytes);
    in.skip();
    EXPECT_TRUE(in.boolean()) << ::testing::PrintToString(value);
    EXPECT_EQ(in.peek(), msgpack::Reader::Kind::kEnd);
    EXPECT_TRUE(in.ok());
  }
}

}  // namespace
}  // namespace wascc
