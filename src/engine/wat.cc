#include "engine/wat.h"

#include "engine/wasmtime_error.h"
#include "engine/wasmtime_handle.h"

namespace wascc::engine {

Result<Bytes> assemble(std::string_view wat) {
  ByteVector wasm;
  if (const ErrorHandle error(wasmtime_wat2wasm(wat.data(), wat.size(), &wasm)); error) {
    ByteVector message;
    wasmtime_error_message(error.get(), &message);
    return Error(Errc::kMalformed, std::string(text_of(message)));
  }
  return to_bytes(text_of(wasm));
}

}  // namespace wascc::engine
