#include "lambda/event_handler.h"

#include <utility>

#include "base/json.h"
#include "lambda/answer_size.h"
#include "lambda/http_answer.h"
#include "lambda/invocation_error.h"
#include "wascc/msgpack.h"

namespace wascc::lambda {
namespace {

// An event is what its top and its requestContext say, however deep the rest is nested.
constexpr json::ParseLimits kEventLimits{.depth = 1000};

EventOutcome failed(std::string_view type, const Error& error) {
  return {std::nullopt, invocation_error(type, error)};
}

EventOutcome answered(EventAnswer answer) { return {std::move(answer), std::nullopt}; }

EventOutcome undecodable(const Error& error) {
  return failed(kInvalidActorReply, error.context("Failed to deserialize actor's response"));
}

EventOutcome unwritable(const Error& error) {
  return failed(error.code() == Errc::kTooLarge ? kResponseSizeTooLarge : kInvalidHttpResponse,
                error);
}

// Says no more than that: the internet gets to see it, and the log has the rest.
HttpResponse internal_server_error() {
  HttpResponse response;
  response.status_code = 500;
  response.header.emplace_back("content-type", "application/json");
  response.body = to_bytes(std::string_view(R"({"message":"Internal Server Error"})"));
  return response;
}

// JSON that a caller may have put together badly; nothing is null.
void write_foreign(json::Writer& json, const std::string& text) {
  if (text.empty()) {
    json.null();
  } else if (const Result<json::Document> document = json::Document::parse(text)) {
    json.raw(document->root().dump());
  } else {
    json.string(text);
  }
}

// The members that the AWS Lambda Web Adapter sends under this name, and the tenant.
std::string lambda_context(const Invocation& invocation) {
  std::string text;
  json::Writer json(text);
  json.begin_object();
  json.key("request_id").string(invocation.request_id);
  json.key("deadline").number(invocation.deadline_ms);
  json.key("invoked_function_arn").string(invocation.function_arn);
  json.key("xray_trace_id").string(invocation.trace_id);
  write_foreign(json.key("client_context"), invocation.client_context);
  write_foreign(json.key("identity"), invocation.cognito_identity);
  json.key("tenant_id").string(invocation.tenant_id);
  json.end_object();
  return text;
}

}  // namespace

ByteView EventAnswer::bytes() const {
  if (const auto* json = std::get_if<std::string>(&body_)) return as_bytes(*json);
  return *std::get_if<Bytes>(&body_);
}

std::string_view EventAnswer::content_type() const {
  return std::holds_alternative<std::string>(body_) ? "application/json"
                                                    : "application/octet-stream";
}

// An event on its way to an actor.
struct EventHandler::Call {
  EventProvider& provider;
  std::string actor;
  Deadline deadline;
  const Log& log;

  Result<Bytes> dispatch(ByteView payload) const {
    return provider.dispatch(actor, payload, deadline);
  }
  EventOutcome dispatch_failed(const Error& error) const {
    const std::string what =
        "Guest " + actor + " failed to handle " + std::string(provider.capability().operation);
    return failed(error_type(error.code()), error.context(what));
  }
};

// An event as far as it could be read; the last two members are an HTTP event's.
struct EventHandler::Request {
  EventKind kind = EventKind::kRaw;
  AnswerForm form;
  Bytes payload;
};

EventOutcome EventHandler::handle(Invocation& invocation, Deadline deadline, const Log& log) const {
  const Call http{http_, http_.actor(), deadline, log};
  const Call raw{raw_, raw_.actor(), deadline, log};
  if (http.actor.empty() && raw.actor.empty())
    return failed(
        kInvalidConfiguration,
        Error(Errc::kNotFound, "no actor is authorised for wascc:http_server or awslambda:event"));

  EventKind kind = EventKind::kRaw;
  if (!http.actor.empty()) {
    const Result<Request> request = read_request(invocation);
    if (!request) return failed(kUnmarshalError, request.error());
    kind = request->kind;
    if (is_http(kind)) return with_policy(request->form, handle_http(http, *request), log);
  }
  if (!raw.actor.empty()) return handle_raw(raw, std::move(invocation.event));
  return failed(kActorError, Error(Errc::kUnsupported,
                                   "Guest " + http.actor + " cannot handle this event (" +
                                       std::string(name_of(kind)) +
                                       "): it is no HTTP request, and the actor is not bound to "
                                       "awslambda:event"));
}

// Of an HTTP event nothing is left in memory afterwards but the message for the actor.
Result<EventHandler::Request> EventHandler::read_request(Invocation& invocation) const {
  Request request;
  const Result<json::Document> document =
      json::Document::parse_in_place(as_text(invocation.event), kEventLimits);
  if (!document) return request;
  request.kind = kind_of(document->root());
  if (!is_http(request.kind)) return request;

  WASCC_TRY(HttpEvent event, read_http_event(request.kind, document->root(), settings_.http));
  if (settings_.context_headers)
    add_context_headers(event, document->root(), lambda_context(invocation), invocation.trace_id);
  request.form = event.answer;
  invocation.event = {};  // and with it what the document refers to
  request.payload = encode(narrow(std::move(event)));
  return request;
}

EventOutcome EventHandler::handle_http(const Call& call, const Request& request) const {
  const Result<Bytes> reply = call.dispatch(request.payload);
  if (!reply) return call.dispatch_failed(reply.error());
  const Result<HttpResponse> response = decode<HttpResponse>(*reply);
  if (!response) return undecodable(response.error());
  Result<std::string> answer = write_http_answer(request.form, *response, call.log);
  if (!answer) return unwritable(answer.error());
  return answered(EventAnswer(*std::move(answer)));
}

EventOutcome EventHandler::with_policy(const AnswerForm& form, EventOutcome outcome,
                                       const Log& log) const {
  const bool actor_failed = outcome.error && outcome.error->type.starts_with("Function.");
  if (settings_.error_policy != ErrorPolicy::kHttp500 || !actor_failed) return outcome;
  if (Result<std::string> answer = write_http_answer(form, internal_server_error(), log))
    outcome.answer.emplace(*std::move(answer));
  return outcome;
}

EventOutcome EventHandler::handle_raw(const Call& call, Bytes event) const {
  const Result<Bytes> reply = call.dispatch(encode(Event{std::move(event)}));
  if (!reply) return call.dispatch_failed(reply.error());
  Result<EventResponse> response = decode<EventResponse>(*reply);
  if (!response) return undecodable(response.error());
  if (const Status size = check_answer_size(response->body.size()); !size)
    return failed(kResponseSizeTooLarge, size.error());
  return answered(EventAnswer(std::move(response->body)));
}

}  // namespace wascc::lambda
