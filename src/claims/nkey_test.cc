#include "claims/nkey.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace wascc::claims {
namespace {

struct KnownKey {
  std::string_view word;
  std::string_view seed;
  std::string_view key;
};
// Raw seeds 00..1f, 20..3f and so on, known to all the world; the last pair is another
// implementation's published example.
constexpr KnownKey kKnownKeys[] = {
    {"account", "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI",
     "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV"},
    {"module", "SMACAIJCEMSCKJRHFAUSUKZMFUXC6MBRGIZTINJWG44DSOR3HQ6T4P5C3E",
     "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ"},
    {"server", "SNAEAQKCINCEKRSHJBEUUS2MJVHE6UCRKJJVIVKWK5MFSWS3LROV4X4DII",
     "NASUHOJP6EEVKEKHNLOIG2O3NXOJGNTFUEMXRXNBIBHOCBTMVFKZ3YKM"},
    {"operator", "SOAGAYLCMNSGKZTHNBUWU23MNVXG64DROJZXI5LWO54HS6T3PR6X473AWA",
     "OALUKU5UK3O57RUQR3FLDQIB7ZVLEHRLVIDBO6K3PVB2MNECTE75LDWC"},
    {"provider", "SVAIBAMCQOCILBUHRCEYVC4MRWHI7EERSKJZJFMWS6MJTGU3TSOZ5H273I",
     "VDGRJM37SVXJKMMU7573OOZ5QHOMKYOWDJ2TQCKLPQ7BUZB64XZ2VBVT"},
    {"user", "SUAKBINCUOSKLJVHVCU2VK5MVWXK7MFRWKZ3JNNWW64LTOV3XS635P565Y",
     "UBH5BGOM2R6XRE675HWCIQKOZMGZWVBAEMVK2MGZDRDFXYZ4XZS4JMII"},
    {"cluster", "SCAMBQOCYPCMLRWHZDE4VS6MZXHM7UGR2LJ5JVOW27MNTWW33TO55X3PDQ",
     "CDO6HPGOY7Z2M2QRCX2F24QPJXATLQ5OPRHCFXFDR7NR57LKJFP7QKUM"},
    {"account", "SAAPN4W3EG6KCJGUQTKTJ5GSB5NHK5CHAJL4DBGFUM3HHROI4XUEP4OBK4",
     "ACODERUVFFAWZQDSS6SBIACUA5O6SXF7HJ3YTYXBALHZP3P7R4BUO4J2"},
};

KeyPair account() { return *KeyPair::from_seed(kKnownKeys[0].seed); }

TEST(Nkey, ReadsAndWritesKnownKeys) {
  for (const KnownKey& known : kKnownKeys) {
    const Result<KeyPair> pair = KeyPair::from_seed(known.seed);
    ASSERT_TRUE(pair) << pair.error().message();
    EXPECT_EQ(pair->public_key().text(), known.key);
    EXPECT_EQ(to_string(pair->public_key().kind()), known.word);
    EXPECT_EQ(key_kind(known.word), pair->public_key().kind());
    EXPECT_EQ(pair->seed().view(), known.seed);
    const Result<PublicKey> read = PublicKey::parse(known.key);
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(*read, pair->public_key());
  }
}

// The keys of published actors of 2019 to 2021, and of those who signed them.
constexpr std::string_view kKeysOfTheField[] = {
    "MASCXFM4R6X63UD5MSCDZYCJNPBVSIU6RKMXUPXRKAOSBQ6UY3VT3NPZ",
    "MB4OLDIC3TCZ4Q4TGGOVAZC43VXFE2JQVRAXQMQFXUCREOOFEKOKZTY2",
    "MDFD7XZ5KBOPLPHQKHJEMPR54XIW6RAG5D7NNKN22NP7NSEWNTJZP7JN",
    "MDOYAT2KHJ6N5DAY5X7JKGIBMKABTPXRX2KHUJI6APOVNKQDMRTIUSY2",
    "MDW7BWQDVYBRC6WKSJRRZL27R73EVBWQINYLPFDRCWDZDFQO4JMO4U6J",
    "MCYWHMJW5VW5U7ZRDQV7JU45GHSR2SA6OZJ2MPHQCFALR2CGFA2NAMZM",
    "MBHRSJORBXAPRCALK6EKOBBCNAPMRTM6ODLXNLOV5TKPDMPXMTCMR4DW",
    "MDJUPIQFWEHWE4XHPWHOJLW42SJDPVBQVDC2NV3T3O4ELXXVOXLA5M4I",
    "MDNPIQOU5EEHTP4TKY2APFOJTTEYYARN3ZIJTRWRYWHX6B4MFSO6ZCRT",
    "MCLCW6CMMYIVQRPFACTQZJYTP4CR3YKJZNF5W7YWTLREH7QZEEETXSUB",
    "MBCFOPM6JW2APJLXJD3Z5O4CN7CPYJ2B4FTKLJUR5YR5MITIU7HD3WD5",
    "MDZKXB23KZOEWM7K47BNCX4IQXK7WZ3I3KL7UH6YVVWIUICAYLHCHHR6",
    "MBBZT42WCIVIBI6XOQFBXJF3LCZTHFD5DU7NHBNCSX5II2RXJ5QKC5X6",
    "MCFMFDWFHGKELOXPCNCDXKK5OFLHBVEWRAOXR5JSQUD2TOFRE3DFPM7E",
    "MB2ZOJXL67TBHKRPHX6EE3PUAX7QASN3SDX4ALNPO272HB42IBYUA6BV",
    "MAS242Z2N4ZNGKGC2KGLVHLC4FBCDPF634TR563XBTNW3VR5RX25253X",
    "MCN2M3NSJF7YJ7NMGYRQ34JEGJM6TP2SIHTW62HTUUYVNVJUVWW3KINE",
    "MBQ2RC3BARXFWTBFW5UJ6J3QSAVYJ7D64Z5LRCPR3UI44F65Q3OMNGYM",
    "MABXCIBU2N2FORNPKRUINQEGES2V2NE4EVD6ZRE7DFIOIX6JE7SLR3U4",
    "MDAYLDTOZEHQFPB3CL5PAFY5UTNCW32P54XGWYX3FOM2UBRYNCP3I3BF",
    "MADK3R3H47FGXN5F4HWPSJH4WCKDWKXQBBIOVI7YEPEYEMGJ2GDFIFE5",
    "MAARQX72EAZ4T4ODYOQZED3FJ6P27KWWVVTUNV6TVX2VBRVVSUKLAQHP",
    "AAGRUXXTGSP4C27RWPTMCHCJF56JD53EQPA2R7RPC5VI4E274KPRMMJ5",
    "AAO7Q7K7RVMWAVAD6N2JP6B26O43RGA4G7YLLYFJVMU2VZBVQ6WXVPAQ",
    "ABHWNJWTOLFELYNHRYJR3KY7IMUYSNCWVBTGYEIVOOTPF7XSW7MYK6RL",
    "ACLYVWOY5E2JU2OZ7XGXMLUF5UJV2JSA2YYONASNNFQO5FJ4CPLWVSGA",
    "AAEJJRCDGXJJZNF5D2Y4THRNQ3MQHY7S5ZXGQBZU65FVCIPGYMHXPXTD",
    "ACOJJN6WUP4ODD75XEBKKTCCUJJCY5ZKQ56XVKYK4BEJWGVAOOQHZMCW",
    "ABWB27PJPGIGRSYSZ55WGXZOWB3RDV3ESI2V2J5A4JUQLDP6NHM5YXAL",
    "ABCEKIBKCOEN7K2FRRNACKON4OLM3FQ72ZYFAY22OJJSFOE6MQ6LEXF3",
    "ACCHS57D3P2VEON5MQCJM4YA34GYBDFZR3IBG5EQNUONIHBO5X4NIURC",
    "ACP6T7SH5R6JL3WV3LMNRS5V2SLB4LAMZR7CQPS6IAPYDW3OSBCTYM2J",
    "ACYHFQDCAQMJK2RE2QHGDUI4XCQESC4Q75D3E4JZYUHEXIL7I4LTHDTZ",
    "ABBNLK5HHZZQ5EADZUXGKQO5SCABD4V6UHSVW27GJ5HVD6L5IABWI7UX",
};

TEST(Nkey, TakesTheKeysOfPublishedActors) {
  for (const std::string_view text : kKeysOfTheField) {
    const Result<PublicKey> key = PublicKey::parse(text);
    ASSERT_TRUE(key) << text << ": " << key.error().message();
    EXPECT_EQ(key->text(), text);
    EXPECT_EQ(key->kind(), text.front() == 'M' ? KeyKind::kModule : KeyKind::kAccount);
  }
}

TEST(Nkey, PublicKeyHoldsTheRawKey) {
  EXPECT_EQ(hex_lower(PublicKey::parse(kKnownKeys[0].key)->raw()),
            "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
}

TEST(Nkey, RefusesTextThatIsNoPublicKey) {
  struct Case {
    std::string_view text;
    std::string_view reason;
  };
  constexpr Case kCases[] = {
      {"", "56 characters"},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZ", "56 characters"},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZVA", "56 characters"},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV====", "56 characters"},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZ=", "public key: "},
      {"aab2cb576phbbpq5odorrz2lycmwpzgwgcn2kdk7dxoimzaskuy3qpzv", "public key: "},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZ1", "public key: "},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZW", "checksum"},
      {"AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3PQZV", "checksum"},
  };
  for (const Case& c : kCases) {
    const Result<PublicKey> read = PublicKey::parse(c.text);
    ASSERT_FALSE(read) << c.text;
    EXPECT_EQ(read.error().code(), Errc::kMalformed);
    EXPECT_NE(read.error().message().find(c.reason), std::string::npos) << read.error().message();
  }
}

