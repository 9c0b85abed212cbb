#include "manifest/manifest.h"

#include <functional>

#include "base/file.h"
#include "manifest/yaml.h"
#include "wascc/bytes.h"
#include "wascc/provider.h"

namespace wascc::manifest {
namespace {

// Walks the tree of one file; a member function per kind of thing that can stand in it.
class Parser {
 public:
  Parser(const std::string& file, Manifest& manifest) : file_(file), manifest_(manifest) {}

  Status root(const Node& node) {
    return members(node, "a manifest", [this](const Node& key, const Node& value) -> Result<bool> {
      if (key.text == "labels") return done(text_map(value, manifest_.labels));
      if (key.text == "actors")
        return done(list(value, [this](const Node& n) { return actor(n); }));
      if (key.text == "capabilities")
        return done(list(value, [this](const Node& n) { return capability(n); }));
      if (key.text == "bindings")
        return done(list(value, [this](const Node& n) { return binding(n); }));
      if (key.text == "runtime") return done(settings(value));
      return false;
    });
  }

 private:
  Error error(const Node& node, const std::string& what) const {
    return Error(Errc::kMalformed, place(file_, node.position) + ": " + what);
  }

  static Result<bool> done(Status status) {
    if (!status) return std::move(status).error();
    return true;
  }

  // Visits the members of a map; a key that `visit` answers false for is a warning.
  Status members(const Node& node, const std::string& what,
                 const std::function<Result<bool>(const Node& key, const Node& value)>& visit) {
    if (node.kind != Node::Kind::kMap)
      return error(node, what + " must be a map of keys and values");
    for (const Node::Member& member : node.members) {
      WASCC_TRY(const bool known, visit(member.key, member.value));
      if (!known)
        manifest_.warnings.push_back(place(file_, member.key.position) + ": unknown key '" +
                                     member.key.text + "' in " + what + " is ignored");
    }
    return {};
  }

  Status list(const Node& node, const std::function<Status(const Node& item)>& visit) {
    if (node.null) return {};
    if (node.kind != Node::Kind::kList)
      return error(node, "must be a list: one entry a line, each after '- '");
    for (const Node& item : node.items) WASCC_CHECK(visit(item));
    return {};
  }

  Status text(const Node& node, std::string& target) {
    if (node.kind != Node::Kind::kScalar)
      return error(node, "must be one value, not a list or map");
    target = node.null ? "" : node.text;
    return {};
  }

  Status required_text(const Node& node, std::string& target) {
    WASCC_CHECK(text(node, target));
    if (target.empty()) return error(node, "is empty: write its value or remove the entry");
    return {};
  }

  Status text_map(const Node& node, StringMap& target) {
    if (node.null) return {};
    if (node.kind != Node::Kind::kMap) return error(node, "must be a map of keys and values");
    for (const Node::Member& member : node.members) {
      std::string value;
      WASCC_CHECK(text(member.value, value));
      target.emplace_back(member.key.text, std::move(value));
    }
    return {};
  }

  Status actor(const Node& node) {
    Actor actor;
    WASCC_CHECK(required_text(node, actor.path));
    actor.place = place(file_, node.position);
    manifest_.actors.push_back(std::move(actor));
    return {};
  }

  Status capability(const Node& node) {
    Capability capability;
    capability.place = place(file_, node.position);
    WASCC_CHECK(members(node, "an entry of capabilities",
                        [&](const Node& key, const Node& value) -> Result<bool> {
                          if (key.text == "path") {
                            capability.path_place = place(file_, value.position);
                            return done(required_text(value, capability.path));
                          }
                          if (key.text == "binding_name")
                            return done(text(value, capability.binding_name));
                          if (key.text == "arguments")
                            return done(list(value, [&](const Node& n) {
                              return text(n, capability.arguments.emplace_back());
                            }));
                          if (key.text == "environment")
                            return done(text_map(value, capability.environment));
                          if (key.text == "folders")
                            return done(list(value, [&](const Node& n) {
                              return folder(n, capability.folders.emplace_back());
                            }));
                          return false;
                        }));
    if (capability.path.empty()) return error(node, "this capability has no 'path'");
    if (capability.binding_name.empty()) capability.binding_name = kDefaultBinding;
    manifest_.capabilities.push_back(std::move(capability));
    return {};
  }

