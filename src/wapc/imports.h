// The functions that a waPC guest may import: the nine of module "wapc", and AssemblyScript's
// env.abort. docs/formats/wapc.md has each one's type and meaning.
#pragma once

#include <span>

#include "engine/engine.h"

namespace wascc::wapc {

// Each expects a Conversation as the instance's context.
std::span<const engine::HostFunction> guest_imports();

}  // namespace wascc::wapc
