/* The C interface between a host and a native provider: a shared library that serves a capability.
 * Version 1. Plain C; a provider in any language can implement it. C++ has <wascc/provider.hpp>,
 * which makes a provider of a class; docs/providers-native.md shows both.
 *
 * The library exports one function, wascc_capability_provider_v1, which answers a table of
 * functions. The host makes an instance for each binding name under which the provider is listed,
 * and calls, in this order:
 *
 *   create, describe, start, then handle_call any number of times, stop, destroy
 *
 * describe may be called again at any time until destroy. A failed create leaves no instance; after
 * a failed start comes destroy alone. The library is never unloaded.
 *
 * Threads   create, start, stop and destroy: one at a time, no other call of this instance at the
 * same time, except that calls of the host table may come from threads of the provider's own.
 *           describe and handle_call: any thread, any number at once, also while a dispatch of this
 *           instance runs. They may block, until call->deadline_ns.
 * Memory    Whatever a function is given, pointed-to bytes included, is borrowed until it returns,
 * but the host table (see there). An answer goes to a sink, which copies it at once. So nothing is
 * ever freed by the other side. Texts     UTF-8, pointer and length, not terminated; data may be
 * NULL where size is 0. Errors    A function that can fail answers WASCC_OK or a code below, and
 * gives its sink a sentence for a person. An error never unloads a provider. Unwinding No
 * exception, panic or longjmp leaves a function of either side. Growth    Fields are only ever
 * added, at the end; `size` says how many there are. Read a field only if the other side's `size`
 * covers it. What is renumbered or changed gets a new version and a new exported name. */
#ifndef WASCC_PROVIDER_ABI_H_
#define WASCC_PROVIDER_ABI_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WASCC_PROVIDER_ABI_VERSION 1U
/* The name of the exported function, for dlsym. */
#define WASCC_PROVIDER_ENTRY "wascc_capability_provider_v1"

/* Status codes: 0, or what the other side decides by. A code that is not listed counts as
 * WASCC_PROVIDER_FAILED. */
typedef int32_t wascc_status;
enum {
  WASCC_OK = 0,
  WASCC_MALFORMED = 1,        /* bytes that do not follow their format */
  WASCC_INVALID = 2,          /* an argument or setting that makes no sense */
  WASCC_DENIED = 3,           /* not authorised */
  WASCC_NOT_FOUND = 4,        /* not there */
  WASCC_EXISTS = 5,           /* the same thing a second time */
  WASCC_UNSUPPORTED = 6,      /* an operation that the provider does not know */
  WASCC_TOO_LARGE = 7,        /* over a limit */
  WASCC_TRAP = 8,             /* from dispatch: the actor trapped */
  WASCC_TIMEOUT = 9,          /* stopped at the deadline */
  WASCC_OUT_OF_MEMORY = 10,   /* from dispatch: the actor ran into its memory limit */
  WASCC_GUEST = 11,           /* from dispatch: the actor answered with an error of its own */
  WASCC_PROVIDER_FAILED = 12, /* the provider failed */
  WASCC_UNAVAILABLE = 13,     /* input, output or network failed */
  WASCC_INTERNAL = 14         /* a mistake in the code that answers */
};

/* Borrowed bytes, or a borrowed text. */
typedef struct wascc_bytes {
  const void* data;
  size_t size;
} wascc_bytes;

/* Where an answer or an error text goes. Valid until the function that was given it returns, on the
 * calling thread alone. What it is given last counts, so that an error replaces half an answer;
 * without any the answer is empty. The host takes answers of up to 64 MiB. */
typedef struct wascc_sink {
  void* context;
  void (*write)(void* context, const void* data, size_t size); /* copies at once */
} wascc_sink;

#define WASCC_NO_DEADLINE INT64_MAX

