// wascc:logging: one line of an actor's log, in two generations.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kLogging = "wascc:logging";
inline constexpr std::string_view kOpWriteLog = "WriteLog";
inline constexpr std::string_view kOpWrite = "write";  // what the AssemblyScript SDK calls it

// Values of WriteLogRequest::level. Guests may send any number.
inline constexpr std::uint32_t kWriteLogOff = 0;
inline constexpr std::uint32_t kWriteLogError = 1;
inline constexpr std::uint32_t kWriteLogWarn = 2;
inline constexpr std::uint32_t kWriteLogInfo = 3;
inline constexpr std::uint32_t kWriteLogDebug = 4;
inline constexpr std::uint32_t kWriteLogTrace = 5;

struct WriteLogRequest {
  std::uint32_t level = kWriteLogOff;
  std::string body;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("level", self.level);
    visit.field("body", self.body);
  }
};

// What actors of 2021 send to the same operation.
struct NamedWriteLogRequest {
  std::string target;
  std::string level;  // error, warn, info, debug or trace
  std::string text;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("target", self.target);
    visit.field("level", self.level);
    visit.field("text", self.text);
  }
};

}  // namespace wascc
