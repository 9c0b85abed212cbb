// The door to the YAML library: text to a small tree of nodes that know where they stood. JSON is
// YAML, so the same call reads it.
//
// Kept plain on purpose: one document, text scalars, lists and maps. No anchors, aliases or tags
// (a few bytes of aliases can stand for gigabytes), no key twice in one map except
// a label, depth and size bounded. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/result.h"

namespace wascc::manifest {

inline constexpr std::size_t kMaxManifestBytes = 256 << 10;
inline constexpr std::size_t kMaxManifestDepth = 16;

struct Position {  // both count from 1; a column is a character
  std::size_t line = 1;
  std::size_t column = 1;
};

struct Node {
  struct Member;
  enum class Kind { kScalar, kList, kMap };

  Kind kind = Kind::kScalar;
  Position position;
  std::string text;             // of a scalar, as written: 8081, true and 1.50 stay what they are
  bool null = false;            // a scalar that says nothing: empty, "~" or "null", unquoted
  std::vector<Node> items;      // of a list
  std::vector<Member> members;  // of a map, in order
};

struct Node::Member {
  Node key;  // always a scalar
  Node value;
};

// "manifest.yaml:3:7"
std::string place(const std::string& file, const Position& position);

// kMalformed, its message beginning with the place; kTooLarge over a bound. A document without
// content is an empty map.
Result<Node> parse_yaml(std::string_view text, const std::string& file);

}  // namespace wascc::manifest
