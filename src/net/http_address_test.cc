#include "net/http_address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/file.h"
#include "support/temporary_folder.h"

namespace wascc::net {
namespace {

std::string text_of(const SocketAddress& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
  ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
}

TEST(HttpAddress, IsParsedInEveryFormThatServersUse) {
  struct Case {
    const char* text;
    const char* host;
    int port;
    const char* path;
    const char* authority;
  };
  constexpr Case kCases[] = {
      {"127.0.0.1:9001", "127.0.0.1", 9001, "", "127.0.0.1:9001"},
      {"http://127.0.0.1:9001", "127.0.0.1", 9001, "", "127.0.0.1:9001"},
      {"HTTP://localhost", "localhost", 80, "", "localhost"},
      {"[::1]:9001", "::1", 9001, "", "[::1]:9001"},
      {"[::1]", "::1", 80, "", "[::1]"},
      {"127.0.0.1:9000/my-function", "127.0.0.1", 9000, "/my-function", "127.0.0.1:9000"},
      {"http://[::1]:80/a/b//", "::1", 80, "/a/b", "[::1]"},
      {"host/", "host", 80, "", "host"},
  };
  for (const Case& c : kCases) {
    const auto address = parse_http_address(c.text);
    ASSERT_TRUE(address) << c.text;
    EXPECT_EQ(address->host, c.host) << c.text;
    EXPECT_EQ(address->port, c.port) << c.text;
    EXPECT_EQ(address->path, c.path) << c.text;
    EXPECT_EQ(address->authority(), c.authority) << c.text;
  }
}

TEST(HttpAddress, RefusesWhatIsNone) {
  for (const char* text :
       {"", ":9001", "http://", "/path", "host:", "host:0", "host:65536", "host:9x", "a:1:2", "::1",
        "[::1", "[::1]x", "[host]:1", "user@host", "host/?q", "host/#f", "ho st", "host\r\nx"}) {
    const auto address = parse_http_address(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code(), Errc::kInvalid) << text;
  }
  EXPECT_EQ(parse_http_address("https://host").error().code(), Errc::kUnsupported);
}

TEST(Resolve, KnowsNumbersAndLocalhost) {
  EXPECT_EQ(text_of(resolve({"10.1.2.3", 9001, ""}).value().at(0)), "10.1.2.3:9001");
  EXPECT_EQ(text_of(resolve({"fd00::1", 80, ""}).value().at(0)), "[fd00::1]:80");
  const auto local = resolve({"LocalHost", 1, ""}, "/no/such/file").value();
  ASSERT_EQ(local.size(), 2U);
  EXPECT_EQ(text_of(local[0]), "127.0.0.1:1");
  EXPECT_EQ(text_of(local[1]), "[::1]:1");
}

TEST(Resolve, FindsNamesOfTheHostsFile) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "hosts";
  ASSERT_TRUE(write_file_atomically(path, as_bytes("# comment\n10.0.0.1\tapi.local Api # name\n"
                                                   "nonsense api\n\n  fd00::7 other api\r\n"
                                                   "10.0.0.9 last")));
  const auto api = resolve({"api", 9, ""}, path).value();
  ASSERT_EQ(api.size(), 2U);
  EXPECT_EQ(text_of(api[0]), "10.0.0.1:9");
  EXPECT_EQ(text_of(api[1]), "[fd00::7]:9");
  EXPECT_EQ(text_of(resolve({"last", 9, ""}, path).value().at(0)), "10.0.0.9:9");
  const auto unknown = resolve({"name", 9, ""}, path);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Errc::kNotFound);
}

}  // namespace
}  // namespace wascc::net
