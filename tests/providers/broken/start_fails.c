/* A provider that cannot start. */
#include <string.h>

#include "wascc/provider_abi.h"

static wascc_status create(const wascc_host_api* host, void** instance, const wascc_sink* error) {
  (void)host, (void)instance, (void)error;
  return WASCC_OK;
}
static void destroy(void* instance) { (void)instance; }
static wascc_status describe(void* instance, const wascc_sink* answer) {
  static const char kDescriptor[] =
      "\x86\xA2id\xABtest:broken\xA4name\xA6"
      "Broken\xA7version\xA5"
      "1.0.0\xA8revision\x01\xB0long_description\xA0\xB4supported_operations\x90";
  (void)instance;
  answer->write(answer->context, kDescriptor, sizeof kDescriptor - 1);
  return WASCC_OK;
}
static wascc_status start(void* instance, const wascc_sink* error) {
  static const char kText[] = "no server at 127.0.0.1:1";
  (void)instance;
  error->write(error->context, kText, strlen(kText));
  return WASCC_UNAVAILABLE;
}
static wascc_status handle_call(void* instance, const wascc_call* call, const wascc_sink* answer) {
  (void)instance, (void)call, (void)answer;
  return WASCC_UNSUPPORTED;
}
static void stop(void* instance) { (void)instance; }

const wascc_provider_api* wascc_capability_provider_v1(void) {
  static const wascc_provider_api kTable = {WASCC_PROVIDER_ABI_VERSION,
                                            sizeof(wascc_provider_api),
                                            create,
                                            destroy,
                                            describe,
                                            start,
                                            handle_call,
                                            stop};
  return &kTable;
}
