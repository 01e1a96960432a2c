// Result<T>: a value or an Error. The one way in which bad input, link failures and host errors
// travel.
//
// The spelling is that of std::expected, which g++ 12 does not have in C++20. Both types are
// move-only and [[nodiscard]]: a dropped error does not compile. An Error is one pointer, so that a
// Result costs no more than its value and a word.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "platform/check.h"

namespace wisp {

enum class ErrorCode : uint8_t {
  kMalformed,    // the bytes do not decode
  kInvalid,      // they decode, but break a validation rule
  kUnsupported,  // valid as far as we know, but needs a feature that Wisp does not have; the
                 // message names it
  kLink,         // an import is missing or has another type
  kTrap,         // the guest trapped; the Store holds the details
  kExit,         // the guest asked to exit; not a failure, but it unwinds like one
  kLimit,        // an implementation limit or a limit that the embedder set
  kIo,           // the operating system refused
  kUsage,        // the caller's request makes no sense
};

class [[nodiscard]] Error {
 public:
  static constexpr uint64_t kNoOffset = ~uint64_t{0};

  Error(ErrorCode code, std::string message, uint64_t offset = kNoOffset)
      : data_(new Data{code, offset, std::move(message)}) {}

  ErrorCode code() const { return data_->code; }
  // Byte offset in the file that was being read; kNoOffset where there is none.
  uint64_t offset() const { return data_->offset; }
  const std::string& message() const { return data_->message; }

  // The same error seen from further out: "prefix: message".
  Error with_context(std::string_view prefix) && {
    data_->message.insert(0, std::string(prefix) + ": ");
    return std::move(*this);
  }

 private:
  struct Data {
    ErrorCode code;
    uint64_t offset;
    std::string message;
  };
  std::unique_ptr<Data> data_;

  template <class T>
  friend class Result;
  Error() = default;  // the state of a Result<void> that holds no error
  explicit operator bool() const { return data_ != nullptr; }
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T held)
      : value_(std::move(held)), has_value_(true) {}  // NOLINT: implicit, as std::expected
  Result(Error error) : error_(std::move(error)), has_value_(false) {}  // NOLINT
  Result(Result&& other) noexcept : has_value_(other.has_value_) {
    if (has_value_) {
      new (&value_) T(std::move(other.value_));
    } else {
      new (&error_) Error(std::move(other.error_));
    }
  }
  Result& operator=(Result&& other) noexcept {
    if (this != &other) {
      this->~Result();
      new (this) Result(std::move(other));
    }
    return *this;
  }
  ~Result() {
    if (has_value_) {
      value_.~T();
    } else {
      error_.~Error();
    }
  }

  bool has_value() const { return has_value_; }
  explicit operator bool() const { return has_value_; }
  T& value() & {
    WISP_CHECK(has_value_);
    return value_;
  }
  const T& value() const& {
    WISP_CHECK(has_value_);
    return value_;
  }
  T&& value() && {
    WISP_CHECK(has_value_);
    return std::move(value_);
  }
  T& operator*() {
    WISP_DCHECK(has_value_);
    return value_;
  }
  T* operator->() {
    WISP_DCHECK(has_value_);
    return &value_;
  }
  Error& error() & {
    WISP_CHECK(!has_value_);
    return error_;
  }
  const Error& error() const& {
    WISP_CHECK(!has_value_);
    return error_;
  }
  Error&& error() && {
    WISP_CHECK(!has_value_);
    return std::move(error_);
  }

 private:
  union {
    T value_;
    Error error_;
  };
  bool has_value_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit, as std::expected

  bool has_value() const { return !error_; }
  explicit operator bool() const { return has_value(); }
  void value() const { WISP_CHECK(has_value()); }
  Error& error() & {
    WISP_CHECK(!has_value());
    return error_;
  }
  const Error& error() const& {
    WISP_CHECK(!has_value());
    return error_;
  }
  Error&& error() && {
    WISP_CHECK(!has_value());
    return std::move(error_);
  }

 private:
  Error error_;
};

}  // namespace wisp

// Evaluates to the value of a Result, or returns its error from the enclosing function.
#define WISP_TRY(expression)                        \
  __extension__({                                   \
    auto wisp_try_result_ = (expression);           \
    if (!wisp_try_result_.has_value()) [[unlikely]] \
      return std::move(wisp_try_result_).error();   \
    std::move(wisp_try_result_).value();            \
  })
