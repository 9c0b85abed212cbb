// A native provider: example:shout answers a text in capitals, and ends it as the binding says.
#include <map>
#include <mutex>

#include "wascc/provider.hpp"

struct ShoutRequest {
  std::string text;

  template <class Self, class Visitor>
  static void fields(Self& self, Visitor& visit) {
    visit.field("text", self.text);
  }
};

class Shout final : public wascc::Provider {
 public:
  explicit Shout(wascc::ProviderLog log) : log_(log) {}

  wascc::CapabilityDescriptor descriptor() const override {
    return {"example:shout",
            "Shout",
            "1.0.0",
            1,
            "Says a text in capitals.",
            {{"Shout", wascc::Direction::kToProvider, "a text, in capitals"}}};
  }
  wascc::Status start(wascc::Dispatcher& /*dispatcher*/) override { return {}; }
  wascc::Status bind(const wascc::CapabilityConfiguration& configuration) override {
    std::string end = "!";
    for (const auto& [key, value] : configuration.values)
      if (key == "END") end = value;
    if (end.empty()) return wascc::Error(wascc::Errc::kInvalid, "END is empty: leave it out for !");
    const std::scoped_lock lock(mutex_);
    ends_.insert_or_assign(configuration.module, end);
    log_.debug("bound " + configuration.module);
    return {};
  }
  wascc::Status unbind(std::string_view actor) override {
    const std::scoped_lock lock(mutex_);
    ends_.erase(std::string(actor));
    return {};
  }
  wascc::Result<wascc::Bytes> handle_call(const wascc::ProviderCall& call) override {
    if (call.operation != "Shout") return wascc::Error(wascc::Errc::kUnsupported, "bad dispatch");
    WASCC_TRY(ShoutRequest request, wascc::decode<ShoutRequest>(call.payload));
    for (char& c : request.text)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const std::scoped_lock lock(mutex_);
    const auto end = ends_.find(std::string(call.actor));
    if (end == ends_.end()) return wascc::Error(wascc::Errc::kDenied, "no binding");
    request.text += end->second;
    return wascc::encode(request);
  }
  void stop() override {}

 private:
  const wascc::ProviderLog log_;
  std::mutex mutex_;
  std::map<std::string, std::string> ends_;  // by actor; under mutex_
};

WASCC_PROVIDER(Shout);