/* One operation, asked of a provider by an actor or the host, or of an actor by a provider. */
typedef struct wascc_call {
  size_t size; /* sizeof(wascc_call), as the caller knows it */
  /* handle_call: who asks, an actor's public key (M…), or "system": the host itself.
   * dispatch: which actor is asked. */
  wascc_bytes actor;
  wascc_bytes operation; /* for example "HandleRequest" */
  /* MessagePack (docs/formats/messages.md). handle_call: as the actor sent it, so not to be
   * trusted. */
  wascc_bytes payload;
  /* When the call must have ended: nanoseconds of CLOCK_MONOTONIC, or WASCC_NO_DEADLINE. Pass it on
   * in a dispatch that serves this call. */
  int64_t deadline_ns;
} wascc_call;

/* What the host offers an instance. Valid until destroy returns; any thread. */
typedef struct wascc_host_api {
  uint32_t abi_version; /* WASCC_PROVIDER_ABI_VERSION */
  size_t size;          /* sizeof(wascc_host_api), as the host knows it */
  void* context;        /* first argument of the functions */
  wascc_bytes version;  /* of the host, for a log line */
  /* Calls an actor that is bound to this instance, and blocks until it answered: WASCC_OK and the
   * answer, or a code and the error text. From start until stop returns; outside of that
   * WASCC_UNAVAILABLE. Calling an actor that waits for this very call on the same thread is refused
   * with WASCC_DENIED. */
  wascc_status (*dispatch)(void* context, const wascc_call* call, const wascc_sink* answer);
  /* One line for the host's log; level 1 error, 2 warn, 3 info, 4 debug, 5 trace. Never payloads or
   * secrets. From create until destroy returns. */
  void (*log)(void* context, uint32_t level, wascc_bytes text);
  /* Not in the first hosts: look at `size`. For handle_call, whose actor waits and so cannot be
   * called: runs work(data) once, on this thread, when the call that the actor serves here has
   * returned, however it ended, and before its answer goes to whoever made it; at once, if this
   * thread serves no call of the actor. `work` may dispatch; it may find that the instance was
   * stopped meanwhile, and runs before destroy. On an error it has not run and never will. */
  wascc_status (*after_call)(void* context, wascc_bytes actor, void (*work)(void* data),
                             void* data);
} wascc_host_api;

/* What a provider offers the host: constant, as long as the library is loaded. */
typedef struct wascc_provider_api {
  uint32_t abi_version; /* WASCC_PROVIDER_ABI_VERSION */
  size_t size;          /* sizeof(wascc_provider_api), as the provider knows it */
  /* Makes an instance: no threads, no network yet. *instance is what all other functions get; NULL
   * is as good as any other value. */
  wascc_status (*create)(const wascc_host_api* host, void** instance, const wascc_sink* error);
  /* Ends the instance. */
  void (*destroy)(void* instance);
  /* Answers a CapabilityDescriptor (docs/formats/messages.md); the same each time. */
  wascc_status (*describe)(void* instance, const wascc_sink* answer);
  /* From here on the instance may dispatch. */
  wascc_status (*start)(void* instance, const wascc_sink* error);
  /* Serves one operation. From "system" come BindActor, with the values of a new or changed
   * binding, and RemoveActor, with a binding that ended, both with a CapabilityConfiguration as
   * payload; refuse them from anyone else. A failed BindActor leaves the binding as it was before;
   * RemoveActor of an actor that is not bound is no error. An actor's operations come only after
   * its BindActor, and an operation that is not known is WASCC_UNSUPPORTED, "bad dispatch". */
  wascc_status (*handle_call)(void* instance, const wascc_call* call, const wascc_sink* answer);
  /* Ends all work: after it returns no thread of this instance runs, and no dispatch. */
  void (*stop)(void* instance);
} wascc_provider_api;

/* What each of the three had from the first: a table that says less is broken. */
#define WASCC_CALL_MIN_SIZE (offsetof(wascc_call, deadline_ns) + sizeof(int64_t))
#define WASCC_HOST_API_MIN_SIZE (offsetof(wascc_host_api, log) + sizeof(void*))
#define WASCC_PROVIDER_API_MIN_SIZE (offsetof(wascc_provider_api, stop) + sizeof(void*))

/* What the library exports. Never NULL. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const wascc_provider_api*
wascc_capability_provider_v1(void);

#ifdef __cplusplus
}
#endif

#endif /* WASCC_PROVIDER_ABI_H_ */
