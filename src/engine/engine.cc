#include "engine/engine.h"

namespace wascc::engine {
namespace {

std::string list_of(const std::vector<ValueType>& types) {
  static constexpr const char* kNames[] = {"i32", "i64", "f32", "f64", "other"};
  std::string text;
  for (const ValueType type : types) {
    if (!text.empty()) text += ", ";
    text += kNames[static_cast<std::size_t>(type)];
  }
  return text;
}

}  // namespace

std::string to_string(const FunctionType& type) {
  std::string text = "(" + list_of(type.parameters) + ")";
  if (!type.results.empty()) text += " -> " + list_of(type.results);
  return text;
}

}  // namespace wascc::engine
