// A host on the fake engine, and short words for what tests do with it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "engine/engine.h"
#include "support/fake_engine.h"
#include "support/fake_provider.h"
#include "support/memory_log.h"
#include "wascc/host.h"

namespace wascc::test {

using claims::Claims;
using Strings = std::vector<std::string>;

// A key by its form: the host never looks into it.
inline std::string key(char letter) { return "M" + std::string(55, letter); }

inline const std::string kA = key('A'), kB = key('B'), kC = key('C');

inline Claims claims_of(const std::string& subject, Strings capabilities) {
  Claims claims;
  claims.subject = subject;
  claims.issuer = "A" + std::string(55, 'I');
  claims.name = "Größe";
  claims.capabilities = std::move(capabilities);
  return claims;
}

// "operation@namespace" or "operation@namespace@binding": makes that host call; anything else: what
// was sent comes back.
inline Result<Bytes> obedient(FakeCall& call) {
  const std::string operation(call.operation());
  const std::size_t at = operation.find('@');
  if (at == std::string::npos) return to_bytes(call.payload());
  const std::size_t binding = operation.find('@', at + 1);
  const std::string name_space = operation.substr(at + 1, binding - at - 1);
  return call.host_call(binding == std::string::npos ? "" : operation.substr(binding + 1),
                        name_space, operation.substr(0, at), call.payload());
}

struct HostTest : testing::Test {
  FakeEngine engine;
  MemoryLog log;
  HostOptions options;
  FakeProvider::Record record;
  std::unique_ptr<Host> owned;

  Host& host() {
    if (!owned) owned = std::make_unique<Host>(engine, options, Log(log));
    return *owned;
  }
  void TearDown() override { owned.reset(); }

  Result<std::string> load(Claims claims, FakeModule module) {
    const Bytes wasm = engine.add(claims.subject, std::move(module));
    WASCC_TRY(auto compiled, engine.compile(wasm));
    return host().add_actor(std::move(claims), std::move(compiled));
  }
  void add(Claims claims, FakeGuest guest = obedient) {
    const auto added = load(std::move(claims), wapc_module(std::move(guest)));
    ASSERT_TRUE(added) << added.error().message();
  }
  std::unique_ptr<FakeProvider> provider(const std::string& capability) {
    return std::make_unique<FakeProvider>(capability, record);
  }
  void add(std::unique_ptr<FakeProvider> provider, ProviderOptions provider_options = {}) {
    const auto added = host().add_provider(std::move(provider), std::move(provider_options));
    ASSERT_TRUE(added) << added.error().message();
  }
  std::string bind(const std::string& actor, const std::string& capability,
                   const std::string& name = "default", StringMap values = {}) {
    const auto bound = host().bind({actor, capability, name, std::move(values)});
    return bound ? "bound" : bound.error().message();
  }
  // The answer, or the error's text.
  std::string call(const std::string& actor, const std::string& operation,
                   const std::string& payload = "hello") {
    const auto answer = host().call_actor(actor, operation, as_bytes(payload));
    return answer ? to_text(*answer) : answer.error().message();
  }
  std::string dispatch(const std::string& actor, const std::string& operation) {
    const auto answer = record.dispatcher->dispatch({actor, operation, as_bytes("hello")});
    return answer ? to_text(*answer) : answer.error().message();
  }
};

inline const std::string kGuestFailed =
    "waSCC Host Error: Invocation failure: failed to invoke actor: Guest call failure: ";

}  // namespace wascc::test
