// How large an answer may be.
#pragma once

#include <cstddef>
#include <string>

#include "wascc/result.h"

namespace wascc::lambda {

// 6 MiB and 100 bytes (docs/formats/lambda-answers.md, "Size"). Lambda refuses more itself, but
// after the upload, and without a word in the log.
inline constexpr std::size_t kMaxAnswerBytes = 6'291'556;

// kTooLarge, with both sizes.
inline Status check_answer_size(std::size_t bytes) {
  if (bytes <= kMaxAnswerBytes) return {};
  return Error(Errc::kTooLarge, "the answer has " + std::to_string(bytes) +
                                    " bytes, and Lambda takes at most " +
                                    std::to_string(kMaxAnswerBytes));
}

}  // namespace wascc::lambda
