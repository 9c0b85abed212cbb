/* example:shout in plain C, on the C interface alone: for tests. Its MessagePack is just enough for
 * them. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "wascc/provider_abi.h"

enum { kActors = 64, kKey = 56, kEnd = 31 };

typedef struct shout {
  const wascc_host_api* host;
  pthread_mutex_t mutex;
  struct {
    char actor[kKey + 1];
    char end[kEnd + 1];
  } bound[kActors]; /* under mutex; a free place has no actor */
} shout;

typedef struct reader {
  const uint8_t* at;
  const uint8_t* end;
} reader;

static wascc_status give(const wascc_sink* sink, wascc_status status, const char* text) {
  sink->write(sink->context, text, strlen(text));
  return status;
}

static int is(wascc_bytes bytes, const char* text) {
  return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

/* A big-endian number of `count` bytes; 0 if there are fewer. */
static int number(reader* in, size_t count, size_t* value) {
  if ((size_t)(in->end - in->at) < count) return 0;
  *value = 0;
  while (count-- > 0) *value = *value << 8 | *in->at++;
  return 1;
}

/* A MessagePack text; 0 if there is none. */
static int text(reader* in, wascc_bytes* found) {
  size_t first, size;
  if (!number(in, 1, &first)) return 0;
  if (first >= 0xA0 && first <= 0xBF) {
    size = first & 0x1F;
  } else if (first >= 0xD9 && first <= 0xDB) {
    if (!number(in, (size_t)1 << (first - 0xD9), &size)) return 0;
  } else {
    return 0;
  }
  if ((size_t)(in->end - in->at) < size) return 0;
  found->data = in->at;
  found->size = size;
  in->at += size;
  return 1;
}

/* How many members the map has; 0 if there is none. */
static int map(reader* in, size_t* members) {
  if (!number(in, 1, members)) return 0;
  if (*members == 0xDE) return number(in, 2, members);
  if (*members < 0x80 || *members > 0x8F) return 0;
  *members &= 0x0F;
  return 1;
}

static wascc_status create(const wascc_host_api* host, void** instance, const wascc_sink* error) {
  shout* self = calloc(1, sizeof *self);
  if (self == NULL) return give(error, WASCC_PROVIDER_FAILED, "no memory");
  self->host = host;
  pthread_mutex_init(&self->mutex, NULL);
  *instance = self;
  return WASCC_OK;
}

static void destroy(void* instance) {
  shout* self = instance;
  pthread_mutex_destroy(&self->mutex);
  free(self);
}

static wascc_status describe(void* instance, const wascc_sink* answer) {
  static const char kDescriptor[] =
      "\x86\xA2id\xAD"
      "example:shout\xA4name\xA5Shout\xA7version\xA5"
      "1.0.0\xA8revision\x01\xB0long_description\xA0\xB4supported_operations\x91\x83\xA4name\xA5"
      "Shout\xA9"
      "direction\x01\xA7"
      "doctext\xA0";
  (void)instance;
  answer->write(answer->context, kDescriptor, sizeof kDescriptor - 1);
  return WASCC_OK;
}

static wascc_status start(void* instance, const wascc_sink* error) {
  shout* self = instance;
  static const char kText[] = "started";
  (void)error;
  self->host->log(self->host->context, 4, (wascc_bytes){kText, sizeof kText - 1});
  return WASCC_OK;
}

/* The place of an actor, or a free one for "". Called under the mutex. */
static int place(const shout* self, wascc_bytes actor) {
  for (int i = 0; i < kActors; ++i)
    if (is(actor, self->bound[i].actor)) return i;
  return -1;
}

static wascc_status bind(shout* self, wascc_bytes payload, const wascc_sink* answer) {
  reader in = {payload.data, (const uint8_t*)payload.data + payload.size};
  wascc_bytes key, actor = {NULL, 0}, end = {"!", 1};
  size_t members, values;
  if (payload.size == 0 || !map(&in, &members)) return give(answer, WASCC_MALFORMED, "no map");
  while (members-- > 0) {
    if (!text(&in, &key)) return give(answer, WASCC_MALFORMED, "a key that is no text");
    if (is(key, "module")) {
      if (!text(&in, &actor)) return give(answer, WASCC_MALFORMED, "module is no text");
      continue;
    }
    if (!map(&in, &values)) return give(answer, WASCC_MALFORMED, "values are no map");
    while (values-- > 0) {
      wascc_bytes value;
      if (!text(&in, &key) || !text(&in, &value))
        return give(answer, WASCC_MALFORMED, "a value that is no text");
      if (is(key, "END")) end = value;
    }
  }
  if (actor.size == 0 || actor.size > kKey) return give(answer, WASCC_MALFORMED, "no module");
  if (end.size == 0 || end.size > kEnd) return give(answer, WASCC_INVALID, "END is empty or long");
  pthread_mutex_lock(&self->mutex);
  int at = place(self, actor);
  if (at < 0) at = place(self, (wascc_bytes){"", 0});
  if (at >= 0) {
    memset(&self->bound[at], 0, sizeof self->bound[at]);
    memcpy(self->bound[at].actor, actor.data, actor.size);
    memcpy(self->bound[at].end, end.data, end.size);
  }
  pthread_mutex_unlock(&self->mutex);
  return at >= 0 ? WASCC_OK : give(answer, WASCC_TOO_LARGE, "too many actors");
}

static wascc_status unbind(shout* self, wascc_bytes payload, const wascc_sink* answer) {
  reader in = {payload.data, (const uint8_t*)payload.data + payload.size};
  wascc_bytes key, actor;
  size_t members;
  if (payload.size == 0 || !map(&in, &members) || !text(&in, &key) || !is(key, "module") ||
      !text(&in, &actor))
    return give(answer, WASCC_MALFORMED, "no module");
  pthread_mutex_lock(&self->mutex);
  const int at = actor.size == 0 ? -1 : place(self, actor);
  if (at >= 0) memset(&self->bound[at], 0, sizeof self->bound[at]);
  pthread_mutex_unlock(&self->mutex);
  return WASCC_OK;
}

static wascc_status say(shout* self, const wascc_call* call, const wascc_sink* answer) {
  reader in = {call->payload.data, (const uint8_t*)call->payload.data + call->payload.size};
  wascc_bytes key, said;
  size_t members;
  char end[kEnd + 1];
  if (call->payload.size == 0 || !map(&in, &members) || members != 1 || !text(&in, &key) ||
      !is(key, "text") || !text(&in, &said))
    return give(answer, WASCC_MALFORMED, "Failed to de-serialize: text");
  pthread_mutex_lock(&self->mutex);
  const int at = call->actor.size == 0 ? -1 : place(self, call->actor);
  if (at >= 0) memcpy(end, self->bound[at].end, sizeof end);
  pthread_mutex_unlock(&self->mutex);
  if (at < 0) return give(answer, WASCC_DENIED, "no binding");

  const size_t size = said.size + strlen(end);
  uint8_t* out = malloc(size + 11);
  if (out == NULL) return give(answer, WASCC_PROVIDER_FAILED, "no memory");
  memcpy(out, "\x81\xA4text\xDB", 7);
  for (int i = 0; i < 4; ++i) out[7 + i] = (uint8_t)(size >> (24 - 8 * i));
  for (size_t i = 0; i < said.size; ++i) {
    const uint8_t c = ((const uint8_t*)said.data)[i];
    out[11 + i] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
  }
  memcpy(out + 11 + said.size, end, strlen(end));
  answer->write(answer->context, out, size + 11);
  free(out);
  return WASCC_OK;
}

static wascc_status handle_call(void* instance, const wascc_call* call, const wascc_sink* answer) {
  shout* self = instance;
  if (is(call->actor, "system")) {
    if (is(call->operation, "BindActor")) return bind(self, call->payload, answer);
    if (is(call->operation, "RemoveActor")) return unbind(self, call->payload, answer);
  } else if (is(call->operation, "Shout")) {
    return say(self, call, answer);
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
