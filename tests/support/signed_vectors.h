// Five signed modules made by hand: what a signer must write and a verifier must say of them.
// They come, with their digests, from the specification that this project is written to; nothing in
// them was made by the code under test.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/encoding.h"
#include "wascc/bytes.h"

namespace wascc::test {

// Raw seeds of consecutive bytes, known to all the world. They protect nothing.
inline constexpr std::string_view kAccountSeed =  // 00 01 … 1f
    "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI";
inline constexpr std::string_view kAccountKey =
    "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV";
inline constexpr std::string_view kModuleSeed =  // 20 21 … 3f
    "SMACAIJCEMSCKJRHFAUSUKZMFUXC6MBRGIZTINJWG44DSOR3HQ6T4P5C3E";
inline constexpr std::string_view kModuleKey =
    "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ";

// Eight bytes: the smallest module.
inline constexpr std::string_view kEmptyModuleHex = "0061736d01000000";
// An actor that answers every operation with its own payload.
inline constexpr std::string_view kEchoModuleHex =
    "0061736d01000000010c0260027f7f0060027f7f017f02300204776170630f5f5f67756573745f726571"
    "7565737400000477617063105f5f67756573745f726573706f6e73650000030201010503010002071902"
    "066d656d6f727902000c5f5f67756573745f63616c6c00020a1701150041800841808004100041808004"
    "2001100141010b";
// An actor that passes operation and payload on to wascc:keyvalue, and its answer or error back.
inline constexpr std::string_view kRelayModuleHex =
    "0061736d0100000001200560027f7f0060087f7f7f7f7f7f7f7f017f6000017f60017f0060027f7f017f"
    "02b6010804776170630f5f5f67756573745f7265717565737400000477617063105f5f67756573745f72"
    "6573706f6e7365000004776170630d5f5f67756573745f6572726f72000004776170630b5f5f686f7374"
    "5f63616c6c00010477617063135f5f686f73745f726573706f6e73655f6c656e000204776170630f5f5f"
    "686f73745f726573706f6e736500030477617063105f5f686f73745f6572726f725f6c656e0002047761"
    "70630c5f5f686f73745f6572726f720003030201040503010002071902066d656d6f727902000c5f5f67"
    "756573745f63616c6c00080a46014400418008418080041000410041004100410e418008200041808004"
    "200110030440418080041005418080041004100141010f0b418080041007418080041006100241000b0b"
    "14010041000b0e77617363633a6b657976616c7565";

struct SignedVector {
  std::string_view module_hex;
  std::string_view claims;     // the token's second segment, as text
  std::string_view signature;  // its third segment, as in the token
  std::string_view file_sha256;

