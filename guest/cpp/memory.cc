#include "memory.h"

#include <cstdint>

// Without it the compiler would make a call of memcpy from what is memcpy.
#ifdef __clang__
#define WASCC_NO_BUILTIN __attribute__((no_builtin("memcpy", "memmove")))
#else
#define WASCC_NO_BUILTIN __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

namespace wascc::actor {
namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);
constexpr std::size_t kBlock = 4 * kWord;  // per turn of a loop, which costs as much as a copy

// One load and one store.
template <class Word = std::uint64_t>
inline void copy_word(std::byte* to, const std::byte* from) {
  Word word;
  __builtin_memcpy(&word, from, sizeof word);
  __builtin_memcpy(to, &word, sizeof word);
}

}  // namespace

WASCC_NO_BUILTIN void copy_apart(std::byte* to, const std::byte* from, std::size_t size) {
  std::byte* const to_end = to + size;
  const std::byte* const from_end = from + size;
  if (size < kWord) {
    if (size >= sizeof(std::uint32_t)) {
      copy_word<std::uint32_t>(to, from);
      return copy_word<std::uint32_t>(to_end - sizeof(std::uint32_t),
                                      from_end - sizeof(std::uint32_t));
    }
    for (; size > 0; --size) *to++ = *from++;
    return;
  }
  for (; size >= kBlock; to += kBlock, from += kBlock, size -= kBlock) {
    copy_word(to, from);
    copy_word(to + kWord, from + kWord);
    copy_word(to + 2 * kWord, from + 2 * kWord);
    copy_word(to + 3 * kWord, from + 3 * kWord);
  }
  for (; size >= kWord; to += kWord, from += kWord, size -= kWord) copy_word(to, from);
  copy_word(to_end - kWord, from_end - kWord);  // some bytes of it a second time
}

WASCC_NO_BUILTIN void copy_up(std::byte* to, const std::byte* from, std::size_t size) {
  for (; size >= kWord; to += kWord, from += kWord, size -= kWord) copy_word(to, from);
  for (; size > 0; --size) *to++ = *from++;
}

WASCC_NO_BUILTIN void copy_down(std::byte* to, const std::byte* from, std::size_t size) {
  for (; size >= kWord; size -= kWord) copy_word(to + size - kWord, from + size - kWord);
  for (; size > 0; --size) to[size - 1] = from[size - 1];
}

}  // namespace wascc::actor

#ifdef __wasm__
extern "C" {

WASCC_NO_BUILTIN void* memcpy(void* to, const void* from, std::size_t size) {
  wascc::actor::copy_apart(static_cast<std::byte*>(to), static_cast<const std::byte*>(from), size);
  return to;
}

WASCC_NO_BUILTIN void* memmove(void* to, const void* from, std::size_t size) {
  auto* const target = static_cast<std::byte*>(to);
  const auto* const source = static_cast<const std::byte*>(from);
  if (target + size <= source || source + size <= target)
    wascc::actor::copy_apart(target, source, size);
  else if (target < source)
    wascc::actor::copy_up(target, source, size);
  else
    wascc::actor::copy_down(target, source, size);
  return to;
}
}
#endif
