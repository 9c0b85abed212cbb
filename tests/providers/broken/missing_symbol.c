/* A provider that calls what nobody defines. */
#include "wascc/provider_abi.h"

const wascc_provider_api* nobody_defines_this(void);
const wascc_provider_api* wascc_capability_provider_v1(void) { return nobody_defines_this(); }
