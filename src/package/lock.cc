#include "package/lock.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/encoding.h"
#include "base/json.h"
#include "claims/sha256.h"
#include "package/layout.h"

namespace wascc::package {
namespace {

constexpr std::int64_t kFormat = 1;

Error malformed(std::string_view what) {
  return Error(Errc::kMalformed, std::string(kLockName).append(": ").append(what));
}

constexpr std::string_view kPlaces[] = {"package", "layer", "missing"};

std::optional<RuntimePlace> place_of(std::string_view text) {
  const auto found = std::find(std::begin(kPlaces), std::end(kPlaces), text);
  if (found == std::end(kPlaces)) return std::nullopt;
  return static_cast<RuntimePlace>(found - std::begin(kPlaces));
}

void text_or_null(json::Writer& out, std::string_view text) {
  text.empty() ? out.null() : out.string(text);
}

void write_actor(json::Writer& out, const LockedActor& actor) {
  out.begin_object().key("file").string(actor.file);
  out.key("key").string(actor.claims.subject).key("issuer").string(actor.claims.issuer);
  out.key("name").string(actor.claims.display_name());
  out.key("provider").boolean(actor.claims.provider);
  out.key("module_hash").string(actor.claims.module_hash).key("capabilities").begin_array();
  for (const std::string& capability : actor.claims.capabilities) out.string(capability);
  out.end_array().key("expires");
  actor.claims.expires ? out.number(*actor.claims.expires) : out.null();
  out.end_object();
}

std::string text_of(json::View value) { return std::string(value.string().value_or("")); }

}  // namespace

std::string sha256_hex(ByteView bytes) { return hex_lower(claims::sha256({bytes})); }

LockedFile locked(const ZipEntry& entry) {
  return {entry.name, entry.content.size(), sha256_hex(entry.content), entry.executable};
}

std::string write_lock(const Lock& lock) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("format").number(kFormat).key("made_by").string("wascc " WASCC_VERSION);
  out.key("runtime").begin_object();
  out.key("in").string(kPlaces[static_cast<std::size_t>(lock.runtime.place)]);
  out.key("kind").string(lock.runtime.compiles ? "bootstrap-full" : "bootstrap");
  out.key("engine").string(lock.runtime.engine).key("sha256");
  text_or_null(out, lock.runtime.sha256);
  out.end_object().key("native_code");
  text_or_null(out, lock.native_code);
  out.key("packager");
  text_or_null(out, lock.packager);
  out.key("actors").begin_array();
  for (const LockedActor& actor : lock.actors) write_actor(out, actor);
  out.end_array().key("fetched").begin_array();
  for (const LockedReference& fetched : lock.fetched)
    out.begin_object()
        .key("file")
        .string(fetched.file)
        .key("reference")
        .string(fetched.reference)
        .key("digest")
        .string(fetched.digest)
        .end_object();
  out.end_array().key("files").begin_array();
  for (const LockedFile& file : lock.files) {
    out.begin_object().key("name").string(file.name).key("bytes").number(file.bytes);
    out.key("sha256").string(file.sha256).key("executable").boolean(file.executable).end_object();
  }
  out.end_array().end_object();
  return text + "\n";
}

Result<Lock> parse_lock(std::string_view text) {
  WASCC_TRY(const json::Document document, json::Document::parse(text).context(kLockName));
  const json::View root = document.root();
  if (root["format"].int64() != kFormat) return malformed("its format is not 1");
  const json::View runtime = root["runtime"];
  Lock lock;
  const auto place = place_of(text_of(runtime["in"]));
  if (!place) return malformed("it does not say where the runtime is");
  lock.runtime = {*place, runtime["kind"].string() == "bootstrap-full", text_of(runtime["engine"]),
                  text_of(runtime["sha256"])};
  if (lock.runtime.engine.empty()) return malformed("it names no engine");
  lock.native_code = text_of(root["native_code"]);
  lock.packager = text_of(root["packager"]);
  if (!root["files"].is_array()) return malformed("it lists no files");
  root["files"].each_element([&](json::View file) {
    lock.files.push_back({text_of(file["name"]), file["bytes"].uint64().value_or(0),
                          text_of(file["sha256"]), file["executable"].boolean().value_or(false)});
  });
  return lock;
}

std::vector<std::string> differences(const Lock& lock, std::span<const ZipEntry> entries) {
  std::vector<std::string> found;
  for (const LockedFile& file : lock.files) {
    const ZipEntry* const entry = find_entry(entries, file.name);
    if (entry == nullptr)
      found.push_back(file.name + " is missing");
    else if (sha256_hex(entry->content) != file.sha256)
      found.push_back(file.name + " has been changed");
    else if (entry->executable != file.executable)
      found.push_back(file.name + " has another mode");
  }
  for (const ZipEntry& entry : entries) {
    const bool listed = entry.name == kLockName || std::any_of(lock.files.begin(), lock.files.end(),
                                                               [&](const LockedFile& file) {
                                                                 return file.name == entry.name;
                                                               });
    if (!listed) found.push_back(entry.name + " has been added");
  }
  return found;
}

}  // namespace wascc::package
