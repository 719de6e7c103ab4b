// multipart/form-data (RFC 7578, RFC 2046 section 5.1), read as it comes: of a part's content no more than one piece is
// held, whatever its size.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/http/message.h"

namespace v2t::http {

// "form-data; name=\"file\"; filename=\"a.mp3\"" -> "form-data" with its parameters; names and the value in lower case.
struct FieldValue {
  std::string value;
  std::map<std::string, std::string> parameters;
};
// Nothing for what is not of this form.
std::optional<FieldValue> parse_field_value(std::string_view text);

// The boundary of a Content-Type. 415 for another type, 400 without a boundary of 1 to 70 characters.
Outcome<std::string> multipart_boundary(const Headers& headers);

struct FormPart {
  std::string name;
  std::optional<std::string> filename;
};

// Takes the parts in their order.
class FormReceiver {
 public:
  virtual ~FormReceiver() = default;
  virtual Outcome<void> begin_part(const FormPart& part) = 0;
  virtual Outcome<void> take(std::string_view content) = 0;  // of the part that was begun last, piece by piece
  virtual Outcome<void> end_part() = 0;
};

class MultipartReader {
 public:
  struct Limits {
    size_t n_parts = 32;
    size_t head_bytes = 8 * 1024;  // of one part
  };
  // `receiver` outlives the reader.
  MultipartReader(std::string_view boundary, FormReceiver& receiver, Limits limits);
  MultipartReader(std::string_view boundary, FormReceiver& receiver) : MultipartReader(boundary, receiver, Limits{}) {}

  // 400 for a malformed body, 413 over a limit, and the receiver's errors; nothing may follow an error.
  Outcome<void> write(std::string_view piece);
  // The body has ended. 400 without the closing delimiter.
  Outcome<void> finish() const;

 private:
  enum class State { kPreamble, kAfterDelimiter, kHead, kContent, kEpilogue };

  // Each takes what it can from the front of the unread bytes; false: more are needed.
  Outcome<bool> step();
  Outcome<bool> read_content();
  Outcome<bool> read_after_delimiter();
  Outcome<bool> read_head();
  std::string_view unread() const { return std::string_view(buffer_).substr(begin_); }

  const std::string delimiter_;  // CRLF, two dashes, boundary
  FormReceiver& receiver_;
  const Limits limits_;
  State state_ = State::kPreamble;
  std::string buffer_ = "\r\n";  // the first delimiter may stand at the very beginning
  size_t begin_ = 0;             // of what is unread
  size_t n_parts_ = 0;
};

}  // namespace v2t::http
