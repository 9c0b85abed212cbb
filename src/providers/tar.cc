#include "providers/tar.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

namespace wascc::providers {
namespace {

// A header of the format of 1988, as far as it matters here: where a field begins, and its length.
struct Field {
  std::size_t at, length;
};
constexpr std::size_t kBlock = 512;
constexpr Field kName{0, 100}, kMode{100, 8}, kOwner{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kTime{136, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8};

Error broken(const std::string& what) { return Error(Errc::kMalformed, "broken archive: " + what); }

std::string_view text(ByteView header, Field field) {
  const std::string_view all = as_text(header.subspan(field.at, field.length));
  return all.substr(0, std::min(all.find('\0'), all.size()));
}

// Octal digits, among spaces; nothing for anything else.
std::optional<std::uint64_t> number(ByteView header, Field field) {
  std::string_view digits = text(header, field);
  while (digits.starts_with(' ')) digits.remove_prefix(1);
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  std::uint64_t value = 0;  // 12 digits have 36 bits
  for (const char c : digits) {
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// Of all bytes, those of the checksum itself taken as spaces.
std::uint64_t checksum(ByteView header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i)
    sum += i >= kChecksum.at && i < kChecksum.at + kChecksum.length
               ? ' '
               : std::to_integer<std::uint64_t>(header[i]);
  return sum;
}

void put(Bytes& header, Field field, std::string_view value) {
  std::memcpy(header.data() + field.at, value.data(), std::min(value.size(), field.length));
}

void put_number(Bytes& header, Field field, std::uint64_t value) {
  std::array<char, 32> digits;
  const int length =
      std::snprintf(digits.data(), digits.size(), "%0*llo", static_cast<int>(field.length) - 1,
                    static_cast<unsigned long long>(value));
  put(header, field, {digits.data(), static_cast<std::size_t>(length)});
}

// Both directions of zlib, in pieces that its 32-bit counters can hold.
template <class Step>
Result<Bytes> run_zlib(z_stream& stream, ByteView bytes, Step step) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  Bytes out;
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    if (stream.avail_in == 0 && !bytes.empty()) {
      const ByteView piece = bytes.first(std::min(kPiece, bytes.size()));
      bytes = bytes.subspan(piece.size());
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(piece.data()));
      stream.avail_in = static_cast<uInt>(piece.size());
    }
    const std::size_t used = out.size();
    if (used > kMaxArchiveBytes)
      return Error(Errc::kTooLarge,
                   "archive: over the limit of " + std::to_string(kMaxArchiveBytes) + " bytes");
    out.resize(used + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + used);
    stream.avail_out = static_cast<uInt>(kPiece);
    status = step(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    const bool stuck =
        status == Z_BUF_ERROR && stream.avail_in == 0 && bytes.empty() && stream.avail_out > 0;
    if (stuck || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR))
      return broken("the compressed data cannot be read");
  }
  if (stream.avail_in != 0 || !bytes.empty()) return broken("bytes after the compressed data");
  return out;
}

}  // namespace

bool is_tar(ByteView bytes) {
  return bytes.size() >= kBlock && text(bytes, kMagic).starts_with("ustar");
}
bool is_gzip(ByteView bytes) {
  return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

Result<std::vector<TarEntry>> read_tar(ByteView tar) {
  std::vector<TarEntry> entries;
  while (true) {
    if (tar.size() < kBlock) return broken("it ends early");
    const ByteView header = tar.first(kBlock);
    if (std::all_of(header.begin(), header.end(), [](std::byte b) { return b == std::byte{0}; }))
      return entries;
    const auto sum = number(header, kChecksum), size = number(header, kSize);
    if (!is_tar(header) || !sum || *sum != checksum(header)) return broken("a header is damaged");
    tar = tar.subspan(kBlock);
    if (!size || *size > tar.size()) return broken("a file is longer than the archive");
    const std::size_t padded = (static_cast<std::size_t>(*size) + kBlock - 1) / kBlock * kBlock;
    if (padded > tar.size()) return broken("it ends early");

    std::string name(text(header, kName));
    if (name.starts_with("./")) name.erase(0, 2);
    const char type = static_cast<char>(header[kType.at]);
    if (type == '0' || type == '\0') {
      if (entries.size() == kMaxTarEntries)
        return Error(Errc::kTooLarge,
                     "archive: more than " + std::to_string(kMaxTarEntries) + " files");
      entries.push_back({std::move(name), to_bytes(tar.first(static_cast<std::size_t>(*size)))});
    } else if (type != '5' && type != 'x' && type != 'g') {
      return Error(Errc::kUnsupported, "archive: " + name + " is no plain file");
    }
    tar = tar.subspan(padded);
  }
}

Bytes write_tar(std::span<const TarEntry> entries) {
  Bytes tar;
  for (const TarEntry& entry : entries) {
    Bytes header(kBlock);
    put(header, kName, std::string_view(entry.name).substr(0, kName.length - 1));
    for (const Field field : {kMode, kOwner, kGroup, kTime}) put_number(header, field, 0);
    put_number(header, kSize, entry.content.size());
    put(header, kType, "0");
    put(header, kMagic, std::string_view("ustar  \0", kMagic.length));
    put_number(header, {kChecksum.at, kChecksum.length - 1}, checksum(header));
    header[kChecksum.at + kChecksum.length - 1] = std::byte{' '};
    tar.insert(tar.end(), header.begin(), header.end());
    tar.insert(tar.end(), entry.content.begin(), entry.content.end());
    tar.resize((tar.size() + kBlock - 1) / kBlock * kBlock);
  }
  tar.resize(tar.size() + 2 * kBlock);
  return tar;
}

Result<Bytes> gunzip(ByteView bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return Error(Errc::kInternal, "no zlib");
  // Z_FINISH promises room for all of the rest, which there may not be.
  Result<Bytes> out =
      run_zlib(stream, bytes, [](z_stream* one, int) { return inflate(one, Z_NO_FLUSH); });
  inflateEnd(&stream);
  return out;
}

Result<Bytes> gzip(ByteView bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 9,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return Error(Errc::kInternal, "no zlib");
  Result<Bytes> out = run_zlib(stream, bytes, deflate);
  deflateEnd(&stream);
  return out;
}

}  // namespace wascc::providers
