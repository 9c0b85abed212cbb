#include "memory.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace wascc::actor {
namespace {

using Memory = std::vector<std::uint8_t>;

Memory numbered() {
  Memory memory(256);
  std::iota(memory.begin(), memory.end(), std::uint8_t{0});
  return memory;
}

// What is there when `size` bytes from `from` were first taken and then put to `to`.
Memory expected(std::size_t to, std::size_t from, std::size_t size) {
  const Memory before = numbered();
  Memory after = before;
  for (std::size_t i = 0; i < size; ++i) after[to + i] = before[from + i];
  return after;
}

template <class Copy>
Memory copied(Copy copy, std::size_t to, std::size_t from, std::size_t size) {
  Memory memory = numbered();
  auto* const bytes = reinterpret_cast<std::byte*>(memory.data());
  copy(bytes + to, bytes + from, size);
  return memory;
}

TEST(Memory, CopiesEverySizeToEveryAddress) {
  for (std::size_t size = 0; size <= 100; ++size)
    for (std::size_t from = 0; from < 8; ++from)
      for (std::size_t to = 128; to < 136; ++to) {
        ASSERT_EQ(copied(copy_apart, to, from, size), expected(to, from, size))
            << size << " bytes from " << from << " to " << to;
        ASSERT_EQ(copied(copy_apart, from, to, size), expected(from, to, size))
            << size << " bytes from " << to << " to " << from;
      }
}

TEST(Memory, CopiesUpWhereTheTargetLiesBelowOrApart) {
  for (std::size_t size = 0; size <= 100; ++size)
    for (std::size_t distance = 0; distance <= 40; ++distance)
      for (std::size_t at = 0; at < 8; ++at) {
        const std::size_t from = at + distance;
        ASSERT_EQ(copied(copy_up, at, from, size), expected(at, from, size))
            << size << " bytes from " << from << " to " << at;
      }
  EXPECT_EQ(copied(copy_up, 150, 3, 99), expected(150, 3, 99));
}

TEST(Memory, CopiesDownWhereTheTargetLiesAboveOrApart) {
  for (std::size_t size = 0; size <= 100; ++size)
    for (std::size_t distance = 0; distance <= 40; ++distance)
      for (std::size_t at = 0; at < 8; ++at) {
        const std::size_t to = at + distance;
        ASSERT_EQ(copied(copy_down, to, at, size), expected(to, at, size))
            << size << " bytes from " << at << " to " << to;
      }
  EXPECT_EQ(copied(copy_down, 3, 150, 99), expected(3, 150, 99));
}

}  // namespace
}  // namespace wascc::actor
