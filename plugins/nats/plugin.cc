#include "nats/messaging.h"

WASCC_PROVIDER(wascc::nats::NatsMessaging);
