#include "providers/archive.h"

#include <utility>
#include <vector>

#include "base/encoding.h"
#include "claims/sha256.h"
#include "providers/shared_object.h"
#include "providers/tar.h"

namespace wascc::providers {
namespace {

constexpr std::string_view kClaimsName = "claims.jwt";

std::string digest(ByteView library) { return hex_upper(claims::sha256({library})); }

// "x86_64-linux.bin" -> "x86_64-linux"
std::string target_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

// As an authorizer sees any module.
claims::Claims as_claims(const claims::ProviderClaims& provider) {
  claims::Claims claims;
  claims.expires = provider.expires;
  claims.id = provider.id;
  claims.issued_at = provider.issued_at;
  claims.issuer = provider.issuer;
  claims.subject = provider.subject;
  claims.not_before = provider.not_before;
  claims.name = provider.name;
  claims.revision = provider.revision;
  claims.version = provider.version;
  claims.provider = true;
  return claims;
}

}  // namespace

std::string this_target() { return std::string(machine_name(this_machine())) + "-linux"; }

bool is_archive(ByteView bytes) { return is_gzip(bytes) || is_tar(bytes); }

Result<ProviderArchive> read_archive(ByteView bytes, std::chrono::system_clock::time_point now,
                                     const claims::Trust& trust, const Authorizer* authorizer) {
  Bytes unpacked;
  if (is_gzip(bytes)) {
    WASCC_TRY(unpacked, gunzip(bytes));
    bytes = unpacked;
  }
  WASCC_TRY(std::vector<TarEntry> entries, read_tar(bytes));
  // Looked at in this order, so that nothing is done with a library before it is vouched for.
  if (entries.size() < 2)
    return Error(Errc::kMalformed,
                 "Not enough files found in provider archive. Is this a complete archive?");
  if (entries.front().name != kClaimsName)
    return Error(Errc::kMalformed, "the first file of a provider archive is " +
                                       std::string(kClaimsName) + ", and here it is " +
                                       entries.front().name);
  ProviderArchive archive;
  WASCC_TRY(archive.claims,
            claims::verify_provider_token(as_text(entries.front().content), now, trust));
  if (authorizer != nullptr)
    WASCC_CHECK(authorizer->can_load(as_claims(archive.claims))
                    .context("Authorization hook denied access to provider"));
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const std::string target = target_of(entries[i].name);
    const auto hash = archive.claims.target_hashes.find(target);
    if (hash == archive.claims.target_hashes.end() || hash->second != digest(entries[i].content))
      return Error(Errc::kDenied, "File hash and verify hash do not match for '" + target + "'");
    if (!archive.libraries.emplace(target, std::move(entries[i].content)).second)
      return Error(Errc::kMalformed, "two files of the archive are for '" + target + "'");
  }
  return archive;
}

Result<Bytes> write_archive(ProviderArchive archive, const claims::KeyPair& issuer,
                            bool compressed) {
  archive.claims.target_hashes.clear();
  std::vector<TarEntry> entries(1);
  for (auto& [target, library] : archive.libraries) {
    archive.claims.target_hashes.emplace(target, digest(library));
    entries.push_back({target + ".bin", std::move(library)});
  }
  entries.front() = {std::string(kClaimsName),
                     to_bytes(claims::write_provider_token(std::move(archive.claims), issuer))};
  Bytes tar = write_tar(entries);
  if (compressed) return gzip(tar);
  return tar;
}

}  // namespace wascc::providers
