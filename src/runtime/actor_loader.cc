#include "runtime/actor_loader.h"

#include <utility>

#include "base/file.h"
#include "base/file_content.h"
#include "claims/envelope.h"
#include "claims/module.h"

namespace wascc::runtime {
namespace {

constexpr std::size_t kMaxNativeBytes = std::size_t{512} << 20;

}  // namespace

ActorLoader::ActorLoader(engine::Engine& engine, const Clock& clock, Log log, claims::Trust trust,
                         Files files)
    : engine_(engine),
      clock_(clock),
      log_(std::move(log)),
      trust_(std::move(trust)),
      files_(files) {}

Result<LoadedModule> ActorLoader::load(const std::string& path) const {
  const auto read = files_ == Files::kStay ? FileContent::mapped : FileContent::copied;
  WASCC_TRY(const FileContent wasm_file, read(path, kMaxModuleBytes));
  const ByteView wasm = wasm_file.bytes();
  const Result<FileContent> native = read(claims::native_path(path), kMaxNativeBytes);
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

// The bytes that were checked are the bytes that run: a copy, or one open file that stays as it is.
Result<LoadedModule> ActorLoader::load_native(const std::string& path, ByteView wasm,
                                              const FileContent& native) const {
  const std::string envelope_path = claims::envelope_path(path);
  const Result<Bytes> envelope = read_file(envelope_path, claims::kMaxEnvelopeBytes);
  if (!envelope)
    return Error(Errc::kDenied, "native code " + claims::native_path(path) +
                                    " has no readable envelope " + envelope_path + " (" +
                                    envelope.error().message() +
                                    "): make both anew with `wascc compile`, or delete it");
  WASCC_TRY(claims::Claims claims, claims::verify_native(wasm, native.bytes(), *envelope,
                                                         engine_.identity(), clock_.now(), trust_));
  const int file = native.mapped_file();
  WASCC_TRY(engine::ModulePtr module,
            file < 0 ? engine_.load_native(native.bytes()) : engine_.load_native_file(file));
  return LoadedModule{std::move(claims), std::move(module)};
}

Result<LoadedModule> ActorLoader::load_bytes(ByteView wasm) const {
  WASCC_TRY(claims::Claims claims, claims::verify_module(wasm, clock_.now(), trust_));
  WASCC_TRY(engine::ModulePtr module, engine_.compile(wasm));
  return LoadedModule{std::move(claims), std::move(module)};
}

}  // namespace wascc::runtime
