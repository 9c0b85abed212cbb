#include "providers/eventstreams_memory.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "wascc/messages/eventstreams.h"

namespace wascc::providers {
namespace {

namespace es = eventstreams;

// Streams under names, with the semantics of XADD and XRANGE. One thread at a time.
class MemoryStreams {
 public:
  explicit MemoryStreams(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  Result<std::string> write(es::Event event, std::uint64_t now_ms) {
    if (event.values.empty())
      return Error(Errc::kInvalid, "ERR wrong number of arguments for 'xadd' command");
    std::size_t size = kOverhead + event.stream.size();
    for (const auto& [name, value] : event.values) size += kOverhead + name.size() + value.size();
    if (size > max_bytes_ - bytes_)
      return Error(Errc::kTooLarge, "OOM the event streams in memory hold at most " +
                                        std::to_string(max_bytes_) + " bytes");
    Stream& stream = streams_[event.stream];
    // Ids grow, even where the wall clock goes back.
    Id id{now_ms, 0};
    if (!stream.empty() && id <= stream.back().id)
      id = {stream.back().id.first, stream.back().id.second + 1};
    bytes_ += size;
    stream.push_back({id, std::move(event.values)});
    return text(id);
  }

  std::vector<es::Event> query(const es::StreamQuery& query) const {
    std::vector<es::Event> events;
    const auto found = streams_.find(query.stream_id);
    if (found == streams_.end()) return events;
    const es::TimeRange range =
        query.range.value_or(es::TimeRange{0, std::numeric_limits<std::uint64_t>::max()});
    const Stream& stream = found->second;
    auto entry = std::ranges::lower_bound(stream, Id{range.min_time, 0}, {}, &Entry::id);
    for (; entry != stream.end() && entry->id.first <= range.max_time; ++entry) {
      events.push_back({text(entry->id), query.stream_id, entry->values});
      if (events.size() == query.count) break;  // 0 is never reached
    }
    return events;
  }

 private:
  static constexpr std::size_t kOverhead = 64;  // roughly what the containers need beside a text

  using Id = std::pair<std::uint64_t, std::uint64_t>;  // milliseconds, number within them
  struct Entry {
    Id id;
    StringMap values;
  };
  using Stream = std::vector<Entry>;

  static std::string text(const Id& id) {
    return std::to_string(id.first) + "-" + std::to_string(id.second);
  }

  const std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<std::string, Stream, std::less<>> streams_;
};

// For any thread, at the time of a clock.
class GuardedStreams final : public stores::EventStreamsStore {
 public:
  GuardedStreams(const Clock& clock, std::size_t max_bytes)
      : clock_(clock), streams_(MemoryStreams(max_bytes)) {}

  Result<std::string> write(es::Event event, Deadline) override {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch());
    return streams_.with([&](MemoryStreams& streams) {
      return streams.write(std::move(event), static_cast<std::uint64_t>(now.count()));
    });
  }
  Result<std::vector<es::Event>> query(const es::StreamQuery& query, Deadline) override {
    return streams_.with([&](const MemoryStreams& streams) { return streams.query(query); });
  }

 private:
  const Clock& clock_;
  Guarded<MemoryStreams> streams_;
};

}  // namespace

MemoryEventStreamsProvider::MemoryEventStreamsProvider(const Clock& clock,
                                                       MemoryEventStreamsOptions options)
    : EventStreamsProvider("waSCC Event Streams (In Memory)",
                           "Append-only streams of events in memory."),
      clock_(clock),
      options_(options) {}

Result<std::shared_ptr<stores::EventStreamsStore>> MemoryEventStreamsProvider::open(
    const CapabilityConfiguration& configuration) {
  const auto url = std::ranges::find(configuration.values, "URL", &StringMap::value_type::first);
  const std::string name = url == configuration.values.end() ? "" : url->second;
  return by_url_.with([&](auto& by_url) {
    StorePtr& store = by_url[name];
    if (!store) store = std::make_shared<GuardedStreams>(clock_, options_.store_bytes);
    return store;
  });
}

}  // namespace wascc::providers
