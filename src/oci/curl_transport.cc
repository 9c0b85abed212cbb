#include "oci/curl_transport.h"

#include <limits>
#include <utility>

namespace wascc::oci {

CurlTransport::CurlTransport(std::string roots)
    : client_({std::move(roots), {}, std::numeric_limits<std::size_t>::max()}) {}

Result<Answer> CurlTransport::get(const Request& request) {
  curl::Request asked;
  asked.url = request.url;
  asked.headers = request.headers;
  asked.timeout = request.timeout;
  asked.max_answer_bytes = request.max_bytes;
  WASCC_TRY(curl::Answer answer, client_.perform(asked));
  return Answer{answer.status, std::move(answer.headers), std::move(answer.body)};
}

}  // namespace wascc::oci
