#include "host/capability_id.h"

#include <algorithm>
#include <string>

#include "wascc/messages/blobstore.h"
#include "wascc/messages/eventstreams.h"
#include "wascc/messages/extras.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/logging.h"
#include "wascc/messages/messaging.h"

namespace wascc::host {
namespace {

struct Row {
  std::string_view alias;
  std::string_view id;
};

constexpr Row kAliases[] = {
    {"wasmcloud:httpserver", kHttpServer}, {"wasmcloud:httpclient", kHttpClient},
    {"wasmcloud:keyvalue", kKeyValue},     {"wasmcloud:messaging", kMessaging},
    {"wasmcloud:blobstore", kBlobStore},   {"wasmcloud:eventstreams", kEventStreams},
    {"wasmcloud:extras", kExtras},         {"wasmcloud:logging", kLogging},
};

}  // namespace

std::string_view canonical_capability(std::string_view id) {
  const auto* row = std::ranges::find(kAliases, id, &Row::alias);
  return row == std::end(kAliases) ? id : row->id;
}

bool claims_capability(const claims::Claims& claims, std::string_view id) {
  return std::ranges::any_of(claims.capabilities, [&](const std::string& held) {
    return canonical_capability(held) == canonical_capability(id);
  });
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all.append(all.empty() ? "" : ",").append(text);
  return all;
}

}  // namespace wascc::host
