#include "providers/memory_store.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace wascc::providers {
namespace {

// What a key, and each element, takes beside its text; roughly what the containers need.
constexpr std::size_t kOverhead = 64;

std::size_t size_of(const std::string& text) { return kOverhead + text.size(); }
template <class Elements>
std::size_t size_of(const Elements& elements) {
  std::size_t sum = 0;
  for (const std::string& element : elements) sum += size_of(element);
  return sum;
}

Error wrong_type() {
  return Error(Errc::kInvalid, "WRONGTYPE Operation against a key holding the wrong kind of value");
}

std::int32_t count(std::size_t number) {
  constexpr std::size_t kMax = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::min(number, kMax));
}

}  // namespace

void MemoryStore::erase(Items::iterator item) {
  bytes_ -= size_of(item->first) +
            std::visit([](const auto& value) { return size_of(value); }, item->second.value);
  items_.erase(item);
}

MemoryStore::Item* MemoryStore::find(const std::string& key, Time now) {
  const auto found = items_.find(key);
  if (found == items_.end()) return nullptr;
  if (!found->second.expires || now < *found->second.expires) return &found->second;
  erase(found);
  return nullptr;
}

template <class T>
Result<T*> MemoryStore::find_as(const std::string& key, Time now) {
  Item* item = find(key, now);
  if (item == nullptr) return static_cast<T*>(nullptr);
  T* value = std::get_if<T>(&item->value);
  if (value == nullptr) return wrong_type();
  return value;
}

Status MemoryStore::make_room(std::size_t more, Time now) {
  if (more <= max_bytes_ && bytes_ <= max_bytes_ - more) return {};
  for (auto item = items_.begin(); item != items_.end();) {
    const auto next = std::next(item);
    if (item->second.expires && *item->second.expires <= now) erase(item);
    item = next;
  }
  if (more <= max_bytes_ && bytes_ <= max_bytes_ - more) return {};
  return Error(Errc::kTooLarge, "OOM the key-value store in memory holds at most " +
                                    std::to_string(max_bytes_) + " bytes");
}

Result<std::int32_t> MemoryStore::add(const std::string& key, std::int32_t value, Time now) {
  WASCC_TRY(std::string* const text, find_as<std::string>(key, now));
  std::int64_t sum = 0;
  if (text != nullptr) {
    const char* const end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, sum);
    // Redis takes a number only as it would write it: no leading zero, no -0.
    if (error != std::errc() || rest != end || *text != std::to_string(sum))
      return Error(Errc::kInvalid, "ERR value is not an integer or out of range");
  }
  // The answer is an i32; the sum of two numbers beyond it must not wrap either.
  using Limits = std::numeric_limits<std::int32_t>;
  if (sum < Limits::min() || sum > Limits::max() || sum + value < Limits::min() ||
      sum + value > Limits::max())
    return Error(Errc::kInvalid, "ERR increment or decrement would overflow");
  sum += value;
  std::string changed = std::to_string(sum);
  if (text == nullptr) {
    WASCC_CHECK(set(key, std::move(changed), 0, now));
  } else {
    bytes_ += changed.size();  // a few digits more or less: not worth a refusal
    bytes_ -= text->size();
    *text = std::move(changed);
  }
  return static_cast<std::int32_t>(sum);
}

std::optional<std::string> MemoryStore::get(const std::string& key, Time now) {
  const auto text = find_as<std::string>(key, now);
  if (!text || *text == nullptr) return std::nullopt;
  return **text;
}

Status MemoryStore::set(const std::string& key, std::string value, std::int32_t expires_s,
                        Time now) {
  if (expires_s < 0) return Error(Errc::kInvalid, "ERR invalid expire time in 'set' command");
  WASCC_CHECK(make_room(size_of(key) + size_of(value), now));
  remove(key);
  bytes_ += size_of(key) + size_of(value);
  Item item{std::move(value), std::nullopt};
  if (expires_s > 0) item.expires = now + std::chrono::seconds(expires_s);
  items_.emplace(key, std::move(item));
  return {};
}

void MemoryStore::remove(const std::string& key) {
  if (const auto found = items_.find(key); found != items_.end()) erase(found);
}

bool MemoryStore::exists(const std::string& key, Time now) { return find(key, now) != nullptr; }

Result<std::int32_t> MemoryStore::push(const std::string& key, std::string value, Time now) {
  WASCC_CHECK(find_as<List>(key, now));
  WASCC_CHECK(make_room(size_of(key) + size_of(value), now));
  const auto [item, added] = items_.try_emplace(key, Item{List(), std::nullopt});
  bytes_ += size_of(value) + (added ? size_of(key) : 0);
  List& list = std::get<List>(item->second.value);
  list.push_front(std::move(value));
  return count(list.size());
}

Result<MemoryStore::Strings> MemoryStore::range(const std::string& key, std::int64_t start,
                                                std::int64_t stop, Time now) {
  WASCC_TRY(const List* const list, find_as<List>(key, now));
  if (list == nullptr) return Strings();
  const auto size = static_cast<std::int64_t>(list->size());
  start = std::max<std::int64_t>(start < 0 ? start + size : start, 0);
  stop = std::min(stop < 0 ? stop + size : stop, size - 1);
  if (start > stop) return Strings();
  return Strings(list->begin() + start, list->begin() + stop + 1);
}

Result<std::int32_t> MemoryStore::list_remove(const std::string& key, const std::string& value,
                                              Time now) {
  WASCC_TRY(List* const list, find_as<List>(key, now));
  if (list == nullptr) return 0;
  const std::size_t removed = std::erase(*list, value);
  bytes_ -= removed * size_of(value);
  if (list->empty()) remove(key);
  return count(removed);
}

Result<std::int32_t> MemoryStore::set_add(const std::string& key, std::string value, Time now) {
  WASCC_TRY(const Set* const before, find_as<Set>(key, now));
  if (before != nullptr && before->contains(value)) return 0;
  WASCC_CHECK(make_room(size_of(key) + size_of(value), now));
  const auto [item, added] = items_.try_emplace(key, Item{Set(), std::nullopt});
  bytes_ += size_of(value) + (added ? size_of(key) : 0);
  std::get<Set>(item->second.value).insert(std::move(value));
  return 1;
}

Result<std::int32_t> MemoryStore::set_remove(const std::string& key, const std::string& value,
                                             Time now) {
  WASCC_TRY(Set* const members, find_as<Set>(key, now));
  if (members == nullptr || members->erase(value) == 0) return 0;
  bytes_ -= size_of(value);
  if (members->empty()) remove(key);
  return 1;
}

Result<MemoryStore::Strings> MemoryStore::members(const std::string& key, Time now) {
  return set_union({key}, now);
}

Result<MemoryStore::Strings> MemoryStore::set_union(const Strings& keys, Time now) {
  Set all;
  for (const std::string& key : keys) {
    WASCC_TRY(const Set* const members, find_as<Set>(key, now));
    if (members != nullptr) all.insert(members->begin(), members->end());
  }
  return Strings(all.begin(), all.end());
}

Result<MemoryStore::Strings> MemoryStore::set_intersection(const Strings& keys, Time now) {
  Set common;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    WASCC_TRY(const Set* const members, find_as<Set>(keys[i], now));
    if (members == nullptr) {
      common.clear();
    } else if (i == 0) {
      common = *members;
    } else {
      std::erase_if(common, [&](const std::string& text) { return !members->contains(text); });
    }
  }
  return Strings(common.begin(), common.end());
}

}  // namespace wascc::providers
