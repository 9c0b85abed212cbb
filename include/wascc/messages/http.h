// wascc:http_server and wascc:http_client: one field list each, in wire order, walked in both
// directions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/bytes.h"
#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kHttpServer = "wascc:http_server";
inline constexpr std::string_view kHttpClient = "wascc:http_client";
inline constexpr std::string_view kOpHandleRequest = "HandleRequest";    // server to actor
inline constexpr std::string_view kOpPerformRequest = "PerformRequest";  // actor to client

struct HttpRequest {
  std::string method;
  std::string path;          // encoded, starts with '/', no query; to a client the absolute URL
  std::string query_string;  // encoded, without '?'
  StringMap header;          // lower-case names, one value each
  Bytes body;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("method", self.method);
    visit.field("path", self.path);
    visit.field("queryString", self.query_string);
    visit.defaulted("header", self.header);
    visit.defaulted("body", self.body);
  }
};

struct HttpResponse {
  std::uint32_t status_code = 0;
  std::string status;  // reason phrase
  StringMap header;    // '\n' separates several values of one name
  Bytes body;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("statusCode", self.status_code);
    visit.field("status", self.status);
    visit.defaulted("header", self.header);
    visit.defaulted("body", self.body);
  }
};

}  // namespace wascc
