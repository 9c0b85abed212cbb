// memcpy and memmove of actors. Those of the C library move four bytes at a time, and where source
// and target lie differently in their words put each word together by shifts; WebAssembly reads and
// writes eight bytes at any address. The instruction for a whole block is younger than the tools of
// 2020, which are to take our actors.
#pragma once

#include <cstddef>

namespace wascc::actor {

// The two may not overlap.
void copy_apart(std::byte* to, const std::byte* from, std::size_t size);
// The two may not overlap, or `to` is the lower one.
void copy_up(std::byte* to, const std::byte* from, std::size_t size);
// The two may not overlap, or `to` is the higher one.
void copy_down(std::byte* to, const std::byte* from, std::size_t size);

}  // namespace wascc::actor
