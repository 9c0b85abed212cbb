#include "runtime/actor_loader.h"

#include <utility>

#include "base/file.h"
#include "claims/envelope.h"
#include "claims/module.h"

namespace wascc::runtime {
namespace {

constexpr std::size_t kMaxNativeBytes = std::size_t{512} << 20;

}  // namespace

ActorLoader::ActorLoader(engine::Engine& engine, const Clock& clock, Log log, claims::Trust trust)
    : engine_(engine), clock_(clock), log_(std::move(log)), trust_(std::move(trust)) {}

Result<LoadedModule> ActorLoader::load(const std::string& path) const {
  WASCC_TRY(const Bytes wasm, read_file(path, kMaxModuleBytes));
  const Result<Bytes> native = read_file(claims::native_path(path), kMaxNativeBytes);
  if (native) {
    Result<LoadedModule> loaded = load_native(path, wasm, *native);
    if (loaded || loaded.error().code() != Errc::kUnsupported || !engine_.can_compile())
      return loaded;
    log_.warn("native code is compiled anew",
              {{"module", path}, {"why", loaded.error().message()}});
  } else if (native.error().code() != Errc::kNotFound) {
    return native.error();
  }
  if (engine_.can_compile()) return load_bytes(wasm);
  WASCC_CHECK(claims::verify_module(wasm, clock_.now(), trust_));
  return Error(Errc::kUnsupported,
               "there is no native code " + claims::native_path(path) +
                   ", and this program cannot compile: run `wascc compile` on the module before "
                   "it is deployed, or deploy bootstrap-full in place of bootstrap");
}

// The bytes that were checked are the bytes that run: the file is read once.
Result<LoadedModule> ActorLoader::load_native(const std::string& path, ByteView wasm,
                                              ByteView native) const {
  const std::string envelope_path = claims::envelope_path(path);
  const Result<Bytes> envelope = read_file(envelope_path, claims::kMaxEnvelopeBytes);
  if (!envelope)
    return Error(Errc::kDenied, "native code " + claims::native_path(path) +
                                    " has no readable envelope " + envelope_path + " (" +
                                    envelope.error().message() +
                                    "): make both anew with `wascc compile`, or delete it");
  WASCC_TRY(claims::Claims claims, claims::verify_native(wasm, native, *envelope,
                                                         engine_.identity(), clock_.now(), trust_));
  WASCC_TRY(engine::ModulePtr module, engine_.load_native(native));
  return LoadedModule{std::move(claims), std::move(module)};
}

Result<LoadedModule> ActorLoader::load_bytes(ByteView wasm) const {
  WASCC_TRY(claims::Claims claims, claims::verify_module(wasm, clock_.now(), trust_));
  WASCC_TRY(engine::ModulePtr module, engine_.compile(wasm));
  return LoadedModule{std::move(claims), std::move(module)};
}

}  // namespace wascc::runtime
