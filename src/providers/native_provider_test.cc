// The host's side of the C interface, with providers inside this program. Shared libraries:
// tests/providers/.
#include "providers/native_provider.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/fake_dispatcher.h"
#include "support/memory_log.h"
#include "wascc/provider.hpp"

namespace wascc::providers {
namespace {

// Answers what the operation asks for.
class Sample final : public Provider {
 public:
  explicit Sample(ProviderLog log) : log_(log) { log_.info("made"); }

  CapabilityDescriptor descriptor() const override {
    return {"test:sample", "Sample", "1.2.3", 7, "", {{"Echo", Direction::kToProvider, "back"}}};
  }
  Status start(Dispatcher& dispatcher) override {
    dispatcher_ = &dispatcher;
    return {};
  }
  Status bind(const CapabilityConfiguration& configuration) override {
    if (configuration.values.empty()) return Error(Errc::kInvalid, "no values");
    log_.warn("bind " + configuration.module + " " + configuration.values.front().second);
    return {};
  }
  Status unbind(std::string_view actor) override {
    log_.warn("unbind " + std::string(actor));
    return {};
  }
  Result<Bytes> handle_call(const ProviderCall& call) override {
    if (call.operation == "Echo") return to_bytes(call.payload);
    if (call.operation == "Throw") throw std::runtime_error("thrown");
    if (call.operation == "ThrowANumber") throw 7;
    if (call.operation == "NotUtf8") return Error(Errc::kUnavailable, "\xFF");
    if (call.operation == "Silent") return Error(Errc::kTimeout, "");
    if (call.operation == "Ask")
      return dispatcher_->dispatch({call.actor, "Work", call.payload, call.deadline});
    if (call.operation == "Later") {
      dispatcher_->after_call(
          call.actor, [this, payload = to_text(call.payload)] { log_.info("later " + payload); });
      return Bytes();
    }
    return Error(Errc::kUnsupported, "bad dispatch");
  }
  void stop() override { log_.info("stopped"); }

 private:
  ProviderLog log_;
  Dispatcher* dispatcher_ = nullptr;
};

struct NativeProviderTest : testing::Test {
  test::MemoryLog lines;
  test::FakeDispatcher dispatcher;

