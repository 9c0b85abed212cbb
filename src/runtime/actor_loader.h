// From a file to an actor that may be added to a host: its claims verified, its code loaded or
// compiled (docs/lambda.md, "Which actors are trusted").
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/clock.h"
#include "base/file_content.h"
#include "base/log.h"
#include "claims/token.h"
#include "engine/engine.h"
#include "wascc/bytes.h"
#include "wascc/claims.h"
#include "wascc/result.h"

namespace wascc::runtime {

inline constexpr std::size_t kMaxModuleBytes = std::size_t{64} << 20;

// For all start functions of one actor. Lambda gives a process 10 s to start, and then more time
// without saying so; an actor that needs longer than this would never stop.
inline constexpr std::chrono::seconds kActorStartLimit{9};

// Whether the files of a deployment stay as they are while the process runs. Those of a Lambda
// function lie on a file system that nobody can write to, so native code is mapped and not copied
// (docs/formats/envelope.md, "Loading").
enum class Files : bool { kMayChange, kStay };

struct LoadedModule {
  claims::Claims claims;
  engine::ModulePtr module;
};

// Used by one thread at a time; keeps references to engine and clock.
class ActorLoader {
 public:
  ActorLoader(engine::Engine& engine, const Clock& clock, Log log, claims::Trust trust,
              Files files = Files::kMayChange);

  // Native code and envelope beside the module are used if every check holds; native code that
  // fails one is an error, not a reason to look elsewhere. Without any, or with one for another
  // engine, the module is compiled. kDenied for what is not trusted; kNotFound, kMalformed,
  // kTooLarge, kUnsupported for what is no actor, or would have to be compiled without a compiler.
  Result<LoadedModule> load(const std::string& path) const;
  // The same from a module that came without native code.
  Result<LoadedModule> load_bytes(ByteView wasm) const;

 private:
  Result<LoadedModule> load_native(const std::string& path, ByteView wasm,
                                   const FileContent& native) const;

  engine::Engine& engine_;
  const Clock& clock_;
  Log log_;
  claims::Trust trust_;
  Files files_;
};

}  // namespace wascc::runtime
