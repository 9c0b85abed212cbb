// Ed25519 keys in their text form ("nkeys"): a prefix that says whose key it is, the key, a
// checksum, all in base32 (docs/formats/token.md, "Keys"). The door to the signature library.
//
// PublicKey is a plain value. KeyPair owns a secret and wipes it; both may be read by any number of
// threads.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::claims {

// Whose key. The value is the prefix byte, chosen so that the text begins with a telling letter.
enum class KeyKind : std::uint8_t {
  kAccount = 0x00,   // A, signs actors
  kCluster = 0x10,   // C
  kModule = 0x60,    // M, names an actor
  kServer = 0x68,    // N
  kOperator = 0x70,  // O
  kUser = 0xa0,      // U
  kProvider = 0xa8,  // V
};

// "account", "module", …; nullopt for any other word.
std::optional<KeyKind> key_kind(std::string_view word);
std::string_view to_string(KeyKind kind);
inline constexpr std::string_view kKeyKindWords =
    "account, cluster, module, server, operator, user, provider";

using Signature = std::array<std::byte, 64>;

class PublicKey {
 public:
  using Raw = std::array<std::byte, 32>;

  PublicKey(KeyKind kind, const Raw& raw) : kind_(kind), raw_(raw) {}
  // kMalformed, saying what is wrong with the text: length, alphabet, prefix or checksum.
  static Result<PublicKey> parse(std::string_view text);

  KeyKind kind() const { return kind_; }
  const Raw& raw() const { return raw_; }
  std::string text() const;
  // Whether the owner of this key signed exactly these bytes. False for any signature that is not
  // 64 bytes long.
  bool verify(ByteView message, ByteView signature) const;

  bool operator==(const PublicKey&) const = default;

 private:
  KeyKind kind_;
  Raw raw_;
};

// Text that must not stay in memory: wiped when it goes.
class SecretText {
 public:
  explicit SecretText(std::string text) : text_(std::move(text)) {}
  SecretText(SecretText&&) = default;
  SecretText& operator=(SecretText&&) = delete;
  ~SecretText();
  std::string_view view() const { return text_; }

 private:
  std::string text_;
};

class KeyPair {
 public:
  static KeyPair generate(KeyKind kind);
  // From a seed's text, "SA…". kMalformed like PublicKey::parse; the message never holds the seed.
  static Result<KeyPair> from_seed(std::string_view text);
  KeyPair(KeyPair&& other) noexcept;
  KeyPair& operator=(KeyPair&&) = delete;
  ~KeyPair();

  const PublicKey& public_key() const { return public_; }
  SecretText seed() const;
  Signature sign(ByteView message) const;

 private:
  using RawSecret = std::array<unsigned char, 64>;  // seed, then public key
  KeyPair(KeyKind kind, ByteView raw_seed);

  RawSecret secret_;
  PublicKey public_;
};

// A fresh token id: 22 random characters of 0-9A-Za-z, as other signers write it.
std::string random_token_id();

}  // namespace wascc::claims
