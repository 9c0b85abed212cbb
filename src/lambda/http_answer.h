// An actor's HTTP answer as the JSON that the front door of its event understands
// (docs/formats/lambda-answers.md). Any thread.
#pragma once

#include <string>

#include "base/log.h"
#include "lambda/http_event.h"
#include "wascc/messages/http.h"
#include "wascc/result.h"

namespace wascc::lambda {

// The JSON to post. What no front door may be given is left out of it, with one warning a name:
// header names that are no tokens, values with control characters. kInvalid for a status that
// cannot be expressed, kTooLarge over the limit of an answer.
Result<std::string> write_http_answer(const AnswerForm& form, const HttpResponse& response,
                                      const Log& log);

}  // namespace wascc::lambda
