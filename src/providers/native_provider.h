// A native provider: a capability served by a shared library that implements the C interface of
// wascc/provider_abi.h (docs/providers-native.md). To the host it is a Provider like any other.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/log.h"
#include "claims/token.h"
#include "wascc/authorizer.h"
#include "wascc/bytes.h"
#include "wascc/provider.h"
#include "wascc/provider_abi.h"
#include "wascc/result.h"

namespace wascc::providers {

// More in one answer of a provider is refused.
inline constexpr std::size_t kMaxNativeAnswerBytes = std::size_t{64} << 20;

// What a library is loaded with. Borrowed for the call, but for the sink of the log.
struct NativeContext {
  const Log& log;
  std::chrono::system_clock::time_point now;  // for the token of an archive
  const claims::Trust& trust;                 // likewise
  const Authorizer* authorizer = nullptr;     // likewise; absent: the token alone decides
  // Not empty: this archive is loaded, and the path is only its name.
  ByteView archive = {};
};

// How a program loads native providers; a static one has none.
using LoadNativeProvider = Result<std::unique_ptr<Provider>> (*)(const std::string& path,
                                                                 const NativeContext& context);

// Loads the library, or that of this machine in a provider archive (providers/archive.h) once its
// token and digest were checked; makes an instance and asks it what it is. The code of the library
// runs with all rights of this process: whoever names the path trusts it. A library stays loaded
// until the process ends, because nothing tells when its last thread has left it. Errors begin with
// "Plugin error: ".
Result<std::unique_ptr<Provider>> load_native_provider(const std::string& path,
                                                       const NativeContext& context);

// The first half of it for a shared library: its table, not looked at yet.
Result<const wascc_provider_api*> open_native_library(const std::string& path);

// Whether a table is one that this host can use; `name` is for the message.
Status check_table(const wascc_provider_api* table, const std::string& name);

// The same from a table that is there already. `name` is for messages and the log; the table
// outlives the provider.
Result<std::unique_ptr<Provider>> native_provider(const wascc_provider_api* table,
                                                  const std::string& name, const Log& log);

}  // namespace wascc::providers
