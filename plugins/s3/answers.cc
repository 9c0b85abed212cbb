#include "s3/answers.h"

#include <algorithm>
#include <charconv>
#include <pugixml.hpp>
#include <utility>

#include "base/encoding.h"

namespace wascc::s3 {
namespace {

constexpr std::size_t kMaxMessage = 300;

bool read(pugi::xml_document& document, ByteView xml) {
  constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single;  // a key " "
  return static_cast<bool>(
      document.load_buffer(xml.data(), xml.size(), kOptions, pugi::encoding_utf8));
}

// Text of a server in a message of ours.
std::string one_line(std::string text) {
  text.resize(std::min(text.size(), kMaxMessage));
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return to_utf8_lossy(text);
}

Error no_listing(const char* why) {
  return Error(Errc::kProvider, std::string("the answer is no list of objects: ") + why);
}

}  // namespace

Result<Page> parse_page(ByteView xml) {
  pugi::xml_document document;
  if (!read(document, xml)) return no_listing("it is not XML");
  const pugi::xml_node root = document.child("ListBucketResult");
  if (!root) return no_listing("another document");
  Page page;
  for (const pugi::xml_node& object : root.children("Contents")) {
    std::string id = object.child_value("Key");
    const std::string_view size = object.child_value("Size");
    std::uint64_t bytes = 0;
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bytes);
    if (id.empty() || !is_utf8(id)) return no_listing("an object without a name");
    if (error != std::errc() || end != size.data() + size.size())
      return no_listing("an object without a size");
    page.blobs.push_back({std::move(id), bytes});
  }
  if (std::string_view(root.child_value("IsTruncated")) == "true") {
    page.next = root.child_value("NextContinuationToken");
    if (page.next.empty()) return no_listing("there is more, and no way to ask for it");
  }
  return page;
}

Refusal parse_refusal(ByteView xml) {
  pugi::xml_document document;
  if (!read(document, xml)) return {};
  const pugi::xml_node error = document.child("Error");
  return {one_line(error.child_value("Code")), one_line(error.child_value("Message")),
          one_line(error.child_value("Region"))};
}

}  // namespace wascc::s3
