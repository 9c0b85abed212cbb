#include "package/source.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "base/json.h"
#include "claims/token.h"
#include "claims/wasm_section.h"
#include "manifest/yaml.h"
#include "oci/reference.h"
#include "package/layout.h"
#include "package/native_files.h"
#include "package/zip.h"
#include "providers/archive.h"
#include "providers/tar.h"
#include "runtime/deployment.h"

namespace wascc::package {
namespace {

namespace fs = std::filesystem;

// A path in the manifest's text that has to become another.
struct Rewrite {
  std::size_t line, column;  // both count from 1
  std::string from, to;
};

// "manifest.yaml:3:5" -> {3, 5}
std::optional<std::pair<std::size_t, std::size_t>> position_of(std::string_view place) {
  const std::size_t second = place.rfind(':');
  const std::size_t first =
      second == 0 || second == std::string_view::npos ? second : place.rfind(':', second - 1);
  if (first == std::string_view::npos) return std::nullopt;
  const char* const end = place.data() + place.size();
  std::size_t line = 0, column = 0;
  const char* const line_end = std::from_chars(place.data() + first + 1, end, line).ptr;
  const char* const column_end = std::from_chars(place.data() + second + 1, end, column).ptr;
  if (line_end != place.data() + second || column_end != end || line == 0 || column == 0)
    return std::nullopt;
  return std::pair(line, column);
}

// Where that character stands in the text; npos if there is none.
std::size_t offset_of(std::string_view text, std::size_t line, std::size_t column) {
  std::size_t at = 0;
  for (; line > 1; --line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return at;
    ++at;
  }
  for (; column > 1 && at < text.size(); --column) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  }
  return at;
}

// False if the text there is written otherwise: folded, escaped, from a variable.
bool apply(std::string& text, const Rewrite& rewrite) {
  std::size_t at = offset_of(text, rewrite.line, rewrite.column);
  if (at >= text.size()) return false;
  const char quote = text[at] == '"' || text[at] == '\'' ? text[at] : '\0';
  if (quote != '\0') ++at;
  if (text.compare(at, rewrite.from.size(), rewrite.from) != 0) return false;
  const std::size_t end = at + rewrite.from.size();
  if (quote != '\0' && (end >= text.size() || text[end] != quote)) return false;
  if (rewrite.to.find_first_of("\"'\\#:") != std::string::npos) return false;
  text.replace(at, rewrite.from.size(), rewrite.to);
  return true;
}

// A ZIP can hold no links, and Lambda would unpack none.
Status refuse_links(const fs::path& folder, const std::string& name) {
  fs::path path = folder;
  for (const fs::path& part : fs::path(name)) {
    path /= part;
    std::error_code ignored;
    if (fs::is_symlink(fs::symlink_status(path, ignored)))
      return Error(Errc::kDenied, path.string() +
                                      " is a link, which a package cannot hold: put the file "
                                      "itself there");
  }
  return {};
}

// A module that the manifest names, and where it does so.
struct Named {
  std::string path;
  std::string place;
};

bool is_module(const std::string& path) { return path.ends_with(".wasm"); }

// Actors and providers.
std::vector<Named> named_files(const manifest::Manifest& manifest) {
  std::vector<Named> named;
  for (const manifest::Actor& actor : manifest.actors) named.push_back({actor.path, actor.place});
  for (const manifest::Capability& capability : manifest.capabilities)
    named.push_back({capability.path, capability.path_place});
  return named;
}

bool is_capability(const manifest::Manifest& manifest, const Named& named) {
  return std::any_of(manifest.capabilities.begin(), manifest.capabilities.end(),
                     [&](const auto& capability) { return capability.path_place == named.place; });
}

// A path of the manifest as the name of a file in the package.
Result<std::string> name_in_package(const std::string& folder, const std::string& given) {
  fs::path path(given);
  std::error_code error;
  if (path.is_absolute())
    path = path.lexically_normal().lexically_relative(
        fs::absolute(folder.empty() ? "." : folder, error).lexically_normal());
  const std::string name = path.lexically_normal().generic_string();
  if (!is_inside(name))
    return Error(Errc::kDenied, given +
                                    " leaves the manifest's folder, and a package holds that "
                                    "folder's files alone: copy the file into it");
  return name;
}

std::string without_dot(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  return std::string(path);
}

bool is_portable_provider(ByteView wasm) {
  const auto section = claims::find_token(wasm);
  if (!section || !*section) return false;
  const auto token = claims::decode_token((*section)->token);
  return token && token->claims.provider;
}

// YAML in double quotes is JSON.
std::string quoted(const std::string& name) {
  std::string text;
  json::Writer(text).string(name);
  return text;
}

// What a start without a manifest would make of these modules.
std::string generated_manifest(const std::vector<Module>& modules,
                               const std::vector<std::string>& native) {
  std::string actors, providers;
  for (const Module& module : modules) {
    if (is_portable_provider(module.wasm))
      providers.append("  - path: ").append(quoted(module.name)).append("\n");
    else
      actors.append("  - ").append(quoted(module.name)).append("\n");
  }
  for (const std::string& name : native)
    providers.append("  - path: ").append(quoted(name)).append("\n");
  std::string text = "# Made by `wascc package`: there was no manifest.\n";
  if (!actors.empty()) text.append("actors:\n").append(actors);
  if (!providers.empty()) text.append("capabilities:\n").append(providers);
  return text;
}

Result<Module> read_module(const fs::path& folder, const std::string& name) {
  WASCC_CHECK(refuse_links(folder, name));
  WASCC_TRY(Bytes wasm, read_file((folder / name).string(), kMaxModuleBytes));
  return Module{name, std::move(wasm)};
}

// Adds a native provider of that file under that name. One library may serve several.
Status add_native(Source& source, const std::string& path, const std::string& name) {
  WASCC_TRY(std::vector<ZipEntry> entries, collect_native(path, name));
  for (ZipEntry& entry : entries)
    if (std::none_of(source.native.begin(), source.native.end(), [&](const ZipEntry& there) {
          return there.name == entry.name && there.content == entry.content;
        }))
      source.native.push_back(std::move(entry));
  return {};
}

// Native providers that were named beside the manifest: into the package's own folder. Answers
// their names.
Result<std::vector<std::string>> add_named_providers(Source& source,
                                                     const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::string& path : paths) {
    names.push_back(fs::path(path).filename().string());
    WASCC_CHECK(add_native(source, path, names.back()));
  }
  return names;
}

