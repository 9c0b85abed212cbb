// An InvocationError on its way out: the JSON body and the two headers that Lambda reads.
// docs/formats/runtime-api.md, "Errors".
#pragma once

#include <string>
#include <string_view>

#include "lambda/invocation.h"

namespace wascc::lambda {

// The type itself if Lambda would take it: (Runtime|Function)\.[A-Z][a-zA-Z]+ and nothing else.
// Otherwise what Lambda would put in its place.
std::string reportable_type(std::string_view type);

// {"errorMessage":…,"errorType":…,"stackTrace":[…]}; message and trace cut to their limits, an
// empty trace left out.
std::string error_body(const InvocationError& error);

// The value of the X-Ray header: one line of ASCII. Empty, which means no header, if the trace is
// not sampled or the cause would be too long.
std::string error_cause(const InvocationError& error, std::string_view trace_id);

}  // namespace wascc::lambda
