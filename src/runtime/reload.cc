#include "runtime/reload.h"

#include <algorithm>
#include <utility>

namespace wascc::runtime {

Result<std::string> Reload::from_file(std::string_view key) {
  const auto file = std::ranges::find(files_, key, &ActorFile::key);
  if (file == files_.end())
    return Error(Errc::kNotFound, host_.actor(key)
                                      ? "actor " + std::string(key) +
                                            " came from no file here: send the module itself"
                                      : "no actor " + std::string(key) + " runs here");
  WASCC_TRY(LoadedModule loaded, loader_.load(file->path).context(file->path));
  return replace(key, std::move(loaded)).context(file->path);
}

Result<std::string> Reload::from_bytes(std::string_view key, ByteView wasm) {
  if (!host_.actor(key))
    return Error(Errc::kNotFound, "no actor " + std::string(key) + " runs here");
  WASCC_TRY(LoadedModule loaded, loader_.load_bytes(wasm));
  return replace(key, std::move(loaded));
}

Result<std::string> Reload::replace(std::string_view key, LoadedModule loaded) {
  const std::scoped_lock lock(changing_);
  const auto running = host_.actor(key);
  const claims::Claims wanted = loaded.claims;
  const std::string what = std::string(wanted.display_name()) + " (" + std::string(key) + ")";
  if (running && running->id == wanted.id && running->subject == wanted.subject &&
      running->module_hash == wanted.module_hash)
    return "unchanged: " + what;
  WASCC_CHECK(host_.replace_actor(key, std::move(loaded.claims), std::move(loaded.module),
                                  clock_.steady_now() + kActorStartLimit));
  return "replaced: " + what;
}

}  // namespace wascc::runtime