  Result<std::unique_ptr<Provider>> make(const wascc_provider_api* table) {
    return native_provider(table, "sample.so", Log(lines));
  }
  std::unique_ptr<Provider> started() {
    auto provider = *make(abi::Exported<Sample>::table());
    EXPECT_TRUE(provider->start(dispatcher));
    return provider;
  }
  static Result<Bytes> ask(Provider& provider, std::string_view operation,
                           std::string_view payload = "", Deadline deadline = kNoDeadline) {
    return provider.handle_call({"MACTOR", operation, as_bytes(payload), deadline});
  }
};

TEST_F(NativeProviderTest, CarriesDescriptorCallsBindingsAndLogLinesAcross) {
  const auto provider = started();
  EXPECT_EQ(provider->descriptor().id, "test:sample");
  EXPECT_EQ(provider->descriptor().revision, 7U);
  ASSERT_EQ(provider->descriptor().supported_operations.size(), 1U);
  EXPECT_EQ(as_text(*ask(*provider, "Echo", "h\xC3\xA9")), "h\xC3\xA9");
  EXPECT_TRUE(ask(*provider, "Echo")->empty());
  EXPECT_TRUE(provider->bind({"MACTOR", {{"URL", "x"}}}));
  EXPECT_TRUE(provider->unbind("MACTOR"));
  provider->stop();
  EXPECT_EQ(lines.lines(),
            (std::vector<std::string>{"info provider made provider=sample.so",
                                      "warn provider bind MACTOR x provider=sample.so",
                                      "warn provider unbind MACTOR provider=sample.so",
                                      "info provider stopped provider=sample.so"}));
}

TEST_F(NativeProviderTest, AnErrorKeepsItsCodeAndItsText) {
  const auto provider = started();
  const struct {
    const char* operation;
    Errc code;
    const char* text;
  } kCases[] = {
      {"Unknown", Errc::kUnsupported, "bad dispatch"},
      {"NotUtf8", Errc::kUnavailable, "\xEF\xBF\xBD"},
      {"Silent", Errc::kTimeout, "the provider failed without saying why"},
      {"Throw", Errc::kInternal, "thrown"},
      {"ThrowANumber", Errc::kInternal, "the provider threw something that is no exception"},
      {"BindActor", Errc::kDenied, "bad dispatch"},
      {"RemoveActor", Errc::kDenied, "bad dispatch"},
      {"GetCapabilityDescriptor", Errc::kDenied, "bad dispatch"},
  };
  for (const auto& c : kCases) {
    const auto answer = ask(*provider, c.operation);
    ASSERT_FALSE(answer) << c.operation;
    EXPECT_EQ(answer.error().code(), c.code) << c.operation;
    EXPECT_EQ(answer.error().message(), c.text) << c.operation;
  }
  EXPECT_EQ(provider->bind({"MACTOR", {}}).error().code(), Errc::kInvalid);
}

TEST_F(NativeProviderTest, EachErrorCodeCrossesInBothDirections) {
  for (int code = static_cast<int>(Errc::kMalformed); code <= static_cast<int>(Errc::kInternal);
       ++code) {
    abi::Answer answer;
    const Error error(static_cast<Errc>(code), "t\xC3\xAAxt");
    const wascc_status status = abi::give(answer.sink(), Status(error));
    EXPECT_EQ(status, code);
    const auto result = std::move(answer).result(status);
    EXPECT_EQ(result.error().code(), error.code());
    EXPECT_EQ(result.error().message(), "t\xC3\xAAxt");
  }
  for (const wascc_status unknown : {-1, 15, 99})
    EXPECT_EQ(abi::error_code(unknown), Errc::kProvider);
}

TEST_F(NativeProviderTest, ADispatchReachesTheActorWithItsDeadline) {
  dispatcher.answer = [](const Dispatch& call) -> Result<Bytes> {
    EXPECT_EQ(call.actor, "MACTOR");
    EXPECT_EQ(call.operation, "Work");
    EXPECT_EQ(call.deadline, Deadline(std::chrono::nanoseconds(12345)));
    return to_bytes(std::string(as_text(call.payload)) + " done");
  };
  const auto provider = started();
  EXPECT_EQ(as_text(*ask(*provider, "Ask", "work", Deadline(std::chrono::nanoseconds(12345)))),
            "work done");
  dispatcher.answer = [](const Dispatch& call) -> Result<Bytes> {
    EXPECT_EQ(call.deadline, kNoDeadline);
    return Error(Errc::kTrap, "trapped");
  };
  const auto failed = ask(*provider, "Ask");
  EXPECT_EQ(failed.error().code(), Errc::kTrap);
  EXPECT_EQ(failed.error().message(), "trapped");
}

TEST_F(NativeProviderTest, ADispatchIsRefusedBeforeStartAndAfterStop) {
  // Keeps the host's table, which is valid until destroy.
  static const wascc_host_api* host = nullptr;
  wascc_provider_api table = *abi::Exported<Sample>::table();
  static const auto create = table.create;
  table.create = [](const wascc_host_api* given, void** instance, const wascc_sink* error) {
    host = given;
    return create(given, instance, error);
  };
  const auto provider = *make(&table);
  const auto dispatch = [&] {
    abi::Answer answer;
    const wascc_call call = abi::call("MACTOR", "Work", {}, kNoDeadline);
    const wascc_status status = host->dispatch(host->context, &call, &answer.sink());
    return std::move(answer).result(status);
  };
  dispatcher.answer = [](const Dispatch&) -> Result<Bytes> { return Bytes(); };
  EXPECT_EQ(dispatch().error().code(), Errc::kUnavailable);
  ASSERT_TRUE(provider->start(dispatcher));
  EXPECT_TRUE(dispatch());
  provider->stop();
  EXPECT_EQ(dispatch().error().code(), Errc::kUnavailable);
}

TEST_F(NativeProviderTest, ABrokenDispatchIsAnErrorAndNeverReachesAnActor) {
  static const wascc_host_api* host = nullptr;
  wascc_provider_api table = *abi::Exported<Sample>::table();
  static const auto create = table.create;
  table.create = [](const wascc_host_api* given, void** instance, const wascc_sink* error) {
    host = given;
    return create(given, instance, error);
  };
  const auto provider = *make(&table);
  ASSERT_TRUE(provider->start(dispatcher));
  dispatcher.answer = [](const Dispatch&) -> Result<Bytes> {
    ADD_FAILURE() << "reached the actor";
    return Bytes();
  };
  const wascc_call whole = abi::call("MACTOR", "Work", {}, kNoDeadline);
  wascc_call cut = whole, no_bytes = whole, not_utf8 = whole;
  cut.size = WASCC_CALL_MIN_SIZE - 1;
  no_bytes.payload = {nullptr, 4};
  not_utf8.actor = {"\xFF", 1};
  for (const wascc_call* call :
       {static_cast<const wascc_call*>(nullptr), static_cast<const wascc_call*>(&cut),
        static_cast<const wascc_call*>(&no_bytes), static_cast<const wascc_call*>(&not_utf8)}) {
    abi::Answer answer;
    EXPECT_EQ(host->dispatch(host->context, call, &answer.sink()), WASCC_INVALID);
  }
  const wascc_sink broken{nullptr, nullptr};
  EXPECT_EQ(host->dispatch(host->context, &whole, &broken), WASCC_INVALID);
  EXPECT_EQ(host->dispatch(host->context, &whole, nullptr), WASCC_INVALID);
  host->log(host->context, 0, {"\xFF", 1});
  host->log(host->context, 77, {nullptr, 0});
  host->log(host->context, 3, {nullptr, 5});
  EXPECT_EQ(lines.count("error provider \xEF\xBF\xBD"), 1);
  EXPECT_EQ(lines.count("trace provider "), 1);
}

TEST_F(NativeProviderTest, RefusesTablesThatItCannotUse) {
  const wascc_provider_api good = *abi::Exported<Sample>::table();
  wascc_provider_api newer = good, older = good, small = good, gap = good;
  newer.abi_version = 2;
  older.abi_version = 0;
  small.size = WASCC_PROVIDER_API_MIN_SIZE - 1;
  gap.handle_call = nullptr;
  const struct {
    const char* name;
    const wascc_provider_api* table;
    Errc code;
    const char* text;
  } kCases[] = {
      {"none", nullptr, Errc::kMalformed, "sample.so offers no table of functions"},
      {"newer", &newer, Errc::kUnsupported,
       "sample.so speaks version 2 of the provider interface, this host version 1: use a newer "
       "host, or build the provider against this one"},
      {"older", &older, Errc::kUnsupported,
       "sample.so speaks version 0 of the provider interface, this host version 1: build the "
       "provider anew"},
      {"small", &small, Errc::kMalformed,
       "sample.so offers a table of 63 bytes, and version 1 has 64"},
      {"gap", &gap, Errc::kMalformed, "sample.so offers a table that lacks a function"},
  };
  for (const auto& c : kCases) {
    const auto made = make(c.table);
    ASSERT_FALSE(made) << c.name;
    EXPECT_EQ(made.error().code(), c.code) << c.name;
    EXPECT_EQ(made.error().message(), c.text) << c.name;
  }
}

TEST_F(NativeProviderTest, SaysWhatAProviderFailedAt) {
  wascc_provider_api table = *abi::Exported<Sample>::table();
  table.create = [](const wascc_host_api*, void**, const wascc_sink* error) -> wascc_status {
    return abi::fail(*error, Errc::kUnavailable, "no licence");
  };
  table.destroy = [](void*) { ADD_FAILURE() << "destroyed without an instance"; };
  EXPECT_EQ(make(&table).error().message(), "sample.so: create: no licence");

  table = *abi::Exported<Sample>::table();
  table.describe = [](void*, const wascc_sink* answer) -> wascc_status {
    return abi::succeed(*answer, as_bytes("\x07"));
  };
  EXPECT_NE(make(&table).error().message().find("sample.so: describe: Failed to de-serialize"),
            std::string::npos);
  table.describe = [](void*, const wascc_sink* answer) -> wascc_status {
    return abi::succeed(*answer, encode(CapabilityDescriptor{}));
  };
  EXPECT_EQ(make(&table).error().message(), "sample.so: describe: the capability has no id");

  table = *abi::Exported<Sample>::table();
  table.start = [](void*, const wascc_sink* error) -> wascc_status {
    return abi::fail(*error, Errc::kUnavailable, "port taken");
  };
  const auto provider = *make(&table);
  EXPECT_EQ(provider->start(dispatcher).error().message(), "port taken");
}

TEST_F(NativeProviderTest, RefusesAnAnswerThatIsTooLargeOrHasNoBytes) {
  wascc_provider_api table = *abi::Exported<Sample>::table();
  table.handle_call = [](void*, const wascc_call* call, const wascc_sink* answer) -> wascc_status {
    if (abi::text(call->operation) == "Large")  // only its size is looked at
      answer->write(answer->context, call, kMaxNativeAnswerBytes + 1);
    else if (abi::text(call->operation) == "NoBytes")
      answer->write(answer->context, nullptr, 3);
    else
      answer->write(answer->context, "again", 5);  // what was given last counts
    return WASCC_OK;
  };
  const auto provider = *make(&table);
  ASSERT_TRUE(provider->start(dispatcher));
  EXPECT_EQ(ask(*provider, "Large").error().code(), Errc::kTooLarge);
  EXPECT_EQ(ask(*provider, "NoBytes").error().message(), "the answer has a size and no bytes");
  EXPECT_EQ(as_text(*ask(*provider, "Else")), "again");
}

TEST_F(NativeProviderTest, ParallelCallsGetTheirOwnAnswers) {
  const auto provider = started();
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 200; ++i) {
        const std::string sent = std::to_string(thread) + "/" + std::to_string(i);
        EXPECT_EQ(as_text(*ask(*provider, "Echo", sent)), sent);
      }
    });
}

