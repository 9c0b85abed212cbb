#include "runtime/autoconfigure.h"

#include <gtest/gtest.h>

#include <optional>

namespace wascc::runtime {
namespace {

using manifest::Binding;
using manifest::Manifest;
using Strings = std::vector<std::string>;

LoadedActor actor(const char* key, const char* name, const char* file, Strings capabilities) {
  LoadedActor result;
  result.file = file;
  result.claims.subject = key;
  result.claims.name = name;
  result.claims.capabilities = std::move(capabilities);
  return result;
}

Binding bound(const char* actor, const char* capability, const char* binding = "default",
              StringMap values = {}) {
  return {actor, capability, binding, std::move(values), "m.yaml:1:1"};
}

std::optional<std::string> no_variables(std::string_view) { return std::nullopt; }

// "actor capability binding" of each planned binding, in order.
Strings planned(const std::vector<LoadedActor>& actors, const Manifest& manifest) {
  const auto bindings = plan_bindings(actors, manifest, no_variables);
  if (!bindings) return {"error: " + bindings.error().message()};
  Strings lines;
  for (const Binding& b : *bindings)
    lines.push_back(b.actor + " " + b.capability + " " + b.binding);
  return lines;
}

Manifest manifest_with(std::vector<Binding> bindings, std::string front = "") {
  Manifest manifest;
  manifest.bindings = std::move(bindings);
  manifest.settings.front = std::move(front);
  return manifest;
}

TEST(Autoconfigure, PicksTheActorThatGetsTheEvents) {
  const LoadedActor none = actor("M0", "None", "none.wasm", {"wascc:keyvalue"});
  const LoadedActor web = actor("M1", "Web", "web.wasm", {"wascc:http_server"});
  const LoadedActor raw = actor("M2", "Raw", "sub/raw.wasm", {"wascc:keyvalue", "awslambda:event"});
  const LoadedActor both =
      actor("M3", "Größe", "both.wasm", {"awslambda:event", "wascc:http_server"});
  const LoadedActor later =
      actor("M5", "Later", "later.wasm", {"wasmcloud:httpserver", "wasmcloud:logging"});
  const LoadedActor twice =
      actor("M6", "Twice", "twice.wasm", {"wasmcloud:httpserver", "wascc:http_server"});

  struct Case {
    const char* name;
    std::vector<LoadedActor> actors;
    Manifest manifest;
    Strings expected;
  };
  const Case cases[] = {
      {"the only one", {web}, {}, {"M1 wascc:http_server default"}},
      {"the first that can, in the manifest's order",
       {none, raw, web},
       {},
       {"M2 awslambda:event default"}},
      {"both ids of one actor",
       {both, web},
       {},
       {"M3 awslambda:event default", "M3 wascc:http_server default"}},
      {"ids of the later generation, as the actor claims them",
       {later},
       {},
       {"M5 wasmcloud:httpserver default"}},
      {"two names of one capability are one binding",
       {twice},
       {},
       {"M6 wasmcloud:httpserver default"}},
      {"front by key", {web, raw}, manifest_with({}, "M2"), {"M2 awslambda:event default"}},
      {"front by name",
       {web, both},
       manifest_with({}, "Größe"),
       {"M3 awslambda:event default", "M3 wascc:http_server default"}},
      {"front by path",
       {web, raw},
       manifest_with({}, "sub/raw.wasm"),
       {"M2 awslambda:event default"}},
      {"front by file", {web, raw}, manifest_with({}, "raw.wasm"), {"M2 awslambda:event default"}},
      {"an explicit binding of one suppresses the rule for both",
       {both, web},
       manifest_with({bound("M1", "wascc:http_server")}),
       {"M1 wascc:http_server default"}},
      {"also under its other name",
       {both, later},
       manifest_with({bound("M5", "wasmcloud:httpserver"), bound("M5", "wascc:logging")}),
       {"M5 wasmcloud:httpserver default", "M5 wascc:logging default"}},
      {"other bindings do not",
       {raw},
       manifest_with({bound("M2", "wascc:keyvalue", "source1")}),
       {"M2 wascc:keyvalue source1", "M2 awslambda:event default"}},
      {"nobody can",
       {none},
       {},
       {"error: no actor is authorised for wascc:http_server or awslambda:event, so none could get "
        "an event: sign one with either capability; loaded: none.wasm (None, M0)"}},
      {"front is nobody",
       {web},
       manifest_with({}, "M9"),
       {"error: runtime.front 'M9' is no loaded actor's key, name or file; loaded: web.wasm (Web, "
        "M1)"}},
      {"front cannot",
       {web, none},
       manifest_with({}, "None"),
       {"error: runtime.front picks none.wasm (None, M0), which is authorised for neither "
        "wascc:http_server nor awslambda:event: sign it with one of them"}},
      {"front is two",
       {web, actor("M7", "Web", "web2.wasm", {"awslambda:event"})},
       manifest_with({}, "Web"),
       {"error: runtime.front 'Web' fits more than one actor: name it by its key; loaded: web.wasm "
        "(Web, M1), web2.wasm (Web, M7)"}},
  };
  for (const Case& c : cases) EXPECT_EQ(planned(c.actors, c.manifest), c.expected) << c.name;
}

TEST(Autoconfigure, TakesMissingValuesFromLambdasEnvironment) {
  const auto environment = [](std::string_view name) -> std::optional<std::string> {
    if (name == "AWS_LAMBDA_RUNTIME_API") return "127.0.0.1:9001";
    if (name == "AWS_LAMBDA_FUNCTION_NAME") return "größe";
    if (name == "LAMBDA_TASK_ROOT") return "";
    if (name == "AWS_SECRET_ACCESS_KEY") return "secret";
    return std::nullopt;
  };
  const std::vector<LoadedActor> actors = {
      actor("M1", "Web", "web.wasm", {"wascc:http_server", "wascc:keyvalue"})};
  const StringMap all = {{"AWS_LAMBDA_FUNCTION_NAME", "größe"},
                         {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"},
                         {"LAMBDA_TASK_ROOT", ""}};

  const auto implicit = plan_bindings(actors, {}, environment);
  ASSERT_TRUE(implicit);
  ASSERT_EQ(implicit->size(), 1U);
  EXPECT_EQ(implicit->front().values, all);

  const auto given =
      plan_bindings(actors,
                    manifest_with({bound("M1", "wascc:http_server", "default",
                                         {{"PORT", "8080"}, {"AWS_LAMBDA_FUNCTION_NAME", "mine"}}),
                                   bound("M1", "wascc:keyvalue", "default", {{"URL", "x"}})}),
                    environment);
  ASSERT_TRUE(given);
  ASSERT_EQ(given->size(), 2U);
  EXPECT_EQ(given->at(0).values, (StringMap{{"PORT", "8080"},
                                            {"AWS_LAMBDA_FUNCTION_NAME", "mine"},
                                            {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001"},
                                            {"LAMBDA_TASK_ROOT", ""}}));
  EXPECT_EQ(given->at(1).values, (StringMap{{"URL", "x"}})) << "no other capability gets them";
}

}  // namespace
}  // namespace wascc::runtime
