// wascc:keyvalue: values, lists and sets under string keys. Actors call, the provider answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/msgpack.h"

namespace wascc {

inline constexpr std::string_view kKeyValue = "wascc:keyvalue";

namespace keyvalue {

inline constexpr std::string_view kOpAdd = "Add";
inline constexpr std::string_view kOpGet = "Get";
inline constexpr std::string_view kOpSet = "Set";
inline constexpr std::string_view kOpDel = "Del";
inline constexpr std::string_view kOpClear = "Clear";
inline constexpr std::string_view kOpRange = "Range";
inline constexpr std::string_view kOpPush = "Push";
inline constexpr std::string_view kOpListItemDelete = "ListItemDelete";
inline constexpr std::string_view kOpSetAdd = "SetAdd";
inline constexpr std::string_view kOpSetRemove = "SetRemove";
inline constexpr std::string_view kOpSetUnion = "SetUnion";
inline constexpr std::string_view kOpSetIntersection = "SetIntersection";
inline constexpr std::string_view kOpSetQuery = "SetQuery";
inline constexpr std::string_view kOpKeyExists = "KeyExists";

struct AddRequest {
  std::string key;
  std::int32_t value = 0;  // to be added

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.field("value", self.value);
  }
};

struct AddResponse {
  std::int32_t value = 0;  // the new one

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("value", self.value);
  }
};

struct GetRequest {
  std::string key;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
  }
};

// The answer to Get, and to KeyExists with an empty value.
struct GetResponse {
  std::string value;  // "" if there is none
  bool exists = false;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("value", self.value);
    visit.field("exists", self.exists);
  }
};

struct SetRequest {
  std::string key;
  std::string value;
  std::int32_t expires_s = 0;  // 0: never

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.field("value", self.value);
    visit.aliased("expires", "expires_s", self.expires_s);
  }
};

struct SetResponse {
  std::string value;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("value", self.value);
  }
};

struct DelRequest {
  std::string key;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
  }
};

// The answer to Del and to Clear.
struct DelResponse {
  std::string key;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
  }
};

struct ClearRequest {
  std::string key;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
  }
};

struct RangeRequest {
  std::string key;
  std::int32_t start = 0;  // negative: from the end
  std::int32_t stop = 0;   // inclusive; negative: from the end

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.field("start", self.start);
    visit.field("stop", self.stop);
  }
};

struct RangeResponse {
  std::vector<std::string> values;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("values", self.values);
  }
};

struct PushRequest {
  std::string key;
  std::string value;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.aliased("value", "item", self.value);
  }
};

struct ListItemDeleteRequest {
  std::string key;
  std::string value;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.aliased("value", "item", self.value);
  }
};

// The answer to Push and to ListItemDelete.
struct ListResponse {
  std::int32_t new_count = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.aliased("newCount", "new_count", self.new_count);
  }
};

struct SetAddRequest {
  std::string key;
  std::string value;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.aliased("value", "item", self.value);
  }
};

struct SetRemoveRequest {
  std::string key;
  std::string value;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
    visit.aliased("value", "item", self.value);
  }
};

// The answer to SetAdd and to SetRemove.
struct SetOperationResponse {
  std::int32_t new_count = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.aliased("newCount", "new_count", self.new_count);
  }
};

// SetUnion and SetIntersection of the sets at these keys.
struct SetCombineRequest {
  std::vector<std::string> keys;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("keys", self.keys);
  }
};

struct SetQueryRequest {
  std::string key;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
  }
};

// The answer to SetUnion, SetIntersection and SetQuery.
struct SetQueryResponse {
  std::vector<std::string> values;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.defaulted("values", self.values);
  }
};

struct KeyExistsRequest {
  std::string key;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("key", self.key);
  }
};

}  // namespace keyvalue

}  // namespace wascc