// Adds what the reference names: an actor, or with `provider` a provider of either kind. Answers
// its name. A bare shared library is not taken: nobody vouches for it.
Result<std::string> add_fetched(Source& source, const std::string& reference, bool provider,
                                oci::Fetch fetch) {
  if (fetch == nullptr)
    return Error(Errc::kUnsupported, "there is no file " + reference + ", and nothing is fetched");
  WASCC_TRY(oci::Fetched fetched, fetch(reference));
  const auto named = [&](std::string_view ending) {
    const std::string& repository = fetched.reference.repository;
    return repository.ends_with(ending) ? repository : repository + std::string(ending);
  };
  std::string name;
  if (!provider || claims::is_module(fetched.content)) {
    name = named(".wasm");
    source.modules.push_back({name, std::move(fetched.content)});
  } else if (providers::is_archive(fetched.content)) {
    name = named(providers::is_gzip(fetched.content) ? ".par.gz" : ".par");
    source.native.push_back({name, std::move(fetched.content)});
  } else {
    return Error(Errc::kMalformed,
                 reference +
                     " is neither a portable provider nor a provider archive: make one "
                     "with `wascc par create`");
  }
  source.notes.push_back(reference + " has the digest " + fetched.digest);
  source.fetched.push_back({name, reference, std::move(fetched.digest)});
  return name;
}

