// What `bootstrap` does, from the environment to the last event.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "manifest/expand.h"
#include "providers/native_provider.h"
#include "wascc/result.h"

namespace wascc::runtime {

using MakeEngine = Result<std::unique_ptr<engine::Engine>> (*)(const engine::EngineOptions&);

// Starts, serves events until SIGTERM, ends. Answers the exit code: 0 after SIGTERM, 1 when the
// process cannot start, which the Runtime API is told, or cannot go on. Called once, before any
// other thread is started.
// Without load_native no native providers can be used.
int run_lambda(MakeEngine make_engine, providers::LoadNativeProvider load_native,
               const manifest::Environment& environment);

}  // namespace wascc::runtime
