#include "manifest/manifest.h"

#include <gtest/gtest.h>

#include "manifest/yaml.h"

namespace wascc::manifest {
namespace {

Manifest parsed(std::string_view text) {
  Result<Manifest> manifest = parse(text, "m.yaml");
  if (!manifest) {
    ADD_FAILURE() << manifest.error().message();
    return {};
  }
  return *std::move(manifest);
}

TEST(Manifest, HoldsWhatTheTextSaysInItsOrder) {
  const Manifest m = parsed(R"(
labels:
  stage: prod
  größe: "7"
actors:
  - ./kvcounter_signed.wasm
  - echo.wasm
capabilities:
  - path: ./libredis.so
  - path: ./notes.wasm
    binding_name: notes
    arguments: [-v, 3]
    environment: {LEVEL: 5}
    folders:
      - /tmp
      - {host: ./data, guest: /data, writable: true}
bindings:
  - actor: MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ
    capability: wascc:keyvalue
    binding: source1
    values:
      URL: redis://127.0.0.1:6379
      PORT: 8081
      DEBUG: true
      RATIO: 1.50
      NOTHING:
      TILDE: ~
      QUOTED: "null"
  - actor: MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ
    capability: wascc:logging
runtime:
  error_policy: http_500
  memory_limit_mb: 64
)");
  EXPECT_EQ(m.labels, (StringMap{{"stage", "prod"}, {"größe", "7"}}));
  ASSERT_EQ(m.actors.size(), 2U);
  EXPECT_EQ(m.actors[0].path, "./kvcounter_signed.wasm");
  EXPECT_EQ(m.actors[1].path, "echo.wasm");
  EXPECT_EQ(m.actors[1].place, "m.yaml:7:5");
  ASSERT_EQ(m.capabilities.size(), 2U);
  EXPECT_EQ(m.capabilities[0].path, "./libredis.so");
  EXPECT_EQ(m.capabilities[0].binding_name, "default");
  EXPECT_EQ(m.capabilities[1].binding_name, "notes");
  EXPECT_EQ(m.capabilities[1].arguments, (std::vector<std::string>{"-v", "3"}));
  EXPECT_EQ(m.capabilities[1].environment, (StringMap{{"LEVEL", "5"}}));
  ASSERT_EQ(m.capabilities[1].folders.size(), 2U);
  EXPECT_EQ(m.capabilities[1].folders[0].guest, "/tmp");
  EXPECT_FALSE(m.capabilities[1].folders[0].writable);
  EXPECT_EQ(m.capabilities[1].folders[1].host, "./data");
  EXPECT_TRUE(m.capabilities[1].folders[1].writable);
  ASSERT_EQ(m.bindings.size(), 2U);
  EXPECT_EQ(m.bindings[0].binding, "source1");
  EXPECT_EQ(m.bindings[0].values, (StringMap{{"URL", "redis://127.0.0.1:6379"},
                                             {"PORT", "8081"},
                                             {"DEBUG", "true"},
                                             {"RATIO", "1.50"},
                                             {"NOTHING", ""},
                                             {"TILDE", ""},
                                             {"QUOTED", "null"}}));
  EXPECT_EQ(m.bindings[1].binding, "default");
  EXPECT_EQ(m.settings.error_policy, ErrorPolicy::kHttp500);
  EXPECT_EQ(m.settings.memory_limit_mb, 64U);
  EXPECT_TRUE(m.warnings.empty());
}

TEST(Manifest, TakesAnythingAbsentAsEmpty) {
  for (const char* text : {"", "# only a comment\n", "---\n", "~", "{}", "actors:\nbindings: []\n",
                           "\xEF\xBB\xBF"
                           "actors: []\n"}) {
    const Manifest m = parsed(text);
    EXPECT_TRUE(m.actors.empty() && m.capabilities.empty() && m.bindings.empty()) << text;
    EXPECT_TRUE(m.warnings.empty()) << text;
  }
}

TEST(Manifest, ReadsJson) {
  const Manifest m = parsed(
      "{\n\t\"labels\": {},\n\t\"actors\": [\"a.wasm\", \"b\\/\\u00fc\\n.wasm\"],\n\t"
      "\"capabilities\": [{\"path\": \"x\", \"binding_name\": null}],\n\t\"bindings\":[{\"actor\":"
      "\"M\",\"capability\":\"c\",\"values\":{\"PORT\":8081,\"T\":true,\"E\":\"\"}}]}");
  ASSERT_EQ(m.actors.size(), 2U);
  EXPECT_EQ(m.actors[1].path, "b/ü\n.wasm");
  ASSERT_EQ(m.capabilities.size(), 1U);
  EXPECT_EQ(m.capabilities[0].binding_name, "default");
  ASSERT_EQ(m.bindings.size(), 1U);
  EXPECT_EQ(m.bindings[0].values, (StringMap{{"PORT", "8081"}, {"T", "true"}, {"E", ""}}));
}

TEST(Manifest, WarnsOfUnknownKeysWithTheirPlace) {
  const Manifest m = parsed(
      "actor: [x]\nbindings:\n  - actor: M\n    capability: c\n    vals: {a: b}\n"
      "capabilities:\n  - {path: p, name: n}\n");
  EXPECT_EQ(m.warnings,
            (std::vector<std::string>{
                "m.yaml:1:1: unknown key 'actor' in a manifest is ignored",
                "m.yaml:5:5: unknown key 'vals' in an entry of bindings is ignored",
                "m.yaml:7:15: unknown key 'name' in an entry of capabilities is ignored"}));
}

TEST(Manifest, SaysWhereItIsWrong) {
  struct Case {
    const char* text;
    const char* error;
  };
  constexpr Case kCases[] = {
      {"- a", "m.yaml:1:1: a manifest must be a map of keys and values"},
      {"just text", "m.yaml:1:1: a manifest must be a map of keys and values"},
      {"actors: a.wasm", "m.yaml:1:9: must be a list: one entry a line, each after '- '"},
      {"actors:\n  - {path: a}", "m.yaml:2:5: must be one value, not a list or map"},
      {"actors:\n  - ''", "m.yaml:2:5: is empty: write its value or remove the entry"},
      {"actors:\n  -\n", "m.yaml:2:4: is empty: write its value or remove the entry"},
      {"capabilities: [{binding_name: x}]", "m.yaml:1:16: this capability has no 'path'"},
      {"capabilities: [x]",
       "m.yaml:1:16: an entry of capabilities must be a map of keys and values"},
      {"capabilities: [{path: x, folders: [{guest: /x}]}]",
       "m.yaml:1:36: this folder has no 'host'"},
      {"capabilities: [{path: x, folders: [{host: /x, writable: yes}]}]",
       "m.yaml:1:57: must be true or false"},
      {"bindings: [{capability: c}]", "m.yaml:1:12: this binding has no 'actor'"},
      {"bindings: [{actor: M}]", "m.yaml:1:12: this binding has no 'capability'"},
      {"bindings: [{actor: M, capability: c, values: [a]}]",
       "m.yaml:1:46: must be a map of keys and values"},
      {"bindings: [{actor: M, capability: c, values: {a: [b]}}]",
       "m.yaml:1:50: must be one value, not a list or map"},
      {"runtime: [a]", "m.yaml:1:10: runtime must be a map of settings"},
      {"runtime:\n  isolation: none",
       "m.yaml:2:3: runtime: isolation: must be actor or invocation, not 'none'"},
      {"runtime:\n  front: [a, b]", "m.yaml:2:3: runtime: front: must be one value, not a list"},
      {"actors: []\nactors: []",
       "m.yaml:2:1: the key 'actors' stands twice in this map: remove one of them"},
      {"a: &x [b]",
       "m.yaml:1:4: anchors (&name) and aliases (*name) are not supported: write "
       "the value out"},
      {"a: *x",
       "m.yaml:1:4: anchors (&name) and aliases (*name) are not supported: write the "
       "value out"},
      {"a: !!binary aGk=",
       "m.yaml:1:4: tags (!name) are not supported: leave it out, all values "
       "are text"},
      {"? [a]\n: b", "m.yaml:1:3: a key must be text, not a list or map"},
      {"a: b\n---\nc: d", "m.yaml:2:1: a second document begins here: a manifest is one document"},
      {"a: [b",
       "m.yaml:2:1: did not find expected ',' or ']' while parsing a flow sequence that "
       "begins at line 1"},
      {"a: b\n c: d", "m.yaml:2:3: mapping values are not allowed in this context"},
      {"a: b\n# \xC3\xBC\nc: \xFF",
       "m.yaml:3:4: invalid leading UTF-8 octet (a manifest is UTF-8 text)"},
      {"a: \"${X\nb: c",
       "m.yaml:2:5: found unexpected end of stream while scanning a quoted "
       "scalar that begins at line 1"},
  };
  for (const Case& c : kCases) {
    const Result<Manifest> manifest = parse(c.text, "m.yaml");
    ASSERT_FALSE(manifest) << c.text;
    EXPECT_EQ(manifest.error().message(), c.error) << c.text;
    EXPECT_EQ(manifest.error().code(), Errc::kMalformed) << c.text;
  }
}

TEST(Manifest, OfALabelGivenTwiceTheLaterCounts) {
  const Result<Manifest> manifest =
      parse("labels: {stage: test, zone: a, stage: prod}\nbindings: []", "m.yaml");
  ASSERT_TRUE(manifest) << manifest.error().message();
  EXPECT_EQ(manifest->labels, (StringMap{{"zone", "a"}, {"stage", "prod"}}));
  EXPECT_FALSE(parse("labels: {}\nbindings: [{actor: M, actor: N}]", "m.yaml"));
  EXPECT_FALSE(parse("labels: {}\nruntime: {front: M, front: N}", "m.yaml"));
}

TEST(Manifest, RefusesAnUnknownSettingAndListsThoseThatExist) {
  const Result<Manifest> manifest = parse("runtime:\n  trusted_isuers: [A]", "m.yaml");
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().message().find(
                "m.yaml:2:3: runtime: unknown setting 'trusted_isuers'; there are trusted_issuers"),
            0U)
      << manifest.error().message();
}

TEST(Manifest, IsBoundedInDepthAndSize) {
  const auto deep = [](std::size_t levels) {
    return "a: " + std::string(levels, '[') + std::string(levels, ']');
  };
  EXPECT_TRUE(parse(deep(kMaxManifestDepth - 1), "m"));
  for (const std::size_t levels : {kMaxManifestDepth, std::size_t{100'000}}) {
    const Result<Manifest> manifest = parse(deep(levels), "m");
    ASSERT_FALSE(manifest);
    EXPECT_EQ(manifest.error().code(), Errc::kTooLarge);
  }
  EXPECT_TRUE(parse(std::string(kMaxManifestBytes, '\n'), "m"));
  const Result<Manifest> manifest = parse(std::string(kMaxManifestBytes + 1, '\n'), "m");
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code(), Errc::kTooLarge);
}

}  // namespace
}  // namespace wascc::manifest