  std::string token() const {
    return "eyJ0eXAiOiJqd3QiLCJhbGciOiJFZDI1NTE5In0." + base64url_encode(as_bytes(claims)) + "." +
           std::string(signature);
  }
  Bytes module() const { return *hex_decode(module_hex); }
};

inline constexpr std::array<SignedVector, 5> kVectors{{
    {kEmptyModuleHex,
     R"({"jti":"AAAAAAAAAAAAAAAAAAAAA1","iat":1600000000,"iss":"AAB2CB576PHBBPQ5ODORRZ2LYCMW)"
     R"(PZGWGCN2KDK7DXOIMZASKUY3QPZV","sub":"MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZ)"
     R"(CSZW5PMMJ","wascap":{"name":"Empty","hash":"93A44BBB96C751218E4C00D479E4C14358122A38)"
     R"(9ACCA16205B1E4D0DC5F9476","tags":[],"caps":["wascc:logging"],"prov":false}})",
     "WECQEkGSPU_45MGY3gj_2casdOKcfqwL_BdNAMc0tfnJhdoBZFuuOKhkNXvQ5QJhJLFU1Tgyxey0CE_ATJrpDQ",
     "24b8ff369a8289031a1fa0f41c0b4ac41d2de1b51f21fbd04ac504d17e2f227c"},
    {kEchoModuleHex,
     R"({"jti":"AAAAAAAAAAAAAAAAAAAAA2","iat":1600000000,"iss":"AAB2CB576PHBBPQ5ODORRZ2LYCMW)"
     R"(PZGWGCN2KDK7DXOIMZASKUY3QPZV","sub":"MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZ)"
     R"(CSZW5PMMJ","wascap":{"name":"Echo Bytes","hash":"56E06E800B12428C67AB2BF47A1F18ECB45)"
     R"(5CFA8DAD99F68267214262EE21465","tags":["test"],"caps":["wascc:http_server","awslambd)"
     R"(a:event","wascc:logging"],"rev":3,"ver":"1.2.3","prov":false}})",
     "hIonKadlrBOJ78H70QvGzYcAgo3-G0L4Gif6Jw-kIZ_MCJlKC_8N4onZbb3BwxxLmGkMv_QahFpOVd4cHbjYBg",
     "a905394d70c2a1b9cfa9ac5003ade6e6811de2147af60f892b9bd557398b8133"},
    {kRelayModuleHex,
     R"({"exp":4102444800,"jti":"AAAAAAAAAAAAAAAAAAAAA3","iat":1600000000,"iss":"AAB2CB576PH)"
     R"(BBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV","sub":"MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMH)"
     R"(SSNUF74EWIS6KLZEZCSZW5PMMJ","nbf":1577836800,"wascap":{"name":"Relay","hash":"B3E5F2)"
     R"(093AFF79C3D39DF0B1EF5B337B918C30C1475C289492757996010B9396","tags":[],"caps":["wascc)"
     R"(:keyvalue"],"prov":false}})",
     "FX3OpY709WwV2lrJ-TVkjB6Isz4FDTUNOSGpQTkTKSRgxB1ynEeIc89jmDs9N9-Leyb1NoQCAwHfAizDU4mKCg",
     "17d3edba24d42901f351ee1f36412f1d5fdde1db2ef9b81597908cfb9ed4f2c9"},
    {kEchoModuleHex,
     R"({"exp":1500000000,"jti":"AAAAAAAAAAAAAAAAAAAAA4","iat":1600000000,"iss":"AAB2CB576PH)"
     R"(BBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV","sub":"MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMH)"
     R"(SSNUF74EWIS6KLZEZCSZW5PMMJ","wascap":{"name":"Expired","hash":"56E06E800B12428C67AB2)"
     R"(BF47A1F18ECB455CFA8DAD99F68267214262EE21465","tags":[],"caps":["wascc:http_server"],)"
     R"("prov":false}})",
     "vpzLx-C6C3BNj9PGa3JxTjMfu27DXEcSC7zBEma40qeo5UhhmbWh2sJrOhzS0lUk0gFfJGac20gbba3qx80qAA",
     "21c59e88ac5b2951eaf045fb55bdec1b9736bf923cd1d84850ee06527031b8fd"},
    {kEchoModuleHex,
     R"({"jti":"AAAAAAAAAAAAAAAAAAAAA5","iat":1600000000,"iss":"AAB2CB576PHBBPQ5ODORRZ2LYCMW)"
     R"(PZGWGCN2KDK7DXOIMZASKUY3QPZV","sub":"MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZ)"
     R"(CSZW5PMMJ","nbf":4102444800,"wascap":{"name":"Future","hash":"56E06E800B12428C67AB2B)"
     R"(F47A1F18ECB455CFA8DAD99F68267214262EE21465","tags":[],"caps":["wascc:http_server"],")"
     R"(prov":false}})",
     "lZm_yxxgmCPY6yPVcEv4PI9MyLM2DCFb-pcnLlOeDaTbUfsP7qhm_R_t5abbU_ZkfLEJ9aaDAIsF8JaR0bKOBw",
     "9986ff085c2f35fc9dd0d93bd06e1f1755c7d53afcd29d4bf32edac9fecc4b53"},
}};
inline constexpr const SignedVector& kEmpty = kVectors[0];
inline constexpr const SignedVector& kEcho = kVectors[1];
inline constexpr const SignedVector& kRelay = kVectors[2];
inline constexpr const SignedVector& kExpired = kVectors[3];  // since 2017
inline constexpr const SignedVector& kFuture = kVectors[4];   // valid from 2100

}  // namespace wascc::test
