// Signed requests to S3, and what their refusals mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "curl/client.h"
#include "s3/settings.h"
#include "wascc/deadline.h"
#include "wascc/result.h"

namespace wascc::s3 {

// The settings of one binding and its connections. Any thread.
class Connection {
 public:
  explicit Connection(Settings settings);

  // Of an object, or of the bucket where `key` is empty; `query` is encoded.
  std::string url(std::string_view bucket, std::string_view key = "",
                  std::string_view query = "") const;
  const std::string& region() const { return settings_.region; }

  // Signs and sends it, again if S3 failed to serve it: asking twice is harmless for all that is
  // asked here. The answer has whatever status it has. `moved` is how many bytes of a blob come or
  // go. The request's own time limit is ignored.
  Result<curl::Answer> ask(curl::Request request, Deadline deadline, std::uint64_t moved = 0);

 private:
  const Settings settings_;
  curl::Client client_;
};

bool succeeded(const curl::Answer& answer);
// Of an answer that did not: S3's own code and words, after what was being done.
Error refusal(const curl::Answer& answer, const std::string& doing);

}  // namespace wascc::s3
