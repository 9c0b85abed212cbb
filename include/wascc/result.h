// How a call reports failure: Result<T> holds a value or an Error; Status holds nothing or an
// Error. No function of ours throws. Also compiled into actors, where nothing may throw at all.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// Of functions that run when something fails: code that goes well stays free of theirs. Not in
// actors, which would grow by it.
#ifdef __wasm__
#define WASCC_COLD
#else
#define WASCC_COLD [[gnu::cold, gnu::noinline]]
#endif

namespace wascc {

// What the caller decides by. The numbers cross the provider C interface: add at the end, never
// renumber.
enum class Errc : std::uint8_t {
  kMalformed = 1,     // bytes that do not follow their format
  kInvalid = 2,       // an argument, flag or setting that makes no sense
  kDenied = 3,        // not authorised, not trusted, expired
  kNotFound = 4,      // a file, actor, capability or binding that is not there
  kExists = 5,        // the same thing a second time
  kUnsupported = 6,   // understood, and not to be had here
  kTooLarge = 7,      // over a limit of ours
  kTrap = 8,          // the guest trapped, or broke the waPC contract
  kTimeout = 9,       // stopped at the deadline
  kOutOfMemory = 10,  // the guest ran into its memory limit
  kGuest = 11,        // the actor answered with an error of its own
  kProvider = 12,     // a capability provider failed
  kUnavailable = 13,  // input, output or network failed
  kInternal = 14,     // our own mistake
};

// A failure: a code for the caller's decision, a message for a person, and, where a guest trapped,
// its WebAssembly backtrace, innermost frame first. A plain value.
class [[nodiscard]] Error {
 public:
  WASCC_COLD Error(Errc code, std::string message) : code_(code), message_(std::move(message)) {}
  WASCC_COLD Error(Errc code, std::string message, std::vector<std::string> trace)
      : code_(code), message_(std::move(message)), trace_(std::move(trace)) {}

  Errc code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<std::string>& trace() const { return trace_; }

  // The same error, its message preceded by "what: ".
  Error context(std::string_view what) && {
    message_.insert(0, ": ").insert(0, what);
    return std::move(*this);
  }
  Error context(std::string_view what) const& { return Error(*this).context(what); }

 private:
  Errc code_;
  std::string message_;
  std::vector<std::string> trace_;
};

// A value or an Error. Test it, then read one side; the other side is an assertion failure.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  template <class U = T>
  requires(std::is_constructible_v<T, U&&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
           !std::is_same_v<std::remove_cvref_t<U>, Error>) Result(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *get(); }
  const T& value() const& { return *get(); }
  T&& value() && { return std::move(*get()); }
  T& operator*() & { return *get(); }
  const T& operator*() const& { return *get(); }
  T&& operator*() && { return std::move(*get()); }
  T* operator->() { return get(); }
  const T* operator->() const { return get(); }

  template <class U>
  T value_or(U&& other) && {
    return has_value() ? std::move(*get()) : static_cast<T>(std::forward<U>(other));
  }

  WASCC_COLD const Error& error() const& {
    assert(!has_value());
    return *std::get_if<1>(&state_);
  }
  WASCC_COLD Error&& error() && {
    assert(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

  // The same result; a failure tells what was being done.
  Result context(std::string_view what) && {
    if (!has_value()) return std::move(*this).error().context(what);
    return std::move(*this);
  }

 private:
  T* get() {
    assert(has_value());
    return std::get_if<0>(&state_);
  }
  const T* get() const {
    assert(has_value());
    return std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }

  WASCC_COLD const Error& error() const& {
    assert(error_);
    return *error_;
  }
  WASCC_COLD Error&& error() && {
    assert(error_);
    return *std::move(error_);
  }

  Result context(std::string_view what) && {
    if (error_) return (*std::move(error_)).context(what);
    return std::move(*this);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace wascc

#define WASCC_CONCAT_(a, b) a##b
#define WASCC_CONCAT(a, b) WASCC_CONCAT_(a, b)
#define WASCC_TRY_(declaration, expression, result) \
  auto result = (expression);                       \
  if (!result) return std::move(result).error();    \
  declaration = *std::move(result)

// WASCC_TRY(const Bytes wasm, read_file(path, limit)); declares the value, or returns the error.
#define WASCC_TRY(declaration, expression) \
  WASCC_TRY_(declaration, expression, WASCC_CONCAT(wascc_result_, __LINE__))

// WASCC_CHECK(host.bind(binding)); goes on, or returns the error of a Status.
#define WASCC_CHECK(expression)                                                                  \
  do {                                                                                           \
    if (auto wascc_status = (expression); !wascc_status) return std::move(wascc_status).error(); \
  } while (false)
