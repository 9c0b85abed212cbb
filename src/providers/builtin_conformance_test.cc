// The providers that are built in, from being added to being removed.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/clock.h"
#include "conformance/provider_cases.h"
#include "providers/blobstore_folder.h"
#include "providers/eventstreams_memory.h"
#include "providers/extras.h"
#include "providers/keyvalue_memory.h"
#include "providers/logging.h"
#include "support/memory_log.h"
#include "support/temporary_folder.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/logging.h"

namespace wascc::test {
namespace {

using namespace providers;

struct MemoryKeyValueCase final : AnyKeyValue {
  const SystemClock clock{};
  std::unique_ptr<Provider> make() override {
    return std::make_unique<MemoryKeyValueProvider>(clock);
  }
  StringMap values(int place) override { return {{"URL", "mem:" + std::to_string(place)}}; }
};

struct MemoryEventStreamsCase final : AnyEventStreams {
  const SystemClock clock{};
  std::unique_ptr<Provider> make() override {
    return std::make_unique<MemoryEventStreamsProvider>(clock);
  }
  StringMap values(int place) override { return {{"URL", "mem:" + std::to_string(place)}}; }
};

struct FolderBlobStoreCase final : AnyBlobStore {
  const TemporaryFolder root;
  MemoryLog log;
  std::unique_ptr<Provider> make() override {
    return std::make_unique<FolderBlobStoreProvider>(Log(log));
  }
  StringMap values(int place) override { return {{"ROOT", root / std::to_string(place)}}; }
};

struct ExtrasCase final : StandardProvider {
  std::unique_ptr<Provider> make() override { return std::make_unique<ExtrasProvider>(); }
  bool knows_settings() const override { return false; }
  bool reads_message(std::string_view operation) const override {
    return operation == extras::kOpRequestRandom;
  }
  Result<int> place(Provider& /*provider*/, const std::string& /*actor*/) override { return 0; }
  // The only number that is not below the one and below the next.
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    const auto number = static_cast<std::uint32_t>(std::stoul(digits));
    const Bytes request = encode(extras::GeneratorRequest{false, false, true, number, number + 1});
    WASCC_TRY(const Bytes answer, provider.handle_call({actor, extras::kOpRequestRandom, request}));
    WASCC_TRY(const auto result, decode<extras::GeneratorResult>(answer));
    return std::to_string(result.random_number);
  }
};

struct LoggingCase final : StandardProvider {
  MemoryLog log;
  std::unique_ptr<Provider> make() override { return std::make_unique<LoggingProvider>(Log(log)); }
  bool knows_settings() const override { return false; }
  std::string unknown_operation(const std::string& operation) override {
    return "Unknown operation: " + operation;
  }
  Result<int> place(Provider& /*provider*/, const std::string& /*actor*/) override { return 0; }
  // Into the log, where it stands once, as this actor's.
  Result<std::string> echo(Provider& provider, const std::string& actor,
                           const std::string& digits) override {
    const Bytes request = encode(WriteLogRequest{kWriteLogError, digits});
    WASCC_TRY([[maybe_unused]] const Bytes answer,
              provider.handle_call({actor, kOpWriteLog, request}));
    if (log.count("error actor [" + actor + "] " + digits) != 1)
      return Error(Errc::kProvider, "not one line of it");
    return digits;
  }
};

INSTANTIATE_TEST_SUITE_P(BuiltIn, ProviderConformance,
                         testing::Values(ProviderCase::of<MemoryKeyValueCase>("keyvalue"),
                                         ProviderCase::of<MemoryEventStreamsCase>("eventstreams"),
                                         ProviderCase::of<FolderBlobStoreCase>("blobstore"),
                                         ProviderCase::of<ExtrasCase>("extras"),
                                         ProviderCase::of<LoggingCase>("logging")));

}  // namespace
}  // namespace wascc::test
