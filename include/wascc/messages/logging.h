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

// How grave a line is, as on the wire. Guests may send any number: check it.
enum class LogLevel : std::uint32_t {
  kOff = 0,
  kError = 1,
  kWarn = 2,
  kInfo = 3,
  kDebug = 4,
  kTrace = 5
};

struct WriteLogRequest {
  std::uint32_t level = 0;  // a LogLevel
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