// The policy file that the manifest or WASCC_POLICY names.
Status add_policy(Source& source, const fs::path& folder, const std::string& path) {
  if (path.empty()) return {};
  const std::string place = "the setting policy";
  WASCC_TRY(std::string name, name_in_package(folder.string(), path).context(place));
  if (fs::path(path).is_absolute())
    return Error(Errc::kDenied, place + ": write " + name + " in place of " + path +
                                    ", which means nothing in a package");
  WASCC_CHECK(refuse_links(folder, name));
  WASCC_TRY(Bytes text, read_file((folder / name).string(), manifest::kMaxManifestBytes));
  source.files.push_back({std::move(name), std::move(text)});
  return {};
}

// The source of these modules alone.
Result<Source> without_manifest(Source source, const fs::path& folder,
                                const std::vector<std::string>& providers,
                                const manifest::Environment& environment) {
  source.notes.push_back("there is no manifest: one is made that names the modules alone");
  WASCC_TRY(const std::vector<std::string> native, add_named_providers(source, providers));
  WASCC_CHECK(add_policy(source, folder, environment("WASCC_POLICY").value_or("")));
  source.manifest = generated_manifest(source.modules, native);
  return source;
}

Result<Source> of_modules(const fs::path& folder, const std::vector<std::string>& names,
                          const std::vector<std::string>& providers,
                          const manifest::Environment& environment) {
  Source source;
  for (const std::string& name : names) {
    WASCC_TRY(Module module, read_module(folder, name));
    source.modules.push_back(std::move(module));
  }
  return without_manifest(std::move(source), folder, providers, environment);
}

Result<Source> of_reference(const std::string& reference, const std::vector<std::string>& providers,
                            const manifest::Environment& environment, oci::Fetch fetch) {
  Source source;
  WASCC_CHECK(add_fetched(source, reference, false, fetch));
  return without_manifest(std::move(source), "", providers, environment);
}

// Which files are in the package must not depend on the shell it was made in.
Status refuse_variables_in_paths(std::string_view text, const manifest::Environment& environment,
                                 const std::string& file) {
  WASCC_TRY(const auto manifest, manifest::parse(manifest::expand(text, environment), file));
  const auto nothing_set = [](std::string_view) -> std::optional<std::string> { return {}; };
  const auto plain = manifest::parse(manifest::expand(text, nothing_set), file);
  if (!plain) return {};  // other parts need the variables
  const std::vector<Named> here = named_files(manifest), anywhere = named_files(*plain);
  if (manifest.settings.policy == plain->settings.policy &&
      std::equal(here.begin(), here.end(), anywhere.begin(), anywhere.end(),
                 [](const Named& a, const Named& b) { return a.path == b.path; }))
    return {};
  return Error(Errc::kDenied, file +
                                  ": a variable decides which files there are, so the package "
                                  "would depend on who makes it: write the paths out");
}

// The manifest's text with these providers behind it.
Status list_providers(Source& source, const manifest::Manifest& manifest,
                      const std::vector<std::string>& names, const std::string& file) {
  if (names.empty()) return {};
  std::string text = source.manifest;
  if (!text.ends_with('\n')) text += '\n';
  text.append("capabilities:\n");
  for (const std::string& name : names) text.append("  - path: ").append(quoted(name)).append("\n");
  if (!manifest.capabilities.empty() || !manifest::parse(text, file))
    return Error(Errc::kInvalid, file +
                                     " cannot have --provider added to it: name the file under "
                                     "its capabilities:");
  source.manifest = std::move(text);
  return {};
}

// What the manifest names there, as a file of the folder or by reference. Answers its name in the
// package.
Result<std::string> add_listed(Source& source, const runtime::Deployment& deployment,
                               const Named& named, oci::Fetch fetch) {
  const bool provider = is_capability(deployment.manifest, named);
  if (oci::is_to_fetch(named.path, runtime::resolve(deployment, named.path)))
    return add_fetched(source, named.path, provider, fetch);
  const fs::path folder = deployment.folder;
  WASCC_TRY(std::string name, name_in_package(deployment.folder, named.path));
  if (!is_module(named.path) && provider) {
    WASCC_CHECK(refuse_links(folder, name));
    WASCC_CHECK(add_native(source, (folder / name).string(), name));
    return name;
  }
  WASCC_TRY(Module module, read_module(folder, name));
  source.modules.push_back(std::move(module));
  return name;
}

