#include "runtime/autoconfigure.h"

#include <algorithm>
#include <array>

#include "host/capability_id.h"
#include "wascc/messages/event.h"
#include "wascc/messages/http.h"
#include "wascc/provider.h"

namespace wascc::runtime {
namespace {

using manifest::Binding;

// What the providers of events get from the environment. Actors of 2020 that read their
// configuration expect these names.
constexpr std::array<std::string_view, 8> kLambdaVariables = {
    "AWS_LAMBDA_FUNCTION_NAME",  "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",        "LAMBDA_TASK_ROOT"};

bool takes_events(std::string_view capability) {
  const std::string_view id = host::canonical_capability(capability);
  return id == kHttpServer || id == kLambdaEvent;
}

void add_lambda_values(Binding& binding, const manifest::Environment& environment) {
  for (const std::string_view name : kLambdaVariables) {
    const bool given = std::any_of(binding.values.begin(), binding.values.end(),
                                   [&](const auto& entry) { return entry.first == name; });
    if (given) continue;
    if (auto value = environment(name)) binding.values.emplace_back(name, *std::move(value));
  }
}

// Whether the bindings hold this one already, under whichever id it is written.
bool holds(const std::vector<Binding>& bindings, const std::string& actor,
           std::string_view capability) {
  return std::any_of(bindings.begin(), bindings.end(), [&](const Binding& b) {
    return b.actor == actor && b.binding == kDefaultBinding &&
           host::canonical_capability(b.capability) == host::canonical_capability(capability);
  });
}

Binding plain_binding(const std::string& actor, const std::string& capability) {
  Binding binding;
  binding.actor = actor;
  binding.capability = capability;
  binding.binding = kDefaultBinding;
  return binding;
}

bool takes_events(const LoadedActor& actor) {
  const auto& capabilities = actor.claims.capabilities;
  return std::any_of(capabilities.begin(), capabilities.end(),
                     [](const std::string& capability) { return takes_events(capability); });
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

bool is_called(const LoadedActor& actor, std::string_view text) {
  return actor.claims.subject == text || actor.claims.name == text || actor.file == text ||
         file_name(actor.file) == text;
}

std::string list_of(const std::vector<LoadedActor>& actors) {
  std::string text;
  for (const LoadedActor& actor : actors)
    text.append(text.empty() ? "" : ", ")
        .append(file_name(actor.file))
        .append(" (")
        .append(actor.claims.display_name())
        .append(", ")
        .append(actor.claims.subject)
        .append(")");
  return text.empty() ? "none" : text;
}

// The actor that gets the events when the manifest binds none.
Result<const LoadedActor*> front_actor(const std::vector<LoadedActor>& actors,
                                       const std::string& front) {
  const LoadedActor* found = nullptr;
  for (const LoadedActor& actor : actors) {
    if (front.empty() ? !takes_events(actor) : !is_called(actor, front)) continue;
    if (found != nullptr)
      return Error(Errc::kInvalid, "runtime.front '" + front +
                                       "' fits more than one actor: name it by its key; loaded: " +
                                       list_of(actors));
    found = &actor;
    if (front.empty()) break;
  }
  if (found == nullptr && front.empty())
    return Error(Errc::kInvalid,
                 "no actor is authorised for wascc:http_server or awslambda:event, so none could "
                 "get an event: sign one with either capability; loaded: " +
                     list_of(actors));
  if (found == nullptr)
    return Error(Errc::kInvalid,
                 "runtime.front '" + front +
                     "' is no loaded actor's key, name or file; loaded: " + list_of(actors));
  if (!takes_events(*found))
    return Error(Errc::kInvalid, "runtime.front picks " + list_of({*found}) +
                                     ", which is authorised for neither wascc:http_server nor "
                                     "awslambda:event: sign it with one of them");
  return found;
}

}  // namespace

Result<std::vector<Binding>> plan_bindings(const std::vector<LoadedActor>& actors,
                                           const manifest::Manifest& manifest,
                                           const manifest::Environment& environment) {
  std::vector<Binding> bindings = manifest.bindings;
  bool events_bound = false;
  for (Binding& binding : bindings) {
    if (!takes_events(binding.capability)) continue;
    events_bound = true;
    add_lambda_values(binding, environment);
  }

  if (events_bound) return bindings;
  WASCC_TRY(const LoadedActor* front, front_actor(actors, manifest.settings.front));
  for (const std::string& capability : front->claims.capabilities) {
    if (!takes_events(capability) || holds(bindings, front->claims.subject, capability)) continue;
    bindings.push_back(plain_binding(front->claims.subject, capability));
    add_lambda_values(bindings.back(), environment);
  }
  return bindings;
}

}  // namespace wascc::runtime
