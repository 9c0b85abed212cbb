#include "claims/envelope.h"

#include <algorithm>
#include <cassert>

#include "base/encoding.h"
#include "claims/module.h"

namespace wascc::claims {
namespace {

constexpr std::string_view kMagic("\0wascc\r\n", 8);  // no text tool leaves it unharmed
constexpr std::byte kVersion{2};
constexpr std::size_t kKeyLength = 56;
constexpr std::string_view kModuleEnding = ".wasm";

void append(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// An envelope that cannot be read vouches for nothing.
Error malformed(std::string_view what) {
  return Error(Errc::kDenied, std::string("native code envelope: ").append(what));
}
Error denied(std::string_view what) {
  return Error(Errc::kDenied, std::string("native code: ").append(what));
}

// The next `size` bytes of `rest`, or nothing if they are not all there.
std::optional<ByteView> take(ByteView& rest, std::size_t size) {
  if (size > rest.size()) return std::nullopt;
  const ByteView taken = rest.first(size);
  rest = rest.subspan(size);
  return taken;
}

std::string without_ending(std::string_view module_path) {
  if (module_path.ends_with(kModuleEnding)) module_path.remove_suffix(kModuleEnding.size());
  return std::string(module_path);
}

// An identity of one word, as tests have, is all of it.
std::string_view without_processor(std::string_view identity) {
  return identity.substr(0, identity.rfind(' '));
}

}  // namespace

std::string native_path(std::string_view module_path) {
  return without_ending(module_path) + ".native";
}

std::string envelope_path(std::string_view module_path) {
  return without_ending(module_path) + ".native.sig";
}

Bytes make_envelope(ByteView native, const Claims& claims, std::string_view engine,
                    const KeyPair* packager) {
  assert(engine.size() <= 255 && claims.subject.size() == kKeyLength);
  const Result<Bytes> module_digest = hex_decode(claims.module_hash);
  assert(module_digest && module_digest->size() == sizeof(Digest));

  Bytes out = to_bytes(kMagic);
  out.push_back(kVersion);
  out.push_back(static_cast<std::byte>(engine.size()));
  append(out, as_bytes(engine));
  append(out, as_bytes(claims.subject));
  append(out, *module_digest);
  append(out, sha256({as_bytes(engine), native}));
  for (unsigned shift = 0; shift < 64; shift += 8)
    out.push_back(static_cast<std::byte>(std::uint64_t{native.size()} >> shift & 0xff));
  if (packager != nullptr) {
    append(out, as_bytes(packager->public_key().text()));
    append(out, packager->sign(out));
  }
  return out;
}

Result<Envelope> parse_envelope(ByteView bytes) {
  Envelope envelope;
  ByteView rest = bytes;
  const auto magic = take(rest, kMagic.size());
  if (!magic || as_text(*magic) != kMagic) return malformed("this file is none");
  const auto version = take(rest, 1);
  if (!version || version->front() != kVersion)
    return malformed(
        "its format version is not 2: make the package again with `wascc package` of this version");
  const auto length = take(rest, 1);
  const auto engine =
      length ? take(rest, std::to_integer<std::size_t>(length->front())) : std::nullopt;
  const auto subject = take(rest, kKeyLength);
  const auto module_digest = take(rest, sizeof(Digest));
  const auto native_digest = take(rest, sizeof(Digest));
  const auto native_bytes = take(rest, sizeof(std::uint64_t));
  if (!engine || !subject || !module_digest || !native_digest || !native_bytes)
    return malformed("it is cut off");
  envelope.engine = to_text(*engine);
  envelope.subject = to_text(*subject);
  std::copy(module_digest->begin(), module_digest->end(), envelope.module_digest.begin());
  std::copy(native_digest->begin(), native_digest->end(), envelope.native_digest.begin());
  for (std::size_t i = 0; i < native_bytes->size(); ++i)
    envelope.native_bytes |= std::to_integer<std::uint64_t>((*native_bytes)[i]) << 8 * i;
  if (rest.empty()) return envelope;

  const auto signer = take(rest, kKeyLength);
  envelope.signed_bytes = bytes.first(bytes.size() - rest.size());
  const auto signature = take(rest, sizeof(Signature));
  if (!signer || !signature || !rest.empty())
    return malformed("it ends neither before nor after a signature");
  Result<PublicKey> key = PublicKey::parse(as_text(*signer));
  if (!key) return malformed("signer: " + key.error().message());
  envelope.signer = *key;
  envelope.signature = *signature;
  return envelope;
}

Status check_signer(const Envelope& envelope, const Trust& trust) {
  if (!envelope.signer) {
    if (trust.packagers.empty()) return {};
    return denied("its envelope is not signed, and trusted packagers are configured");
  }
  if (!envelope.signer->verify(envelope.signed_bytes, envelope.signature))
    return denied("the signature of its envelope is wrong");
  const std::string key = envelope.signer->text();
  if (trust.packagers.empty() ||
      std::find(trust.packagers.begin(), trust.packagers.end(), key) != trust.packagers.end())
    return {};
  return denied("its packager " + key + " is not among the trusted packagers");
}

bool same_engine(std::string_view one, std::string_view other) {
  return without_processor(one) == without_processor(other);
}

Status check_contents(const Envelope& envelope, ByteView native, const Claims& claims,
                      std::string_view engine) {
  if (envelope.subject != claims.subject)
    return denied("its envelope is for another actor than " + claims.subject);
  if (hex_upper(envelope.module_digest) != claims.module_hash)
    return denied("it was compiled from another build of " + claims.subject +
                  ": make the package again with `wascc package`");
  if (!same_engine(envelope.engine, engine))
    return Error(Errc::kUnsupported,
                 "native code: compiled by " + to_utf8_lossy(envelope.engine) + ", and this is " +
                     std::string(engine) +
                     ": make the package again with `wascc package` of this version");
  if (envelope.native_bytes != native.size())
    return denied("it has " + std::to_string(native.size()) + " bytes, its envelope says " +
                  std::to_string(envelope.native_bytes));
  if (envelope.native_digest != sha256({as_bytes(envelope.engine), native}))
    return denied("its bytes have been changed");
  return {};
}

Result<Claims> verify_native(ByteView wasm, ByteView native, ByteView envelope,
                             std::string_view engine, std::chrono::system_clock::time_point now,
                             const Trust& trust) {
  WASCC_TRY(const Envelope says, parse_envelope(envelope));
  WASCC_CHECK(check_signer(says, trust));
  WASCC_TRY(Claims claims, trust.packagers.empty() ? verify_module(wasm, now, trust)
                                                   : verify_module_token(wasm, now, trust));
  WASCC_CHECK(check_contents(says, native, claims, engine));
  return claims;
}

}  // namespace wascc::claims
