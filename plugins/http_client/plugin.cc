// The way in for the host.
#include "provider.h"
#include "wascc/provider.hpp"

WASCC_PROVIDER(wascc::http_client::HttpClientProvider);
