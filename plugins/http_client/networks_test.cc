#include "networks.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>
#include <string>

#include "settings.h"

namespace wascc::http_client {
namespace {

Address address(const std::string& text) {
  sockaddr_storage storage{};
  if (text.find(':') == std::string::npos) {
    storage.ss_family = AF_INET;
    EXPECT_EQ(
        ::inet_pton(AF_INET, text.c_str(), &reinterpret_cast<sockaddr_in*>(&storage)->sin_addr), 1);
  } else {
    storage.ss_family = AF_INET6;
    EXPECT_EQ(
        ::inet_pton(AF_INET6, text.c_str(), &reinterpret_cast<sockaddr_in6*>(&storage)->sin6_addr),
        1);
  }
  return address_of(reinterpret_cast<const sockaddr&>(storage));
}

TEST(Networks, OnlyAddressesOfTheInternetArePublic) {
  for (const char* text : {"1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1",
                           "192.167.255.255", "11.0.0.1", "223.255.255.255", "2606:4700::1111",
                           "::ffff:1.1.1.1", "64:ff9b::101:101", "2002:101:101::1"})
    EXPECT_TRUE(is_public(address(text))) << text;
  for (const char* text : {"127.0.0.1",
                           "127.255.255.255",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.0.1",
                           "169.254.169.254",
                           "169.254.170.2",
                           "100.64.0.1",
                           "198.18.0.1",
                           "224.0.0.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::1",
                           "::",
                           "fe80::1",
                           "fd00:ec2::254",
                           "fc00::1",
                           "ff02::1",
                           "2001:db8::1",
                           "::ffff:127.0.0.1",
                           "::ffff:169.254.169.254",
                           "::127.0.0.1",
                           "64:ff9b::7f00:1",
                           "64:ff9b::a9fe:a9fe",
                           "2002:7f00:1::1",
                           "2002:a00:1::1"})
    EXPECT_FALSE(is_public(address(text))) << text;
}

TEST(Networks, ListsAreReadAndHoldWhatTheySay) {
  const auto networks = *Networks::parse("10.0.0.0/8, 192.168.1.7 ,fd00::/8,");
  for (const char* text : {"10.255.0.1", "192.168.1.7", "fd12::1", "::ffff:10.0.0.1"})
    EXPECT_TRUE(networks.contain(address(text))) << text;
  for (const char* text : {"11.0.0.1", "192.168.1.8", "fe80::1", "::10.0.0.1"})
    EXPECT_FALSE(networks.contain(address(text))) << text;
  EXPECT_TRUE(Networks::parse("0.0.0.0/0")->contain(address("1.2.3.4")));
  EXPECT_FALSE(Networks::parse("0.0.0.0/0")->contain(address("::1")));
  for (const char* bad : {"10.0.0.0/33", "10.0.0/8", "example.com", "::/129", "10.0.0.0/",
                          "1.2.3.4/-1", "1.2.3.4/8x"}) {
    const auto parsed = Networks::parse("10.0.0.0/8, " + std::string(bad));
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().message(),
              "entry 2 is no network: write 10.0.0.0/8, fd00::/8 or an address");
  }
}

TEST(HttpClientSettings, AHostIsAllowedByItsNameOrTheEndOfIt) {
  const auto settings = *Settings::from({{"allow_hosts", "api.example.com, *.Internal.test."}});
  for (const char* host : {"api.example.com", "API.EXAMPLE.COM", "api.example.com.",
                           "a.internal.test", "a.b.internal.test"})
    EXPECT_TRUE(settings.may_reach(host)) << host;
  for (const char* host : {"example.com", "xapi.example.com", "api.example.com.evil.test",
                           "internal.test", "xinternal.test", ""})
    EXPECT_FALSE(settings.may_reach(host)) << host;
  EXPECT_TRUE(Settings::from({})->may_reach("any.test"));
}

TEST(HttpClientSettings, RefusesValuesThatMakeNoSense) {
  const struct {
    const char *key, *value;
  } kCases[] = {{"timeout", "0"},
                {"timeout", "1s"},
                {"timeout", "901"},
                {"max_redirects", "-1"},
                {"max_redirects", "51"},
                {"max_response_bytes", "0"},
                {"allow_hosts", " , "},
                {"allow_networks", "here"},
                {"ca_file", "/nowhere/ca.pem"},
                {"max_response_bytes", "99999999999999999999"}};
  for (const auto& c : kCases) {
    const auto settings = Settings::from({{c.key, c.value}});
    ASSERT_FALSE(settings) << c.key << " " << c.value;
    EXPECT_NE(settings.error().message().find(c.key), std::string::npos);
  }
}

}  // namespace
}  // namespace wascc::http_client
