// Newer modules for running actors: from the file that an actor came from, or from bytes. Each is
// checked as at the start: token, trust, hash, native code (docs/host.md, "Changes while calls
// run").
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "runtime/actor_loader.h"
#include "wascc/bytes.h"
#include "wascc/host.h"
#include "wascc/result.h"

namespace wascc::runtime {

// Where a running actor came from.
struct ActorFile {
  std::string key;
  std::string path;
};

// Any thread. The host and the clock outlive it.
class Reload {
 public:
  Reload(Host& host, ActorLoader loader, const Clock& clock, std::vector<ActorFile> files)
      : host_(host), loader_(std::move(loader)), clock_(clock), files_(std::move(files)) {}

  const std::vector<ActorFile>& files() const { return files_; }

  // Loads the actor's file again. Answers what was done: "replaced …" or "unchanged …".
  Result<std::string> from_file(std::string_view key);
  // The same with a module from elsewhere, which is compiled.
  Result<std::string> from_bytes(std::string_view key, ByteView wasm);

 private:
  Result<std::string> replace(std::string_view key, LoadedModule loaded);

  Host& host_;
  const ActorLoader loader_;
  const Clock& clock_;
  const std::vector<ActorFile> files_;
  std::mutex changing_;  // the host takes one change at a time; calls do not wait for it
};

}  // namespace wascc::runtime
