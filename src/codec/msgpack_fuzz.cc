// What decodes as a message encodes, in either form, to bytes that decode to the same message.
#include <cstdint>
#include <cstdlib>

#include "wascc/messages/blobstore.h"
#include "wascc/messages/core.h"
#include "wascc/messages/event.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/logging.h"
#include "wascc/messages/messaging.h"
#include "wascc/msgpack.h"

namespace {

using namespace wascc;

template <class M>
void check(ByteView bytes) {
  const Result<M> message = decode<M>(bytes);
  if (!message) return;
  const Bytes encoded = encode(*message);
  const Result<M> again = decode<M>(encoded);
  if (!again || encode(*again) != encoded) std::abort();
  const Result<M> positional = decode<M>(encode_positional(*message));
  if (!positional || encode(*positional) != encoded) std::abort();
}

template <class... Messages>
void check_all(ByteView bytes) {
  (check<Messages>(bytes), ...);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes = std::as_bytes(std::span(data, size));
  check_all<HealthRequest, CapabilityConfiguration, CapabilityDescriptor, HttpRequest, HttpResponse,
            Event, WriteLogRequest, NamedWriteLogRequest>(bytes);
  check_all<keyvalue::AddRequest, keyvalue::GetResponse, keyvalue::SetRequest,
            keyvalue::RangeRequest, keyvalue::RangeResponse, keyvalue::PushRequest,
            keyvalue::ListResponse, keyvalue::SetCombineRequest>(bytes);
  check_all<messaging::BrokerMessage, messaging::RequestMessage>(bytes);
  check_all<blobstore::ContainerList, blobstore::BlobList, blobstore::FileChunk,
            blobstore::StreamRequest, blobstore::Transfer>(bytes);
  check_all<eventstreams::StreamQuery, eventstreams::StreamResults, eventstreams::WriteResponse>(
      bytes);
  check_all<extras::GeneratorRequest, extras::GeneratorResult>(bytes);

  msgpack::Reader in(bytes);
  while (in.ok() && in.peek() != msgpack::Reader::Kind::kEnd) in.skip();
  return 0;
}