TEST_F(NativeProviderTest, WorkForAfterTheCallIsPutOffAndDoneOnce) {
  struct : Dispatcher {
    std::vector<std::pair<std::string, std::function<void()>>> put_off;
    Result<Bytes> dispatch(const Dispatch&) override { return Bytes(); }
    void after_call(std::string_view actor, std::function<void()> work) override {
      put_off.emplace_back(actor, std::move(work));
    }
  } host;
  const auto provider = *make(abi::Exported<Sample>::table());
  ASSERT_TRUE(provider->start(host));
  ASSERT_TRUE(ask(*provider, "Later", "x"));
  ASSERT_EQ(host.put_off.size(), 1U);
  EXPECT_EQ(host.put_off[0].first, "MACTOR");
  EXPECT_EQ(lines.count("later"), 0);
  host.put_off[0].second();
  EXPECT_EQ(lines.count("later x"), 1);
}

TEST_F(NativeProviderTest, WithAHostThatCannotPutWorkOffItIsDoneAtOnce) {
  std::string logged;
  wascc_host_api host{};
  host.abi_version = WASCC_PROVIDER_ABI_VERSION;
  host.size = WASCC_HOST_API_MIN_SIZE;
  host.context = &logged;
  host.log = [](void* context, std::uint32_t, wascc_bytes text) {
    static_cast<std::string*>(context)->append(abi::text(text)).append(" ");
  };
  const wascc_provider_api& table = *abi::Exported<Sample>::table();
  void* instance = nullptr;
  abi::Answer answer;
  ASSERT_EQ(table.create(&host, &instance, &answer.sink()), WASCC_OK);
  ASSERT_EQ(table.start(instance, &answer.sink()), WASCC_OK);
  const wascc_call call = abi::call("MACTOR", "Later", as_bytes("x"), kNoDeadline);
  EXPECT_EQ(table.handle_call(instance, &call, &answer.sink()), WASCC_OK);
  EXPECT_EQ(logged, "made later x ");
  table.destroy(instance);
}

