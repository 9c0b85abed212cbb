#include "engine/wasmtime_store.h"

#include <utility>

namespace wascc::engine {

void LineBuffer::write(std::string_view text) {
  take_over();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view part = text.substr(0, end).substr(0, kMaxLine - line_.size());
    line_.append(part);
    text.remove_prefix(part.size());
    const bool ended = text.starts_with('\n');
    if (ended) text.remove_prefix(1);
    if (!ended && line_.size() < kMaxLine) continue;
    pass_on();
  }
  hand_over();
}

void LineBuffer::flush() {
  take_over();
  if (line_.empty()) return;
  pass_on();
  hand_over();
}

void LineBuffer::pass_on() {
  if (output_ != nullptr) output_->line(stream_, line_);
  line_.clear();
}

wasm_trap_t* StoreState::fail(Error error) {
  wasm_trap_t* trap = wasmtime_trap_new(error.message().data(), error.message().size());
  failure = std::move(error);
  return trap;
}

StoreState& state_of(wasmtime_context_t* context) {
  return *static_cast<StoreState*>(wasmtime_context_get_data(context));
}

GuestMemory memory_of(wasmtime_caller_t* caller) {
  wasmtime_context_t* context = wasmtime_caller_context(caller);
  const StoreState& state = state_of(context);
  wasmtime_memory_t memory;
  if (state.memory) {
    memory = *state.memory;
  } else {
    wasmtime_extern_t item;
    if (!wasmtime_caller_export_get(caller, "memory", 6, &item)) return {};
    if (item.kind != WASMTIME_EXTERN_MEMORY) return {};
    memory = item.of.memory;
  }
  return GuestMemory({reinterpret_cast<std::byte*>(wasmtime_memory_data(context, &memory)),
                      wasmtime_memory_data_size(context, &memory)});
}

}  // namespace wascc::engine
