#include "curl/client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>

namespace wascc::curl {
namespace {

constexpr std::size_t kKeptHandles = 8;
constexpr std::size_t kMaxHeaderBytes = std::size_t{256} << 10;
constexpr long kConnectTimeoutMs = 10'000;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// What one transfer is about, for the callbacks.
struct Transfer {
  const Settings& settings;
  const Request& request;
  Answer answer;
  const std::size_t max_answer_bytes =
      std::min(settings.max_answer_bytes, request.max_answer_bytes);
  std::size_t header_bytes = 0;
  std::uint64_t sent = 0;
  bool refused_address = false;
  bool too_large = false;
};

// No exception may pass through libcurl: 0 ends the transfer.
template <class Function>
std::size_t guarded(Function&& function) noexcept {
  try {
    return function();
  } catch (const std::exception&) {
    return 0;
  }
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* of) noexcept {
  auto& transfer = *static_cast<Transfer*>(of);
  return guarded([&]() -> std::size_t {
    const std::size_t bytes = size * count;
    if (bytes > transfer.max_answer_bytes - transfer.answer.body.size()) {
      transfer.too_large = true;
      return 0;
    }
    const auto* begin = reinterpret_cast<const std::byte*>(data);
    transfer.answer.body.insert(transfer.answer.body.end(), begin, begin + bytes);
    return bytes;
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() &&
         (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n'))
    text.remove_suffix(1);
  return text;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* of) noexcept {
  auto& transfer = *static_cast<Transfer*>(of);
  return guarded([&]() -> std::size_t {
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) transfer.answer.headers.clear();  // after a 1xx
    transfer.header_bytes += line.size();
    if (transfer.header_bytes > kMaxHeaderBytes) {
      transfer.too_large = true;
      return 0;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return line.size();
    std::string name(trimmed(line.substr(0, colon)));
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    transfer.answer.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
    return line.size();
  });
}

std::size_t on_read(char* out, std::size_t size, std::size_t count, void* of) noexcept {
  auto& transfer = *static_cast<Transfer*>(of);
  const std::uint64_t left = transfer.request.body_file_bytes - transfer.sent;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, size * count));
  ssize_t got;
  do got = ::pread(transfer.request.body_file, out, wanted, static_cast<off_t>(transfer.sent));
  while (got < 0 && errno == EINTR);
  if (got < 0 || (got == 0 && wanted > 0)) return CURL_READFUNC_ABORT;
  transfer.sent += static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

int on_seek(void* of, curl_off_t offset, int origin) noexcept {
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Transfer*>(of)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

// The one place where an address is known and no connection made yet: what a name resolves to
// later makes no difference.
curl_socket_t on_open(void* of, curlsocktype purpose, curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(of);
  const bool may = guarded([&]() -> std::size_t {
    return purpose == CURLSOCKTYPE_IPCXN &&
           (!transfer.settings.may_connect || transfer.settings.may_connect(address->addr));
  });
  if (!may) {
    transfer.refused_address = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Error failure(CURLcode code, const char* text, const Transfer& transfer) {
  if (transfer.too_large)
    return Error(Errc::kTooLarge, "the answer is larger than " +
                                      std::to_string(transfer.max_answer_bytes) +
                                      " bytes, or its headers are");
  if (transfer.refused_address)
    return Error(Errc::kDenied, "the host has an address that this binding may not connect to");
  if (code == CURLE_OPERATION_TIMEDOUT)
    return Error(Errc::kTimeout,
                 "no answer within " + std::to_string(transfer.request.timeout.count()) + " ms");
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
    return Error(Errc::kInvalid, "not an HTTP address");
  return Error(Errc::kUnavailable, *text != '\0' ? text : curl_easy_strerror(code));
}

}  // namespace

const std::string* Answer::header(std::string_view name) const {
  const auto found = std::ranges::find(headers, name, &std::pair<std::string, std::string>::first);
  return found == headers.end() ? nullptr : &found->second;
}

struct Client::Handle {
  Handle() : easy(curl_easy_init()) {}
  ~Handle() { curl_easy_cleanup(easy); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  CURL* const easy;
};

Client::Client(Settings settings) : settings_(std::move(settings)) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Client::~Client() = default;

Result<Answer> Client::perform(const Request& request) {
  HandlePtr handle = idle_.with([](auto& idle) -> HandlePtr {
    if (idle.empty()) return nullptr;
    HandlePtr last = std::move(idle.back());
    idle.pop_back();
    return last;
  });
  if (!handle) handle = std::make_unique<Handle>();
  CURL* const easy = handle->easy;
  if (easy == nullptr) return Error(Errc::kOutOfMemory, "no memory for a request");
  Transfer transfer{settings_, request, {}};
  char text[CURL_ERROR_SIZE] = "";
  bool set = true;
  const auto option = [&](CURLoption name, auto value) {
    set = curl_easy_setopt(easy, name, value) == CURLE_OK && set;
  };
  option(CURLOPT_ERRORBUFFER, text);
  option(CURLOPT_NOSIGNAL, 1L);
  option(CURLOPT_PROTOCOLS_STR, "http,https");
  // libcurl signs no path as it is; one that is to be signed has nothing for it to mend.
  option(CURLOPT_PATH_AS_IS, request.signature.empty() ? 1L : 0L);
  option(CURLOPT_URL, request.url.c_str());
  option(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (settings_.roots.empty()) {
    option(CURLOPT_CAINFO, nullptr);
  } else {
    option(CURLOPT_CAINFO, settings_.roots.c_str());
  }
  option(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, request.timeout.count())));
  option(CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  option(CURLOPT_OPENSOCKETFUNCTION, on_open);
  option(CURLOPT_OPENSOCKETDATA, &transfer);
  option(CURLOPT_WRITEFUNCTION, on_body);
  option(CURLOPT_WRITEDATA, &transfer);
  option(CURLOPT_HEADERFUNCTION, on_header);
  option(CURLOPT_HEADERDATA, &transfer);

  const bool file = request.body_file >= 0;
  const bool promises_body =
      request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.method == "HEAD") {
    option(CURLOPT_NOBODY, 1L);
  } else if (file) {
    option(CURLOPT_UPLOAD, 1L);
    option(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body_file_bytes));
    option(CURLOPT_READFUNCTION, on_read);
    option(CURLOPT_READDATA, &transfer);
    option(CURLOPT_SEEKFUNCTION, on_seek);
    option(CURLOPT_SEEKDATA, &transfer);
  } else if (!request.body.empty() || promises_body) {
    option(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    option(CURLOPT_POSTFIELDS,
           request.body.empty() ? "" : reinterpret_cast<const char*>(request.body.data()));
  }
  option(CURLOPT_CUSTOMREQUEST, request.method.c_str());

  // What libcurl adds of its own accord is taken out again; a header given takes its place.
  std::unique_ptr<curl_slist, FreeList> headers;
  const auto append = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
    set = set && longer != nullptr;
    if (longer != nullptr) {
      static_cast<void>(headers.release());
      headers.reset(longer);
    }
  };
  const auto given = [&](std::string_view name) {
    return std::ranges::find(request.headers, name, &std::pair<std::string, std::string>::first) !=
           request.headers.end();
  };
  for (const char* own : {"accept", "content-type", "expect"})
    if (!given(own)) append(std::string(own) + ":");
  for (const auto& [name, value] : request.headers)
    append(std::string(name).append(value.empty() ? ";" : ": ").append(value));
  option(CURLOPT_HTTPHEADER, headers.get());
  if (!request.signature.empty()) {
    option(CURLOPT_AWS_SIGV4, request.signature.c_str());
    option(CURLOPT_USERPWD, request.keys.c_str());
  }
  const CURLcode done = set ? curl_easy_perform(easy) : CURLE_OUT_OF_MEMORY;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &transfer.answer.status);
  curl_easy_reset(easy);  // forgets what it was told, and keeps the connections
  idle_.with([&](auto& idle) {
    if (idle.size() < kKeptHandles) idle.push_back(std::move(handle));
  });
  if (done != CURLE_OK) return failure(done, text, transfer);
  return std::move(transfer.answer);
}

}  // namespace wascc::curl
