// Apart from the rest, because this is all that a program needs that fetches nothing.
#include <unistd.h>

#include "oci/reference.h"

namespace wascc::oci {

bool looks_like_reference(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || text.front() == '.') return false;
  const std::string_view first = text.substr(0, slash);
  return first == "localhost" || first.find_first_of(".:") != std::string_view::npos;
}

bool is_to_fetch(std::string_view text, const std::string& path) {
  return looks_like_reference(text) && ::access(path.c_str(), F_OK) != 0;
}

}  // namespace wascc::oci
