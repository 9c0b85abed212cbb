// The settings of the manifest in the words of lambda/: the two layers do not know each other.
#pragma once

#include "lambda/event_handler.h"
#include "manifest/settings.h"

namespace wascc::runtime {

inline lambda::EventSettings event_settings(const manifest::Settings& settings) {
  lambda::EventSettings result;
  result.http.stage_in_path = settings.stage_in_path == manifest::StageInPath::kKeep
                                  ? lambda::StageInPath::kKeep
                                  : lambda::StageInPath::kStrip;
  result.http.base_path = settings.base_path;
  result.context_headers = settings.context_headers;
  result.error_policy = settings.error_policy == manifest::ErrorPolicy::kHttp500
                            ? lambda::ErrorPolicy::kHttp500
                            : lambda::ErrorPolicy::kError;
  return result;
}

}  // namespace wascc::runtime