// The prefixes of the private key and of the seed, and two that nobody uses; checksums are right.
TEST(Nkey, RefusesPrefixesThatNameNoPublicKey) {
  for (const int prefix : {0x78, 0x90, 0x08, 0xff}) {
    const PublicKey odd(static_cast<KeyKind>(prefix), account().public_key().raw());
    const Result<PublicKey> read = PublicKey::parse(odd.text());
    ASSERT_FALSE(read) << odd.text();
    EXPECT_NE(read.error().message().find("prefix"), std::string::npos) << read.error().message();
  }
}

TEST(Nkey, NoticesEveryChangedCharacterOfAPublicKey) {
  const std::string good(kKnownKeys[1].key);
  for (std::size_t i = 0; i < good.size(); ++i)
    for (const char c : {'A', 'M', 'Z', '7'}) {
      std::string bad = good;
      bad[i] = c;
      EXPECT_EQ(bool(PublicKey::parse(bad)), bad == good) << bad;
    }
}

TEST(Nkey, RefusesTextThatIsNoSeedWithoutRepeatingIt) {
  constexpr std::string_view kBad[] = {
      "",
      "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMH",
      "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHJ",
      "SMAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI",
      "saaaaaicamcakbqhbaequcymbuha6earcijrifiwc4mbsgq3dqor4hymhi",
      "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMH=",
  };
  for (const std::string_view text : kBad) {
    const Result<KeyPair> read = KeyPair::from_seed(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), Errc::kMalformed);
    EXPECT_EQ(read.error().message().find("CAMCAKBQ"), std::string::npos);
  }
}

