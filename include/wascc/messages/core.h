// What the host and a provider tell each other: describe yourself, an actor was bound, an actor was
// removed. Field lists in wire order; docs/formats/messages.md has the bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kOpHealth = "HealthRequest";
inline constexpr std::string_view kOpBind = "BindActor";
inline constexpr std::string_view kOpRemove = "RemoveActor";
inline constexpr std::string_view kOpDescribe = "GetCapabilityDescriptor";

struct HealthRequest {
  bool placeholder = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("placeholder", self.placeholder);
  }
};

struct CapabilityConfiguration {
  std::string module;  // the actor's public key
  StringMap values;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("module", self.module);
    visit.defaulted("values", self.values);
  }
};

enum class Direction : std::uint8_t { kToActor = 0, kToProvider = 1, kBoth = 2 };

inline constexpr std::array<std::string_view, 3> kDirectionNames = {"to_actor", "to_provider",
                                                                    "both"};
constexpr const auto& names_of(Direction) { return kDirectionNames; }

struct OperationDescriptor {
  std::string name;
  Direction direction = Direction::kToProvider;
  std::string doctext;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("name", self.name);
    visit.field("direction", self.direction);
    visit.field("doctext", self.doctext);
  }
};

struct CapabilityDescriptor {
  std::string id;  // the capability, for example wascc:keyvalue
  std::string name;
  std::string version;
  std::uint32_t revision = 0;
  std::string long_description;
  std::vector<OperationDescriptor> supported_operations;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("id", self.id);
    visit.field("name", self.name);
    visit.field("version", self.version);
    visit.field("revision", self.revision);
    visit.field("long_description", self.long_description);
    visit.field("supported_operations", self.supported_operations);
  }
};

}  // namespace wascc
