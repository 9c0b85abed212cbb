#include "claims/nkey.h"

#include <sodium.h>

#include <algorithm>

#include "base/encoding.h"

namespace wascc::claims {
namespace {

// Verifying, and signing from a seed, use nothing that sodium_init sets up: no random numbers, no
// code chosen by processor. So a cold start does without it (docs/decisions/crypto.md).

constexpr std::size_t kPublicLength = 56;  // 1 + 32 + 2 bytes in base32
constexpr std::size_t kSeedLength = 58;    // 2 + 32 + 2 bytes
constexpr std::uint8_t kSeedPrefix = 0x90;

struct KindWord {
  KeyKind kind;
  std::string_view word;
};
constexpr KindWord kKinds[] = {
    {KeyKind::kAccount, "account"},   {KeyKind::kCluster, "cluster"},
    {KeyKind::kModule, "module"},     {KeyKind::kServer, "server"},
    {KeyKind::kOperator, "operator"}, {KeyKind::kUser, "user"},
    {KeyKind::kProvider, "provider"},
};

std::optional<KeyKind> kind_of_prefix(std::uint8_t prefix) {
  for (const KindWord& entry : kKinds)
    if (static_cast<std::uint8_t>(entry.kind) == prefix) return entry.kind;
  return std::nullopt;
}

// CRC-16/XMODEM: polynomial 0x1021, start 0, nothing reflected.
std::uint16_t crc16(ByteView bytes) {
  unsigned crc = 0;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<unsigned>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
  }
  return static_cast<std::uint16_t>(crc);
}

void append_crc(Bytes& bytes) {
  const std::uint16_t crc = crc16(bytes);
  bytes.push_back(static_cast<std::byte>(crc & 0xff));  // little endian
  bytes.push_back(static_cast<std::byte>(crc >> 8));
}

bool crc_matches(ByteView bytes) {
  const std::size_t body = bytes.size() - 2;
  const std::uint16_t crc = crc16(bytes.first(body));
  return bytes[body] == static_cast<std::byte>(crc & 0xff) &&
         bytes[body + 1] == static_cast<std::byte>(crc >> 8);
}

Error bad_key(std::string what) { return Error(Errc::kMalformed, std::move(what)); }

const unsigned char* octets(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

std::optional<KeyKind> key_kind(std::string_view word) {
  for (const KindWord& entry : kKinds)
    if (entry.word == word) return entry.kind;
  return std::nullopt;
}

std::string_view to_string(KeyKind kind) {
  for (const KindWord& entry : kKinds)
    if (entry.kind == kind) return entry.word;
  return "unknown";
}

Result<PublicKey> PublicKey::parse(std::string_view text) {
  if (text.size() != kPublicLength)
    return bad_key("a public key has 56 characters, this one " + std::to_string(text.size()));
  WASCC_TRY(const Bytes bytes, base32_decode(text).context("public key"));
  if (!crc_matches(bytes))
    return bad_key("the checksum of the public key is wrong: a typing error?");
  const auto kind = kind_of_prefix(std::to_integer<std::uint8_t>(bytes[0]));
  if (!kind) return bad_key("the prefix of the public key names no kind of key");
  Raw key;
  std::copy_n(bytes.begin() + 1, key.size(), key.begin());
  return PublicKey(*kind, key);
}

std::string PublicKey::text() const {
  Bytes bytes{static_cast<std::byte>(kind_)};
  bytes.insert(bytes.end(), raw_.begin(), raw_.end());
  append_crc(bytes);
  return base32_encode(bytes);
}

bool PublicKey::verify(ByteView message, ByteView signature) const {
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(octets(signature), octets(message), message.size(),
                                     octets(raw_)) == 0;
}

SecretText::~SecretText() { sodium_memzero(text_.data(), text_.size()); }

KeyPair::KeyPair(KeyKind kind, ByteView raw_seed) : public_(kind, {}) {
  PublicKey::Raw key;
  crypto_sign_seed_keypair(reinterpret_cast<unsigned char*>(key.data()), secret_.data(),
                           octets(raw_seed));
  public_ = PublicKey(kind, key);
}

KeyPair::KeyPair(KeyPair&& other) noexcept : secret_(other.secret_), public_(other.public_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

KeyPair::~KeyPair() { sodium_memzero(secret_.data(), secret_.size()); }

KeyPair KeyPair::generate(KeyKind kind) {
  std::array<std::byte, crypto_sign_SEEDBYTES> seed;
  randombytes_buf(seed.data(), seed.size());
  KeyPair pair(kind, seed);
  sodium_memzero(seed.data(), seed.size());
  return pair;
}

Result<KeyPair> KeyPair::from_seed(std::string_view text) {
  if (text.size() != kSeedLength)
    return bad_key("a seed has 58 characters, this one " + std::to_string(text.size()));
  Result<Bytes> decoded = base32_decode(text);
  if (!decoded) return bad_key("the seed is not base32 in upper case");
  Bytes& bytes = *decoded;
  const auto first = std::to_integer<unsigned>(bytes[0]);
  const auto second = std::to_integer<unsigned>(bytes[1]);
  const auto kind = kind_of_prefix(static_cast<std::uint8_t>((first & 7) << 5 | second >> 3));
  Result<KeyPair> pair = [&]() -> Result<KeyPair> {
    if (!crc_matches(bytes)) return bad_key("the checksum of the seed is wrong: a typing error?");
    if ((first & 0xf8) != kSeedPrefix) return bad_key("this is no seed: it does not begin with S");
    if (!kind || (second & 7) != 0) return bad_key("the prefix of the seed names no kind of key");
    return KeyPair(*kind, ByteView(bytes).subspan(2, crypto_sign_SEEDBYTES));
  }();
  sodium_memzero(bytes.data(), bytes.size());
  return pair;
}

SecretText KeyPair::seed() const {
  const auto kind = static_cast<unsigned>(public_.kind());
  Bytes bytes;
  bytes.reserve(2 + crypto_sign_SEEDBYTES + 2);  // grows nowhere: no copy is left behind
  bytes.push_back(static_cast<std::byte>(kSeedPrefix | kind >> 5));
  bytes.push_back(static_cast<std::byte>((kind & 0x1f) << 3));
  for (std::size_t i = 0; i < crypto_sign_SEEDBYTES; ++i)
    bytes.push_back(static_cast<std::byte>(secret_[i]));
  append_crc(bytes);
  SecretText text(base32_encode(bytes));
  sodium_memzero(bytes.data(), bytes.size());
  return text;
}

Signature KeyPair::sign(ByteView message) const {
  Signature signature;
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, octets(message),
                       message.size(), secret_.data());
  return signature;
}

std::string random_token_id() {
  constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string id;
  for (int i = 0; i < 22; ++i) id += kAlphabet[randombytes_uniform(kAlphabet.size())];
  return id;
}

}  // namespace wascc::claims