TEST(Nkey, SignaturesVerifyForTheirMessageAndKeyAlone) {
  const KeyPair pair = account();
  const Signature signature = pair.sign(as_bytes("Grüße"));
  EXPECT_TRUE(pair.public_key().verify(as_bytes("Grüße"), signature));
  EXPECT_FALSE(pair.public_key().verify(as_bytes("Grüsse"), signature));
  EXPECT_FALSE(
      KeyPair::from_seed(kKnownKeys[1].seed)->public_key().verify(as_bytes("Grüße"), signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    Signature bad = signature;
    bad[i] ^= std::byte{1};
    EXPECT_FALSE(pair.public_key().verify(as_bytes("Grüße"), bad)) << i;
  }
}

TEST(Nkey, RefusesSignaturesOfAnyOtherLength) {
  const KeyPair pair = account();
  Bytes signature = to_bytes(pair.sign(as_bytes("m")));
  EXPECT_FALSE(pair.public_key().verify(as_bytes("m"), {}));
  EXPECT_FALSE(pair.public_key().verify(as_bytes("m"), ByteView(signature).first(63)));
  signature.push_back(std::byte{0});
  EXPECT_FALSE(pair.public_key().verify(as_bytes("m"), signature));
}

// RFC 8032, section 7.1, test 1: the empty message.
TEST(Nkey, AgreesWithTheStandard) {
  PublicKey::Raw raw;
  const Bytes key = *hex_decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  std::copy(key.begin(), key.end(), raw.begin());
  EXPECT_TRUE(PublicKey(KeyKind::kUser, raw)
                  .verify({}, *hex_decode("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065"
                                          "224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
                                          "655141438e7a100b")));
}

TEST(Nkey, GeneratedKeysDifferAndReadBack) {
  const KeyPair one = KeyPair::generate(KeyKind::kModule);
  const KeyPair other = KeyPair::generate(KeyKind::kModule);
  EXPECT_NE(one.public_key().text(), other.public_key().text());
  EXPECT_EQ(one.public_key().text().front(), 'M');
  EXPECT_TRUE(one.seed().view().starts_with("SM"));
  const Result<KeyPair> again = KeyPair::from_seed(one.seed().view());
  ASSERT_TRUE(again) << again.error().message();
  EXPECT_EQ(again->public_key(), one.public_key());
  EXPECT_TRUE(one.public_key().verify(as_bytes("m"), again->sign(as_bytes("m"))));
}

TEST(Nkey, AMovedPairStillSigns) {
  KeyPair pair = account();
  const Signature before = pair.sign(as_bytes("m"));
  const KeyPair moved = std::move(pair);
  EXPECT_EQ(moved.sign(as_bytes("m")), before);
}

TEST(Nkey, TokenIdsAreShortTextsThatDiffer) {
  const std::string id = random_token_id();
  EXPECT_EQ(id.size(), 22u);
  EXPECT_EQ(id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
            std::string::npos);
  EXPECT_NE(id, random_token_id());
}

}  // namespace
}  // namespace wascc::claims