Result<Source> of_manifest(const fs::path& path, const std::vector<std::string>& providers,
                           const manifest::Environment& environment, oci::Fetch fetch) {
  const fs::path folder = path.parent_path();
  WASCC_CHECK(refuse_links(folder, path.filename().string()));
  WASCC_TRY(const Bytes bytes, read_file(path.string(), manifest::kMaxManifestBytes));
  WASCC_TRY(const runtime::Deployment deployment,
            runtime::read_deployment(path.string(), environment));
  WASCC_CHECK(refuse_variables_in_paths(as_text(bytes), environment, path.string()));

  Source source;
  source.manifest = to_text(bytes);
  std::vector<Rewrite> rewrites;
  for (const Named& named : named_files(deployment.manifest)) {
    WASCC_TRY(const std::string name,
              add_listed(source, deployment, named, fetch).context(named.place));
    if (name == without_dot(named.path)) continue;
    const auto position = position_of(named.place);
    if (!position) return Error(Errc::kInternal, "no position in " + named.place);
    rewrites.push_back({position->first, position->second, named.path, name});
    source.notes.push_back(named.place + ": " + named.path + " is " + name + " in the package");
  }
  WASCC_TRY(const std::vector<std::string> native, add_named_providers(source, providers));
  WASCC_CHECK(add_policy(source, folder, deployment.manifest.settings.policy));
  for (const manifest::Capability& capability : deployment.manifest.capabilities)
    for (const manifest::Folder& granted : capability.folders)
      if (fs::path(granted.host).is_relative())
        source.notes.push_back(capability.place + ": the folder " + granted.host +
                               " is not packed: add its files to the ZIP, or grant one that is "
                               "there on Lambda, such as /tmp");
  // From the end, so that the places before keep their meaning.
  std::sort(rewrites.begin(), rewrites.end(), [](const Rewrite& a, const Rewrite& b) {
    return std::pair(a.line, a.column) > std::pair(b.line, b.column);
  });
  for (const Rewrite& rewrite : rewrites)
    if (!apply(source.manifest, rewrite))
      return Error(Errc::kDenied, path.string() + ":" + std::to_string(rewrite.line) + ":" +
                                      std::to_string(rewrite.column) + ": write " + rewrite.to +
                                      " in place of " + rewrite.from +
                                      ", which means nothing in a package");
  WASCC_CHECK(list_providers(source, deployment.manifest, native, path.string()));
  return source;
}

}  // namespace

Result<Source> read_source(const std::string& path, const std::vector<std::string>& providers,
                           const manifest::Environment& environment, oci::Fetch fetch) {
  std::error_code ignored;
  const fs::path given(path);
  if (oci::is_to_fetch(path, path)) return of_reference(path, providers, environment, fetch);
  if (!fs::is_directory(given, ignored)) {
    const std::string ending = given.extension().string();
    if (ending == ".yaml" || ending == ".yml" || ending == ".json")
      return of_manifest(given, providers, environment, fetch);
    return of_modules(given.parent_path(), {given.filename().string()}, providers, environment);
  }
  const fs::path manifest = given / kManifestName;
  if (fs::exists(fs::symlink_status(manifest, ignored)))
    return of_manifest(manifest, providers, environment, fetch);
  WASCC_TRY(
      const runtime::Deployment deployment,
      runtime::find_deployment(path, [&](std::string_view name) -> std::optional<std::string> {
        return name == "LAMBDA_TASK_ROOT" ? std::optional(path) : environment(name);
      }));
  std::vector<std::string> names;
  for (const manifest::Actor& actor : deployment.manifest.actors) names.push_back(actor.path);
  return of_modules(given, names, providers, environment);
}

}  // namespace wascc::package
