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
inline void copy_word(std::byte* to, const std::byte* from) {
  std::uint64_t word;
  __builtin_memcpy(&word, from, kWord);
  __builtin_memcpy(to, &word, kWord);
}

}  // namespace

WASCC_NO_BUILTIN void copy_up(std::byte* to, const std::byte* from, std::size_t size) {
  for (; size >= kBlock; to += kBlock, from += kBlock, size -= kBlock) {
    copy_word(to, from);
    copy_word(to + kWord, from + kWord);
    copy_word(to + 2 * kWord, from + 2 * kWord);
    copy_word(to + 3 * kWord, from + 3 * kWord);
  }
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
  wascc::actor::copy_up(static_cast<std::byte*>(to), static_cast<const std::byte*>(from), size);
  return to;
}

WASCC_NO_BUILTIN void* memmove(void* to, const void* from, std::size_t size) {
  auto* const target = static_cast<std::byte*>(to);
  const auto* const source = static_cast<const std::byte*>(from);
  target <= source ? wascc::actor::copy_up(target, source, size)
                   : wascc::actor::copy_down(target, source, size);
  return to;
}
}
#endif
