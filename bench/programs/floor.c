#define _GNU_SOURCE
// The floor that every runtime stands on: a Runtime API client of raw sockets with a fixed answer.
// It reads no JSON and checks nothing; nobody should run it for anything but comparison.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static char in[8 << 20];

// Reads one response; the whole head and body are in `in`.
static int read_response(int fd) {
  size_t have = 0;
  for (;;) {
    ssize_t got = read(fd, in + have, sizeof in - 1 - have);
    if (got <= 0) return -1;
    have += (size_t)got;
    in[have] = 0;
    char* end = strstr(in, "\r\n\r\n");
    if (end == NULL) continue;
    char* length = strcasestr(in, "\r\ncontent-length:");
    size_t need = (size_t)(end - in) + 4 + (length != NULL ? (size_t)atol(length + 17) : 0);
    if (have >= need) return 0;
  }
}

int main(void) {
  const char* api = getenv("AWS_LAMBDA_RUNTIME_API");
  if (api == NULL) return 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons((unsigned short)atoi(strchr(api, ':') + 1));
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, (struct sockaddr*)&address, sizeof address) != 0) return 1;
  static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";
  static const char body[] =
      "{\"statusCode\":200,\"headers\":{\"content-type\":\"application/"
      "json\"},\"body\":\"{\\\"path\\\":\\\"/my/path\\\"}\","
      "\"isBase64Encoded\":false}";
  char out[1024];
  for (;;) {
    if (write(fd, next, sizeof next - 1) < 0 || read_response(fd) != 0) return 1;
    char* id = strcasestr(in, "lambda-runtime-aws-request-id: ") + 31;
    int size = snprintf(
        out, sizeof out,
        "POST /2018-06-01/runtime/invocation/%.36s/response HTTP/1.1\r\nHost: x\r\nContent-Type: "
        "application/json\r\nContent-Length: %zu\r\n\r\n%s",
        id, sizeof body - 1, body);
    if (write(fd, out, (size_t)size) < 0 || read_response(fd) != 0) return 1;
  }
}