// A table that has grown at its end: the same struct with more behind it.
struct GrownProviderApi {
  wascc_provider_api v1;
  void (*later)();
};

TEST_F(NativeProviderTest, AProviderWithALargerTableWorksWithThisHost) {
  GrownProviderApi grown{*abi::Exported<Sample>::table(), nullptr};
  grown.v1.size = sizeof grown;
  const auto provider = *make(&grown.v1);
  ASSERT_TRUE(provider->start(dispatcher));
  EXPECT_EQ(as_text(*ask(*provider, "Echo", "x")), "x");
}

TEST_F(NativeProviderTest, AProviderOfVersion1WorksWithAHostWhoseTablesHaveGrown) {
  struct {
    wascc_host_api v1;
    void (*later)();
  } host{};
  std::string logged;
  host.v1 = {WASCC_PROVIDER_ABI_VERSION,
             sizeof host,
             &logged,
             {},
             nullptr,
             [](void* context, std::uint32_t, wascc_bytes text) {
               static_cast<std::string*>(context)->append(abi::text(text));
             },
             nullptr};
  const wascc_provider_api& table = *abi::Exported<Sample>::table();
  void* instance = nullptr;
  abi::Answer answer;
  ASSERT_EQ(table.create(&host.v1, &instance, &answer.sink()), WASCC_OK);
  EXPECT_EQ(logged, "made");
  struct {
    wascc_call v1;
    int later;
  } call{abi::call("MACTOR", "Echo", as_bytes("x"), kNoDeadline), 0};
  call.v1.size = sizeof call;
  const wascc_status status = table.handle_call(instance, &call.v1, &answer.sink());
  EXPECT_EQ(as_text(*std::move(answer).result(status)), "x");
  table.destroy(instance);
}

TEST_F(NativeProviderTest, AProviderRefusesAHostOfAnotherVersion) {
  const wascc_provider_api& table = *abi::Exported<Sample>::table();
  wascc_host_api host{};
  host.abi_version = 2;
  host.size = sizeof host;
  void* instance = nullptr;
  abi::Answer answer;
  EXPECT_EQ(table.create(&host, &instance, &answer.sink()), WASCC_UNSUPPORTED);
  host.abi_version = 1;
  host.size = WASCC_HOST_API_MIN_SIZE - 1;
  EXPECT_EQ(table.create(&host, &instance, &answer.sink()), WASCC_UNSUPPORTED);
}

}  // namespace
}  // namespace wascc::providers
