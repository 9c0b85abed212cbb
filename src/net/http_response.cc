// The one file that sees the HTTP library; its parser reports events, and no socket of it is used.
#include "net/http_response.h"

#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <utility>

#include "base/same_name.h"

namespace wascc::net {
namespace {

namespace http = boost::beast::http;
using Code = boost::beast::error_code;
using Text = boost::beast::string_view;

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
  std::string_view rest = text_;
  for (const Field& field : fields_) {
    if (same_name(rest.substr(0, field.name_size), name))
      return rest.substr(field.name_size, field.value_size);
    rest.remove_prefix(field.name_size + field.value_size);
  }
  return {};
}

struct HttpResponseParser::Impl {
  // Made anew for every message, as the library wants it; it owns nothing that would be worth
  // keeping.
  class Parser final : public http::basic_parser<false> {
   public:
    Parser(HttpResponse& response, std::size_t max_body) : response_(response) {
      header_limit(kMaxHttpHeaderBytes);
      body_limit(max_body);
      eager(true);
    }
    bool interim() const { return response_.status_ / 100 == 1; }

   private:
    void on_request_impl(http::verb, Text, Text, int, Code&) override {}
    void on_response_impl(int status, Text, int, Code&) override { response_.status_ = status; }
    void on_field_impl(http::field, Text name, Text value, Code&) override {
      if (in_body_) return;  // a trailer
      response_.fields_.push_back({name.size(), value.size()});
      response_.text_.append(name.data(), name.size()).append(value.data(), value.size());
    }
    void on_header_impl(Code&) override { in_body_ = true; }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override {
      if (length) response_.body_.reserve(static_cast<std::size_t>(*length));  // within the limit
    }
    std::size_t on_body_impl(Text body, Code&) override {
      const ByteView bytes = as_bytes({body.data(), body.size()});
      response_.body_.insert(response_.body_.end(), bytes.data(), bytes.data() + bytes.size());
      return body.size();
    }
    void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code& failed) override {
      return on_body_impl(body, failed);
    }
    void on_finish_impl(Code&) override {}

    HttpResponse& response_;
    bool in_body_ = false;
  };

  void restart() {
    response->status_ = 0;
    response->text_.clear();
    response->fields_.clear();
    response->body_.clear();
    parser.emplace(*response, max_body);
  }

  HttpResponse* response = nullptr;
  std::size_t max_body = 0;
  std::optional<Parser> parser;
};

HttpResponseParser::HttpResponseParser() : impl_(std::make_unique<Impl>()) {}
HttpResponseParser::~HttpResponseParser() = default;

void HttpResponseParser::start(HttpResponse& response, std::size_t max_body) {
  impl_->response = &response;
  impl_->max_body = max_body;
  impl_->restart();
}

Result<std::size_t> HttpResponseParser::put(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !done()) {
    Code failed;
    used += impl_->parser->put({bytes.data() + used, bytes.size() - used}, failed);
    if (failed == http::error::need_more) break;
    if (failed) {
      const bool too_large =
          failed == http::error::body_limit || failed == http::error::header_limit;
      return Error(too_large ? Errc::kTooLarge : Errc::kMalformed,
                   "HTTP answer: " + failed.message());
    }
    // "100 Continue" and its like announce the answer proper.
    if (impl_->parser->is_done() && impl_->parser->interim()) impl_->restart();
  }
  return used;
}

Status HttpResponseParser::put_end() {
  Code failed = http::error::partial_message;
  if (impl_->parser->got_some()) impl_->parser->put_eof(failed);
  if (failed) return Error(Errc::kUnavailable, "the connection ended before the answer did");
  return {};
}

bool HttpResponseParser::done() const { return impl_->parser->is_done(); }

bool HttpResponseParser::keep_alive() const { return done() && impl_->parser->keep_alive(); }

}  // namespace wascc::net
