#include "providers/eventstreams_memory.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "providers/builtin.h"
#include "wascc/messages/eventstreams.h"

namespace wascc::providers {

namespace es = eventstreams;

// Streams under names, with the semantics of XADD and XRANGE. One thread at a time.
class MemoryStreams {
 public:
  explicit MemoryStreams(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  Result<es::WriteResponse> write(es::Event event, std::uint64_t now_ms) {
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
    return es::WriteResponse{text(id)};
  }

  es::StreamResults query(const es::StreamQuery& query) const {
    es::StreamResults results;
    const auto found = streams_.find(query.stream_id);
    if (found == streams_.end()) return results;
    const es::TimeRange range =
        query.range.value_or(es::TimeRange{0, std::numeric_limits<std::uint64_t>::max()});
    const Stream& stream = found->second;
    auto entry = std::ranges::lower_bound(stream, Id{range.min_time, 0}, {}, &Entry::id);
    for (; entry != stream.end() && entry->id.first <= range.max_time; ++entry) {
      results.events.push_back({text(entry->id), query.stream_id, entry->values});
      if (results.events.size() == query.count) break;  // 0 is never reached
    }
    return results;
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

MemoryEventStreamsProvider::~MemoryEventStreamsProvider() = default;

CapabilityDescriptor MemoryEventStreamsProvider::descriptor() const {
  return describe(kEventStreams, "waSCC Event Streams (In Memory)",
                  "Append-only streams of events in memory.",
                  {es::kOpWriteEvent, es::kOpQueryStream});
}

Status MemoryEventStreamsProvider::bind(const CapabilityConfiguration& configuration) {
  const auto url = std::ranges::find(configuration.values, "URL", &StringMap::value_type::first);
  const std::string name = url == configuration.values.end() ? "" : url->second;
  stores_.with([&](Stores& stores) {
    StorePtr& store = stores.by_url[name];
    if (!store)
      store = std::make_shared<Guarded<MemoryStreams>>(MemoryStreams(options_.store_bytes));
    stores.by_actor[configuration.module] = store;
  });
  return {};
}

Status MemoryEventStreamsProvider::unbind(std::string_view actor) {
  stores_.with([&](Stores& stores) {
    if (const auto found = stores.by_actor.find(actor); found != stores.by_actor.end())
      stores.by_actor.erase(found);
  });
  return {};
}

Result<Bytes> MemoryEventStreamsProvider::handle_call(const ProviderCall& call) {
  const bool write = call.operation == es::kOpWriteEvent;
  if (!write && call.operation != es::kOpQueryStream) return bad_dispatch();
  const StorePtr store = stores_.with([&](const Stores& stores) {
    const auto found = stores.by_actor.find(call.actor);
    return found == stores.by_actor.end() ? nullptr : found->second;
  });
  if (!store) return Error(Errc::kNotFound, "No client for this actor. Did the host configure it?");
  if (write) {
    WASCC_TRY(es::Event event, decode<es::Event>(call.payload));
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().time_since_epoch());
    WASCC_TRY(const es::WriteResponse response, store->with([&](MemoryStreams& streams) {
      return streams.write(std::move(event), static_cast<std::uint64_t>(now.count()));
    }));
    return encode(response);
  }
  WASCC_TRY(const es::StreamQuery query, decode<es::StreamQuery>(call.payload));
  return encode(store->with([&](const MemoryStreams& streams) { return streams.query(query); }));
}

}  // namespace wascc::providers
