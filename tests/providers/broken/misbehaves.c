/* A provider with one defect, chosen by DEFECT; without it all rules of `wascc provider check`
 * hold. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wascc/provider_abi.h"

#define NONE 0
#define CRASHES 1          /* at a call */
#define NEVER_RETURNS 2    /* from a call */
#define ODD_STATUS 3       /* one that is none */
#define NO_TEXT 4          /* with an error */
#define KNOWS_EVERYTHING 5 /* succeeds at any operation */
#define WRITES_LATE 6      /* into the sink of an earlier call */
#define LEAVES_A_THREAD 7  /* when it stops */
#define LOGS_LEVEL_9 8
#define DISPATCHES_EARLY 9 /* before it was started */
#define CHANGES 10         /* its description */
#define EXITS 11           /* the whole process */
#define TRUSTS_ACTORS 12   /* with operations of the host */

static const wascc_host_api* host;
static _Thread_local wascc_sink earlier;
static _Atomic int described;

static wascc_status give(const wascc_sink* sink, wascc_status status, const char* text) {
  sink->write(sink->context, text, strlen(text));
  return status;
}

static int is(wascc_bytes bytes, const char* text) {
  return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

static wascc_status create(const wascc_host_api* given, void** instance, const wascc_sink* error) {
  (void)instance, (void)error;
  host = given;
  return WASCC_OK;
}
static void destroy(void* instance) { (void)instance; }

static wascc_status describe(void* instance, const wascc_sink* answer) {
  char descriptor[] =
      "\x86\xA2id\xABtest:defect\xA4name\xA6"
      "Defect\xA7version\xA5"
      "1.0.0\xA8revision\x01\xB0long_description\xA0\xB4supported_operations\x90";
  (void)instance;
  if (DEFECT == CHANGES) memcpy(strstr(descriptor, "1.0.0"), described++ ? "1.0.1" : "1.0.0", 5);
  answer->write(answer->context, descriptor, sizeof descriptor - 1);
  if (DEFECT == DISPATCHES_EARLY && host != NULL) {
    const wascc_call call = {sizeof call, {"M", 1}, {"x", 1}, {NULL, 0}, WASCC_NO_DEADLINE};
    host->dispatch(host->context, &call, answer);
    answer->write(answer->context, descriptor, sizeof descriptor - 1);
  }
  return WASCC_OK;
}

static void* wait_for_ever(void* unused) {
  (void)unused;
  for (;;) pause();
}

static wascc_status start(void* instance, const wascc_sink* error) {
  (void)instance, (void)error;
  host->log(host->context, DEFECT == LOGS_LEVEL_9 ? 9 : 3, (wascc_bytes){"started", 7});
  if (DEFECT == LEAVES_A_THREAD) {
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
  }
  return WASCC_OK;
}

/* Whether a configuration begins as one does: a map whose first key is "module", and a text. */
static int whole(wascc_bytes payload) {
  const unsigned char* byte = payload.data;
  return payload.size > 9 && byte[0] == 0x82 && memcmp(byte + 1, "\xA6module\xD9", 8) == 0;
}

static wascc_status handle_call(void* instance, const wascc_call* call, const wascc_sink* answer) {
  (void)instance;
  if (is(call->operation, "BindActor") || is(call->operation, "RemoveActor")) {
    if (DEFECT != TRUSTS_ACTORS && !is(call->actor, "system"))
      return give(answer, WASCC_DENIED, "bad dispatch");
    return whole(call->payload) ? WASCC_OK : give(answer, WASCC_MALFORMED, "no configuration");
  }
  if (DEFECT == CRASHES) abort();
  if (DEFECT == EXITS) _exit(3);
  if (DEFECT == NEVER_RETURNS) wait_for_ever(NULL);
  if (DEFECT == ODD_STATUS) return give(answer, 99, "odd");
  if (DEFECT == NO_TEXT) return WASCC_UNSUPPORTED;
  if (DEFECT == KNOWS_EVERYTHING) return WASCC_OK;
  if (DEFECT == WRITES_LATE) {
    if (earlier.write != NULL) earlier.write(earlier.context, "late", 4);
    earlier = *answer;
  }
  return give(answer, WASCC_UNSUPPORTED, "bad dispatch");
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
