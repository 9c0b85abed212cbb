// EmbeddedHost: a Host with all that it needs, for a program of your own (docs/embed.md): the
// engine, the log, and what checks actors before they run. Link wascc::host of find_package(wascc).
//
// Threads: as Host has them. Calls come on any number of threads; adding, replacing, binding and
// removing on one thread at a time, also while calls run.
// Lifetimes: a host is moved, not copied. It owns the providers that it is given. What `log` and
// HostOptions::authorizer use outlives it. Bytes and paths are borrowed for the call.
// Errors: a Result; nothing of this throws, and it expects providers not to.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wascc/bytes.h"
#include "wascc/host.h"
#include "wascc/msgpack.h"
#include "wascc/result.h"

namespace wascc {

// One entry of the host's log. Borrowed for the call.
struct HostLogEntry {
  std::string_view level;   // "error", "warn", "info", "debug" or "trace"
  std::string_view target;  // who speaks: "host", "actor", …
  std::string_view message;
  const StringMap& fields;  // names and sizes; never payloads or values of bindings
};

struct EmbeddedHostOptions {
  HostOptions host;
  // Public keys of the accounts whose actors may run, A…. Empty: none may, unless any_issuer.
  std::vector<std::string> trusted_issuers;
  bool any_issuer = false;
  // Public keys of those whose native code may run. Empty: native code beside a module needs no
  // signature of its own, and is tied to the module's bytes instead.
  std::vector<std::string> trusted_packagers;
  // What is written: a level, or levels by target: "warn,actor=debug", as RUST_LOG has it.
  std::string log_filter = "warn,actor=info";
  // Called on any thread, one entry at a time; must not throw. Absent: lines on stderr.
  std::function<void(const HostLogEntry&)> log;
};

class EmbeddedHost {
 public:
  // kInvalid for a key that is none; kUnavailable if the engine cannot be set up.
  static Result<EmbeddedHost> make(EmbeddedHostOptions options);
  EmbeddedHost(EmbeddedHost&& other) noexcept;
  EmbeddedHost& operator=(EmbeddedHost&& other) noexcept;
  ~EmbeddedHost();  // stops the host: ends bindings, stops providers, removes actors

  // Providers, bindings, calls, queries: all that a host does. Valid as long as this object, also
  // after it was moved.
  Host& host();

  // Verifies a signed module (signature, times, hash, issuer), compiles it, and starts the actor.
  // Answers its public key. kDenied for what is not trusted, kMalformed for what is no module,
  // kExists for a key that is there, kTimeout for a start of more than nine seconds.
  Result<std::string> add_actor(ByteView module);
  // The same from a file. Native code and its envelope beside it (`wascc compile`) are checked and
  // used, which saves the compilation; native code that fails a check is an error.
  Result<std::string> add_actor_file(const std::string& path);

  // Puts a module in the place of the running actor of the same key. No call is lost; any failure
  // leaves the old one (Host::replace_actor).
  Status replace_actor(ByteView module);

  // A provider of this project's own: wascc:logging, wascc:extras, wascc:keyvalue and
  // wascc:eventstreams (both in memory), wascc:blobstore (in a folder). kNotFound for any other.
  Status add_builtin(std::string_view capability, ProviderOptions options = {});

 private:
  class Impl;
  explicit EmbeddedHost(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace wascc