  // "/tmp", the same on both sides and read only, or a map.
  Status folder(const Node& node, Folder& folder) {
    if (node.kind == Node::Kind::kScalar) {
      WASCC_CHECK(required_text(node, folder.host));
      folder.guest = folder.host;
      return {};
    }
    WASCC_CHECK(members(node, "an entry of folders",
                        [&](const Node& key, const Node& value) -> Result<bool> {
                          if (key.text == "host") return done(required_text(value, folder.host));
                          if (key.text == "guest") return done(required_text(value, folder.guest));
                          if (key.text == "writable") return done(boolean(value, folder.writable));
                          return false;
                        }));
    if (folder.host.empty()) return error(node, "this folder has no 'host'");
    if (folder.guest.empty()) folder.guest = folder.host;
    return {};
  }

  Status boolean(const Node& node, bool& target) {
    std::string word;
    WASCC_CHECK(text(node, word));
    if (word != "true" && word != "false") return error(node, "must be true or false");
    target = word == "true";
    return {};
  }

  // Text, or a map of one key that says where the text stands.
  Status binding_values(const Node& node, Binding& binding) {
    if (node.null) return {};
    if (node.kind != Node::Kind::kMap) return error(node, "must be a map of keys and values");
    for (const Node::Member& member : node.members) {
      if (member.value.kind == Node::Kind::kMap) {
        WASCC_CHECK(secret(member, binding));
      } else {
        WASCC_CHECK(text(member.value, binding.values.emplace_back(member.key.text, "").second));
      }
    }
    return {};
  }

  Status secret(const Node::Member& member, Binding& binding) {
    constexpr std::pair<std::string_view, Secret::From> kSources[] = {
        {"from_file", Secret::From::kFile},
        {"from_secret", Secret::From::kSecret},
        {"from_parameter", Secret::From::kParameter}};
    const Node& node = member.value;
    for (const auto& [key, from] : kSources) {
      if (node.members.size() != 1 || node.members[0].key.text != key) continue;
      Secret secret{member.key.text, from, "", place(file_, node.position)};
      WASCC_CHECK(required_text(node.members[0].value, secret.name));
      binding.secrets.push_back(std::move(secret));
      return {};
    }
    return error(node,
                 "a value is text, or a map of one key: from_file, from_secret or from_parameter");
  }

  Status binding(const Node& node) {
    Binding binding;
    binding.place = place(file_, node.position);
    WASCC_CHECK(members(node, "an entry of bindings",
                        [&](const Node& key, const Node& value) -> Result<bool> {
                          if (key.text == "actor") return done(required_text(value, binding.actor));
                          if (key.text == "capability")
                            return done(required_text(value, binding.capability));
                          if (key.text == "binding") return done(text(value, binding.binding));
                          if (key.text == "values") return done(binding_values(value, binding));
                          return false;
                        }));
    if (binding.actor.empty()) return error(node, "this binding has no 'actor'");
    if (binding.capability.empty()) return error(node, "this binding has no 'capability'");
    if (binding.binding.empty()) binding.binding = kDefaultBinding;
    manifest_.bindings.push_back(std::move(binding));
    return {};
  }

  // Unlike elsewhere an unknown key is an error: a setting that does nothing could be one of trust.
  Status settings(const Node& node) {
    if (node.null) return {};
    if (node.kind != Node::Kind::kMap) return error(node, "runtime must be a map of settings");
    for (const Node::Member& member : node.members) {
      std::vector<std::string> values;
      if (member.value.kind == Node::Kind::kList) {
        for (const Node& item : member.value.items)
          WASCC_CHECK(required_text(item, values.emplace_back()));
      } else {
        WASCC_CHECK(text(member.value, values.emplace_back()));
      }
      if (Status status = set(manifest_.settings, member.key.text, values); !status)
        return error(member.key, "runtime: " + status.error().message());
    }
    return {};
  }

  const std::string& file_;
  Manifest& manifest_;
};

}  // namespace

Result<Manifest> parse(std::string_view text, const std::string& file) {
  WASCC_TRY(const Node root, parse_yaml(text, file));
  Manifest manifest;
  WASCC_CHECK(Parser(file, manifest).root(root));
  return manifest;
}

Result<Manifest> load(const std::string& path, const Environment& environment) {
  WASCC_TRY(const Bytes bytes, read_file(path, kMaxManifestBytes));
  return parse(expand(as_text(bytes), environment), path);
}

}  // namespace wascc::manifest
