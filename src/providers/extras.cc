#include "providers/extras.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <span>

#include "base/encoding.h"
#include "providers/builtin.h"
#include "wascc/messages/extras.h"

namespace wascc::providers {
namespace {

Status fill_random(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = ::getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return Error(Errc::kUnavailable, std::string("no random bytes: ") + std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

// RFC 4122, version 4, lower case.
Result<std::string> random_guid() {
  std::byte bytes[16];
  WASCC_CHECK(fill_random(bytes));
  bytes[6] = (bytes[6] & std::byte{0x0F}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  std::string guid = hex_lower(bytes);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) guid.insert(dash, 1, '-');
  return guid;
}

// Every number of [min, max) as likely as any other.
Result<std::uint32_t> random_number(std::uint32_t min, std::uint32_t max) {
  if (min >= max) return Error(Errc::kInvalid, "invalid range");
  const std::uint64_t range = max - min;
  const std::uint64_t fair = (std::uint64_t{1} << 32) / range * range;
  std::uint32_t drawn = 0;
  do {
    WASCC_CHECK(fill_random(std::as_writable_bytes(std::span(&drawn, 1))));
  } while (drawn >= fair);
  return static_cast<std::uint32_t>(min + drawn % range);
}

}  // namespace

CapabilityDescriptor ExtrasProvider::descriptor() const {
  return describe(kExtras, "waSCC Extras (Internal)", "Unique ids, random numbers and sequences.",
                  {extras::kOpRequestGuid, extras::kOpRequestSequence, extras::kOpRequestRandom});
}

std::uint64_t ExtrasProvider::next_in_sequence(std::string_view actor) {
  return sequences_.with([&](auto& sequences) {
    const auto found = sequences.find(actor);
    if (found != sequences.end()) return found->second++;
    sequences.emplace(actor, 1);
    return std::uint64_t{0};
  });
}

Result<Bytes> ExtrasProvider::handle_call(const ProviderCall& call) {
  extras::GeneratorResult result;
  if (call.operation == extras::kOpRequestGuid) {
    WASCC_TRY(result.guid, random_guid());
  } else if (call.operation == extras::kOpRequestSequence) {
    result.sequence_number = next_in_sequence(call.actor);
  } else if (call.operation == extras::kOpRequestRandom) {
    WASCC_TRY(const auto request, decode<extras::GeneratorRequest>(call.payload));
    if (request.random) {
      WASCC_TRY(result.random_number, random_number(request.min, request.max));
    }
  } else {
    return bad_dispatch();
  }
  return encode(result);
}

}  // namespace wascc::providers
