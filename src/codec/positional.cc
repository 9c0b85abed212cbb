#include "codec/positional.h"

#include <string>

#include "wascc/messages/blobstore.h"
#include "wascc/messages/core.h"
#include "wascc/messages/event.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/messaging.h"
#include "wascc/msgpack.h"

namespace wascc {
namespace {

template <class M>
Result<Bytes> rewrite(ByteView payload) {
  WASCC_TRY(const M message, decode<M>(payload));
  return encode_positional(message);
}

using Rewrite = Result<Bytes> (*)(ByteView payload);

struct RequestRow {
  std::string_view operation;
  Rewrite rewrite;
};

constexpr RequestRow kRequests[] = {
    {kOpHandleRequest, rewrite<HttpRequest>},
    {kOpHandleEvent, rewrite<Event>},
    {messaging::kOpDeliverMessage, rewrite<messaging::BrokerMessage>},
    {blobstore::kOpReceiveChunk, rewrite<blobstore::FileChunk>},
    {eventstreams::kOpDeliverEvent, rewrite<eventstreams::Event>},
    {kOpHealth, rewrite<HealthRequest>},
    {kOpBind, rewrite<CapabilityConfiguration>},
};

struct ReplyRow {
  std::string_view capability;
  std::string_view operation;
  Rewrite rewrite;
};

constexpr ReplyRow kReplies[] = {
    {kHttpClient, kOpPerformRequest, rewrite<HttpResponse>},
    {kKeyValue, keyvalue::kOpAdd, rewrite<keyvalue::AddResponse>},
    {kKeyValue, keyvalue::kOpGet, rewrite<keyvalue::GetResponse>},
    {kKeyValue, keyvalue::kOpSet, rewrite<keyvalue::SetResponse>},
    {kKeyValue, keyvalue::kOpDel, rewrite<keyvalue::DelResponse>},
    {kKeyValue, keyvalue::kOpClear, rewrite<keyvalue::DelResponse>},
    {kKeyValue, keyvalue::kOpRange, rewrite<keyvalue::RangeResponse>},
    {kKeyValue, keyvalue::kOpPush, rewrite<keyvalue::ListResponse>},
    {kKeyValue, keyvalue::kOpListItemDelete, rewrite<keyvalue::ListResponse>},
    {kKeyValue, keyvalue::kOpSetAdd, rewrite<keyvalue::SetOperationResponse>},
    {kKeyValue, keyvalue::kOpSetRemove, rewrite<keyvalue::SetOperationResponse>},
    {kKeyValue, keyvalue::kOpSetUnion, rewrite<keyvalue::SetQueryResponse>},
    {kKeyValue, keyvalue::kOpSetIntersection, rewrite<keyvalue::SetQueryResponse>},
    {kKeyValue, keyvalue::kOpSetQuery, rewrite<keyvalue::SetQueryResponse>},
    {kKeyValue, keyvalue::kOpKeyExists, rewrite<keyvalue::GetResponse>},
    {kBlobStore, blobstore::kOpCreateContainer, rewrite<blobstore::Container>},
    {kBlobStore, blobstore::kOpListObjects, rewrite<blobstore::BlobList>},
    {kBlobStore, blobstore::kOpGetObjectInfo, rewrite<blobstore::Blob>},
    {kEventStreams, eventstreams::kOpWriteEvent, rewrite<eventstreams::WriteResponse>},
    {kEventStreams, eventstreams::kOpQueryStream, rewrite<eventstreams::StreamResults>},
    {kExtras, extras::kOpRequestGuid, rewrite<extras::GeneratorResult>},
    {kExtras, extras::kOpRequestSequence, rewrite<extras::GeneratorResult>},
    {kExtras, extras::kOpRequestRandom, rewrite<extras::GeneratorResult>},
};

Error unknown(std::string_view what) {
  return Error(Errc::kNotFound, "no positional form is known for " + std::string(what));
}

}  // namespace

Result<Bytes> positional_request(std::string_view operation, ByteView payload) {
  for (const RequestRow& row : kRequests)
    if (row.operation == operation) return row.rewrite(payload);
  return unknown(operation);
}

Result<Bytes> positional_reply(std::string_view capability, std::string_view operation,
                               ByteView payload) {
  for (const ReplyRow& row : kReplies)
    if (row.capability == capability && row.operation == operation) return row.rewrite(payload);
  return unknown(std::string(capability) + " " + std::string(operation));
}

}  // namespace wascc
