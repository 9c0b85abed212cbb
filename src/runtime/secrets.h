// Values of bindings that stand elsewhere: in a file, or with Lambda's extension for parameters and
// secrets (docs/manifest.md, "Secrets"). No value is ever part of an error or of the log.
#pragma once

#include "manifest/expand.h"
#include "manifest/manifest.h"
#include "runtime/deployment.h"
#include "wascc/result.h"

namespace wascc::runtime {

// Puts the secrets of the binding among its values. Errors begin with the place in the manifest and
// name the key. The extension is asked at PARAMETERS_SECRETS_EXTENSION_HTTP_PORT of this machine,
// 2773 without that variable, with AWS_SESSION_TOKEN as its token.
Status look_up_secrets(manifest::Binding& binding, const Deployment& deployment,
                       const manifest::Environment& environment);

}  // namespace wascc::runtime
