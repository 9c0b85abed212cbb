// A checked window on a guest's linear memory; one thread at a time, like its instance.
// Borrowed: the next call into the guest may grow, and so move, the memory. Copy what you keep.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "wascc/result.h"

namespace wascc::engine {

class GuestMemory {
 public:
  GuestMemory() = default;  // a guest without memory: every non-empty slice is outside
  explicit GuestMemory(std::span<std::byte> bytes) : bytes_(bytes) {}

  std::size_t size() const { return bytes_.size(); }

  // The `length` bytes from `offset`, both as the guest gave them; kTrap if any byte is outside.
  // Nothing is never outside: guests pass any pointer with length 0 (docs/formats/wapc.md,
  // "Pointers").
  Result<std::span<std::byte>> slice(std::uint32_t offset, std::uint32_t length) const {
    if (length == 0) return std::span<std::byte>();
    const std::uint64_t end = std::uint64_t{offset} + length;  // a 32-bit sum would wrap
    if (end > bytes_.size()) return outside(offset, end);
    return bytes_.subspan(offset, length);
  }

 private:
  // Apart, so that the check itself is small enough to be inlined.
  [[gnu::cold, gnu::noinline]] Error outside(std::uint32_t offset, std::uint64_t end) const {
    return Error(Errc::kTrap, "out of bounds memory access: bytes " + std::to_string(offset) +
                                  " to " + std::to_string(end) + " of a memory of " +
                                  std::to_string(bytes_.size()));
  }

  std::span<std::byte> bytes_;
};

}  // namespace wascc::engine
