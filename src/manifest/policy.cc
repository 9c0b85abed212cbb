#include "manifest/policy.h"

#include <charconv>

#include "base/file.h"
#include "manifest/yaml.h"
#include "wascc/bytes.h"

namespace wascc::manifest {
namespace {

bool is_key(std::string_view text, std::string_view letters) {
  return text.size() == 56 && letters.find(text.front()) != std::string_view::npos;
}

class Parser {
 public:
  Parser(const std::string& file, Policy& policy) : file_(file), policy_(policy) {}

  Status root(const Node& node) {
    if (node.kind != Node::Kind::kMap) return error(node, "a policy must be a map");
    if (node.members.empty())  // what was cut off must not allow everything
      return error(node, "this policy is empty; one that forbids nothing says rules: []");
    for (const auto& [key, value] : node.members) {
      if (key.text == "trusted_issuers")
        WASCC_CHECK(issuers(value));
      else if (key.text == "denied_subjects")
        WASCC_CHECK(subjects(value));
      else if (key.text == "denied_tokens")
        WASCC_CHECK(texts(value, policy_.denied_tokens));
      else if (key.text == "minimum_revisions")
        WASCC_CHECK(revisions(value));
      else if (key.text == "rules")
        WASCC_CHECK(rules(value));
      else
        return error(key, "unknown key '" + key.text +
                              "' in a policy; there are trusted_issuers, denied_subjects, "
                              "denied_tokens, minimum_revisions, rules");
    }
    return {};
  }

 private:
  Error error(const Node& node, const std::string& what) const {
    return Error(Errc::kMalformed, place(file_, node.position) + ": " + what);
  }

  Status text(const Node& node, std::string& target) const {
    if (node.kind != Node::Kind::kScalar || node.null || node.text.empty())
      return error(node, "must be one value");
    target = node.text;
    return {};
  }

  Status texts(const Node& node, std::vector<std::string>& target) const {
    if (node.kind != Node::Kind::kList) return error(node, "must be a list");
    for (const Node& item : node.items) WASCC_CHECK(text(item, target.emplace_back()));
    return {};
  }

  // `letters`: what the key may begin with; A is an account, M an actor, V a native provider.
  Status key(const Node& node, std::string_view letters, std::string& target) const {
    WASCC_CHECK(text(node, target));
    if (is_key(target, letters)) return {};
    std::string must = "must be a public key, 56 characters that begin with ";
    for (const char letter : letters) {
      if (letter != letters.front()) must.append(" or ");
      must += letter;
    }
    return error(node, must + ", not '" + target + "'");
  }

  // An empty list could be read as "trust nobody" and as "trust everybody".
  Status issuers(const Node& node) {
    if (node.kind != Node::Kind::kList || node.items.empty())
      return error(node, "must be a list of at least one key; leave it out to trust every issuer");
    for (const Node& item : node.items)
      WASCC_CHECK(key(item, "A", policy_.trusted_issuers.emplace_back()));
    return {};
  }

  Status subjects(const Node& node) {
    if (node.kind != Node::Kind::kList) return error(node, "must be a list of keys");
    for (const Node& item : node.items)
      WASCC_CHECK(key(item, "MV", policy_.denied_subjects.emplace_back()));
    return {};
  }

  Status revisions(const Node& node) {
    if (node.kind != Node::Kind::kMap)
      return error(node, "must be a map of an actor's key and its least revision");
    for (const auto& [subject, revision] : node.members) {
      std::string name;
      WASCC_CHECK(key(subject, "MV", name));
      std::int32_t least = 0;
      const char* end = revision.text.data() + revision.text.size();
      const auto [stopped, failed] = std::from_chars(revision.text.data(), end, least);
      if (failed != std::errc() || stopped != end || revision.text.empty())
        return error(revision, "must be a whole number");
      policy_.minimum_revisions.emplace(std::move(name), least);
    }
    return {};
  }

  Status rules(const Node& node) {
    if (node.kind != Node::Kind::kList) return error(node, "must be a list of rules");
    for (const Node& item : node.items) WASCC_CHECK(rule(item));
    return {};
  }

  // What is neither would match nothing, and so forbid nothing.
  Status target(const Node& node, std::string& target) const {
    WASCC_CHECK(text(node, target));
    if (is_key(target, "M") || target.find(':') != std::string::npos) return {};
    return error(node,
                 "must be a capability, such as wascc:keyvalue, or an actor's public key, "
                 "not '" +
                     target + "'");
  }

  Status rule(const Node& node) {
    if (node.kind != Node::Kind::kMap) return error(node, "a rule must be a map");
    PolicyRule rule;
    bool limits = false;
    for (const auto& [name, value] : node.members) {
      if (name.text == "actor") {
        WASCC_CHECK(key(value, "M", rule.actor));
      } else if (name.text == "target") {
        WASCC_CHECK(target(value, rule.target));
      } else if (name.text == "binding") {
        WASCC_CHECK(text(value, rule.binding.emplace()));
      } else if (name.text == "operations") {
        WASCC_CHECK(texts(value, rule.operations));
        limits = true;
      } else {
        return error(name, "unknown key '" + name.text +
                               "' in a rule; there are actor, target, binding, operations");
      }
    }
    if (rule.target.empty()) return error(node, "this rule has no 'target'");
    if (!limits) return error(node, "this rule has no 'operations': [] would allow none");
    if (rule.binding && is_key(rule.target, "M"))
      return error(node, "a 'binding' is for a capability, and this target is an actor");
    policy_.rules.push_back(std::move(rule));
    return {};
  }

  const std::string& file_;
  Policy& policy_;
};

}  // namespace

Result<Policy> parse_policy(std::string_view text, const std::string& file) {
  WASCC_TRY(const Node root, parse_yaml(text, file));
  Policy policy;
  WASCC_CHECK(Parser(file, policy).root(root));
  return policy;
}

Result<Policy> load_policy(const std::string& path) {
  const auto bytes = read_file(path, kMaxManifestBytes);
  if (!bytes)  // another code than that of a manifest which is not there
    return Error(Errc::kMalformed, "the policy cannot be read: " + bytes.error().message());
  return parse_policy(as_text(*bytes), path);
}

}  // namespace wascc::manifest
