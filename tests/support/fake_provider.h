// A provider that records what the host tells it and answers what a test says.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wascc/provider.h"

namespace wascc::test {

// Any thread; the functions are set before the host gets it.
class FakeProvider final : public Provider {
 public:
  // What is left of it when the host has ended it.
  struct Record {
    mutable std::mutex mutex;
    std::vector<std::string> events;
    std::vector<CapabilityConfiguration> configurations;
    Dispatcher* dispatcher = nullptr;

    std::vector<std::string> taken() {
      const std::scoped_lock lock(mutex);
      return std::exchange(events, {});
    }
  };

  FakeProvider(std::string capability, Record& record)
      : capability_(std::move(capability)), record_(record) {}

  std::function<Result<Bytes>(const ProviderCall&)> on_call = [](const ProviderCall& call) {
    return Result<Bytes>(to_bytes(call.payload));
  };
  std::function<Status(const CapabilityConfiguration&)> on_bind =
      [](const CapabilityConfiguration&) { return Status(); };
  std::function<Status()> on_start = [] { return Status(); };
  std::function<Status()> on_unbind = [] { return Status(); };
  std::function<void()> on_stop = [] {};

  std::optional<claims::Claims> token;  // as a portable provider has one

  const claims::Claims* claims() const override { return token ? &*token : nullptr; }
  CapabilityDescriptor descriptor() const override {
    return {capability_, "Fake", "1.0", 0, "", {}};
  }
  Status start(Dispatcher& dispatcher) override {
    record_.dispatcher = &dispatcher;
    note("start");
    return on_start();
  }
  Status bind(const CapabilityConfiguration& configuration) override {
    note("bind " + configuration.module);
    record_.configurations.push_back(configuration);
    return on_bind(configuration);
  }
  Status unbind(std::string_view actor) override {
    note("unbind " + std::string(actor));
    return on_unbind();
  }
  Result<Bytes> handle_call(const ProviderCall& call) override { return on_call(call); }
  void stop() override {
    note("stop");
    on_stop();
  }

 private:
  void note(std::string event) {
    const std::scoped_lock lock(record_.mutex);
    record_.events.push_back(std::move(event));
  }

  std::string capability_;
  Record& record_;
};

}  // namespace wascc::test
