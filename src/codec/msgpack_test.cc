#include "wascc/msgpack.h"

#include <gtest/gtest.h>

#include "wascc/messages/core.h"
#include "wascc/messages/http.h"

namespace wascc {
namespace {

TEST(Msgpack, DecodesWhatItEncodesInBothForms) {
  const HttpRequest sent{"GET", "/foo", "a=1", {{"accept", "*/*"}, {"host", "h"}}, to_bytes("Hi")};
  for (const Bytes& bytes : {encode(sent), encode_positional(sent)}) {
    const Result<HttpRequest> read = decode<HttpRequest>(bytes);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->method, sent.method);
    EXPECT_EQ(read->path, sent.path);
    EXPECT_EQ(read->query_string, sent.query_string);
    EXPECT_EQ(read->header, sent.header);
    EXPECT_EQ(read->body, sent.body);
  }
}

TEST(Msgpack, NamesTheFieldThatIsMissing) {
  const Result<HttpRequest> read = decode<HttpRequest>(as_bytes("\x80"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message(), "Failed to de-serialize: missing field method");
}

}  // namespace
}  // namespace wascc
