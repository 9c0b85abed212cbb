#include "support/fake_runtime_api.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace wascc::test {
namespace {

constexpr std::string_view kInvocation = "/2018-06-01/runtime/invocation/";

// How often a waiting call looks whether its client is still there.
constexpr std::chrono::milliseconds kLookAgain{10};

// The id in ".../invocation/ID/response".
std::string request_id(std::string_view path) {
  const std::size_t start = path.find(kInvocation);
  if (start == std::string_view::npos) return {};
  path.remove_prefix(start + kInvocation.size());
  return std::string(path.substr(0, path.find('/')));
}

Reply refusal(int status, std::string_view type) {
  return http_reply(status,
                    "{\"errorMessage\":\"refused\",\"errorType\":\"" + std::string(type) + "\"}");
}

}  // namespace

FakeRuntimeApi::FakeRuntimeApi(std::string path)
    : path_(std::move(path)), server_([this](const SeenRequest& request, const auto& gone) {
        return answer(request, gone);
      }) {}

FakeRuntimeApi::~FakeRuntimeApi() = default;

void FakeRuntimeApi::queue(FakeEvent event) {
  const std::scoped_lock lock(mutex_);
  events_.push_back(std::move(event));
  changed_.notify_all();
}

void FakeRuntimeApi::script(ApiCall call, Reply reply) {
  const std::scoped_lock lock(mutex_);
  scripts_.at(static_cast<std::size_t>(call)).push_back({false, std::move(reply)});
  changed_.notify_all();
}

void FakeRuntimeApi::script_close(ApiCall call) {
  const std::scoped_lock lock(mutex_);
  scripts_.at(static_cast<std::size_t>(call)).push_back({true, {}});
  changed_.notify_all();
}

Reply FakeRuntimeApi::event_reply(const FakeEvent& event) {
  using namespace std::chrono;
  const auto end = duration_cast<milliseconds>(system_clock::now().time_since_epoch()) + minutes(1);
  HeaderList headers = event.headers;
  for (auto& usual : HeaderList{
           {"Content-Type", "application/json"},
           {"Lambda-Runtime-Aws-Request-Id", event.request_id},
           {"Lambda-Runtime-Deadline-Ms", std::to_string(end.count())},
           {"Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:eu-north-1:012345678912:function:f"},
           {"Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"}}) {
    bool replaced = false;
    for (const auto& given : event.headers) replaced = replaced || given.first == usual.first;
    if (!replaced) headers.push_back(std::move(usual));
  }
  return http_reply(200, event.body, headers);
}

void FakeRuntimeApi::watch(std::function<std::optional<std::string>()> death) {
  death_ = std::move(death);
}

// A program has been answered before it ends, so that what it posted last is here by then.
template <class Ready>
bool FakeRuntimeApi::wait(std::unique_lock<std::mutex>& lock, Ready ready) {
  if (!death_) {
    changed_.wait(lock, ready);
    return true;
  }
  while (!ready()) {
    if (const auto reason = death_()) {
      ADD_FAILURE() << "waiting for a program that has ended: " << *reason;
      return false;
    }
    changed_.wait_for(lock, kLookAgain);
  }
  return true;
}

SeenRequest FakeRuntimeApi::wait_for(std::string_view id) {
  std::unique_lock lock(mutex_);
  SeenRequest found;
  wait(lock, [&] {
    for (const ApiCall call : {ApiCall::kResponse, ApiCall::kError})
      for (const SeenRequest& request : seen_.at(static_cast<std::size_t>(call)))
        if (request_id(request.path) == id) {
          found = request;
          return true;
        }
    return false;
  });
  return found;
}

SeenRequest FakeRuntimeApi::wait_for_call(ApiCall call, std::size_t count) {
  std::unique_lock lock(mutex_);
  const auto& calls = seen_.at(static_cast<std::size_t>(call));
  if (!wait(lock, [&] { return calls.size() >= count; })) return {};
  return calls.at(count - 1);
}

std::vector<SeenRequest> FakeRuntimeApi::seen(ApiCall call) const {
  const std::scoped_lock lock(mutex_);
  return seen_.at(static_cast<std::size_t>(call));
}

ApiCall FakeRuntimeApi::call_of(const SeenRequest& request) const {
  std::string_view path = request.path;
  if (!path.starts_with(path_)) return ApiCall::kOther;
  path.remove_prefix(path_.size());
  const bool post = request.method == "POST";
  if (path == "/2018-06-01/runtime/init/error" && post) return ApiCall::kInitError;
  if (path == "/2020-01-01/extension/register" && post) return ApiCall::kRegister;
  if (path == "/2020-01-01/extension/event/next" && !post) return ApiCall::kExtensionNext;
  if (!path.starts_with(kInvocation)) return ApiCall::kOther;
  if (path.substr(kInvocation.size()) == "next" && !post) return ApiCall::kNext;
  if (path.ends_with("/response") && post) return ApiCall::kResponse;
  if (path.ends_with("/error") && post) return ApiCall::kError;
  return ApiCall::kOther;
}

std::optional<Reply> FakeRuntimeApi::answer(const SeenRequest& request,
                                            const ScriptedServer::Gone& gone) {
  const ApiCall call = call_of(request);
  std::unique_lock lock(mutex_);
  seen_.at(static_cast<std::size_t>(call)).push_back(request);
  changed_.notify_all();

  auto& script = scripts_.at(static_cast<std::size_t>(call));
  if (call == ApiCall::kNext || call == ApiCall::kExtensionNext)
    while (script.empty() && (call == ApiCall::kExtensionNext || events_.empty())) {
      if (gone()) return std::nullopt;
      changed_.wait_for(lock, kLookAgain);
    }
  if (!script.empty()) {
    const Scripted scripted = std::move(script.front());
    script.pop_front();
    if (scripted.close_at_once) return std::nullopt;
    return scripted.reply;
  }

  switch (call) {
    case ApiCall::kNext: {
      const FakeEvent event = std::move(events_.front());
      events_.pop_front();
      open_.insert(event.request_id);
      return event_reply(event);
    }
    case ApiCall::kResponse:
    case ApiCall::kError:
      if (open_.erase(request_id(request.path)) == 0) return refusal(400, "InvalidRequestID");
      return http_reply(202, R"({"status":"OK"})");
    case ApiCall::kInitError:
      return http_reply(202, R"({"status":"OK"})");
    case ApiCall::kRegister:
      return http_reply(200, R"({"functionName":"f"})",
                        {{"Lambda-Extension-Identifier", "7d6d2b4f-extension"}});
    case ApiCall::kExtensionNext:
    case ApiCall::kOther:
      break;
  }
  return refusal(404, "NotFound");
}

}  // namespace wascc::test
