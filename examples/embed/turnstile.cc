// A program of your own that runs a signed actor and lends it a capability: counters in memory.
//
//   turnstile ACTOR.wasm ISSUER    the actor turnstile-cpp, and the public key of who may have
//   signed it
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "wascc/embedded_host.h"
#include "wascc/messages/http.h"

struct CountRequest {
  std::string name;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("name", self.name);
  }
};

struct CountAnswer {
  std::int32_t count = 0;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("count", self.count);
  }
};

// Serves actors that the program bound to it, on whatever threads they are called.
class Counters final : public wascc::Provider {
 public:
  wascc::CapabilityDescriptor descriptor() const override {
    return {"example:tally",
            "Counters",
            "1.0.0",
            1,
            "Counts by name, in memory.",
            {{"Count", wascc::Direction::kToProvider, "one more of a name"}}};
  }
  wascc::Status start(wascc::Dispatcher& /*dispatcher*/) override { return {}; }
  wascc::Status bind(const wascc::CapabilityConfiguration& /*configuration*/) override {
    return {};
  }
  wascc::Status unbind(std::string_view /*actor*/) override { return {}; }
  wascc::Result<wascc::Bytes> handle_call(const wascc::ProviderCall& call) override {
    if (call.operation != "Count") return wascc::Error(wascc::Errc::kUnsupported, "bad dispatch");
    WASCC_TRY(const CountRequest request, wascc::decode<CountRequest>(call.payload));
    const std::scoped_lock lock(mutex_);
    return wascc::encode(CountAnswer{++counts_[request.name]});
  }
  void stop() override {}

 private:
  std::mutex mutex_;
  std::map<std::string, std::int32_t> counts_;  // under mutex_
};

wascc::Result<std::string> ask(wascc::Host& host, const std::string& actor, std::string path) {
  wascc::HttpRequest request;
  request.method = "GET";
  request.path = std::move(path);
  WASCC_TRY(const wascc::Bytes answer,
            host.call_actor(actor, wascc::kOpHandleRequest, wascc::encode(request)));
  WASCC_TRY(const auto response, wascc::decode<wascc::HttpResponse>(answer));
  return std::string(wascc::as_text(response.body));
}

wascc::Status run(const std::string& path, const std::string& issuer) {
  wascc::EmbeddedHostOptions options;
  options.trusted_issuers = {issuer};
  WASCC_TRY(wascc::EmbeddedHost embedded, wascc::EmbeddedHost::make(options));
  wascc::Host& host = embedded.host();
  WASCC_CHECK(host.add_provider(std::make_unique<Counters>()));
  WASCC_TRY(const std::string actor, embedded.add_actor_file(path));

  // Its token claims the capability; without a binding it may not use it all the same.
  const auto refused = ask(host, actor, "/gate");
  std::printf("before: %s\n", refused ? refused->c_str() : refused.error().message().c_str());

  WASCC_CHECK(host.bind({actor, "example:tally"}));
  for (const char* gate : {"/gate", "/gate", "/door"}) {
    WASCC_TRY(const std::string counted, ask(host, actor, gate));
    std::printf("%s: %s\n", gate, counted.c_str());
  }
  return {};
}

int main(int argc, char** argv) {
  if (argc != 3) return std::fputs("usage: turnstile ACTOR.wasm ISSUER\n", stderr), 2;
  const wascc::Status done = run(argv[1], argv[2]);
  if (done) return 0;
  std::fprintf(stderr, "turnstile: %s\n", done.error().message().c_str());
  return 1;
}
