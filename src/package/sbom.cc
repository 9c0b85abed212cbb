#include "package/sbom.h"

#include <algorithm>
#include <cstdint>

#include "base/json.h"

namespace wascc::package {
namespace {

// The executable that a library is in: bootstrap, bootstrap-full.
enum class In : std::uint8_t { kBoth, kStatic, kFull };

struct Library {
  std::string_view name, version, license;
  In in = In::kBoth;
};

#define WASCC_TEXT_(x) #x
#define WASCC_TEXT(x) WASCC_TEXT_(x)
#define WASCC_GLIBC_VERSION WASCC_TEXT(__GLIBC__) "." WASCC_TEXT(__GLIBC_MINOR__)

// Linked in, with the versions that this build found (CMakeLists.txt here). The static executable
// has the C library; the other one reads compressed provider archives.
constexpr Library kLibraries[] = {
    {"boost", WASCC_BOOST_VERSION, "BSL-1.0"},
    {"glibc", WASCC_GLIBC_VERSION, "LGPL-2.1-or-later", In::kStatic},
    {"libsodium", WASCC_SODIUM_VERSION, "ISC"},
    {"libstdc++", WASCC_TEXT(_GLIBCXX_RELEASE), "GPL-3.0-or-later WITH GCC-exception-3.1"},
    {"libyaml", WASCC_YAML_VERSION, "MIT"},
    {"openssl", WASCC_OPENSSL_VERSION, "Apache-2.0"},
    {"zlib", WASCC_ZLIB_VERSION, "Zlib", In::kFull}};

void begin(json::Writer& out, std::string_view type, std::string_view name,
           std::string_view version) {
  out.begin_object().key("type").string(type).key("name").string(name);
  if (!version.empty()) out.key("version").string(version);
}

void hash(json::Writer& out, std::string_view sha256) {
  out.key("hashes").begin_array().begin_object().key("alg").string("SHA-256");
  out.key("content").string(sha256).end_object().end_array();
}

void license(json::Writer& out, std::string_view expression) {
  out.key("licenses").begin_array().begin_object().key("expression").string(expression);
  out.end_object().end_array();
}

void property(json::Writer& out, std::string_view name, std::string_view value) {
  out.begin_object().key("name").string(name).key("value").string(value).end_object();
}

// "wasmtime 48.0.8 x86_64-…" -> "48.0.8"
std::string_view engine_version(std::string_view identity) {
  const std::size_t first = identity.find(' ');
  if (first == std::string_view::npos) return "";
  identity.remove_prefix(first + 1);
  return identity.substr(0, identity.find(' '));
}

void write_runtime(json::Writer& out, const LockedRuntime& runtime) {
  begin(out, "application", runtime.compiles ? "bootstrap-full" : "bootstrap", WASCC_VERSION);
  hash(out, runtime.sha256);
  license(out, "Apache-2.0");
  out.key("properties").begin_array();
  property(out, "wascc:engine", runtime.engine);
  property(out, "wascc:in", runtime.place == RuntimePlace::kLayer ? "layer" : "package");
  out.end_array().end_object();
  begin(out, "library", "wasmtime", engine_version(runtime.engine));
  license(out, "Apache-2.0 WITH LLVM-exception");
  out.end_object();
  for (const Library& library : kLibraries) {
    if (library.in == (runtime.compiles ? In::kStatic : In::kFull)) continue;
    begin(out, "library", library.name, library.version);
    license(out, library.license);
    out.end_object();
  }
}

}  // namespace

std::string write_sbom(const Lock& lock) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("bomFormat").string("CycloneDX").key("specVersion").string("1.5");
  out.key("version").number(std::int64_t{1}).key("metadata").begin_object();
  out.key("tools").begin_object().key("components").begin_array();
  begin(out, "application", "wascc", WASCC_VERSION);
  out.end_object().end_array().end_object().end_object();

  out.key("components").begin_array();
  if (lock.runtime.place != RuntimePlace::kMissing) write_runtime(out, lock.runtime);
  for (const LockedActor& actor : lock.actors) {
    begin(out, "application", actor.claims.display_name(), actor.claims.version.value_or(""));
    const auto file = std::find_if(lock.files.begin(), lock.files.end(),
                                   [&](const LockedFile& f) { return f.name == actor.file; });
    if (file != lock.files.end()) hash(out, file->sha256);
    out.key("properties").begin_array();
    property(out, "wascc:file", actor.file);
    property(out, "wascc:key", actor.claims.subject);
    property(out, "wascc:issuer", actor.claims.issuer);
    out.end_array().end_object();
  }
  // What a native provider contains of others is not to be seen in it.
  for (const LockedFile& file : lock.files) {
    if (std::ranges::find(lock.libraries, file.name) == lock.libraries.end()) continue;
    begin(out, "file", file.name, "");
    hash(out, file.sha256);
    out.end_object();
  }
  out.end_array().end_object();
  return text + "\n";
}

}  // namespace wascc::package
