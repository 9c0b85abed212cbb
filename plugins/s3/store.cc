#include "s3/store.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "s3/address.h"
#include "s3/answers.h"
#include "s3/spool.h"

namespace wascc::s3 {
namespace {

using blobstore::BlobReader;
using blobstore::BlobSize;
using blobstore::BlobWriter;

constexpr std::uint64_t kMaxObjectBytes = std::uint64_t{5} << 30;  // of one PUT, by S3's own rule
constexpr std::uint64_t kBlock = std::uint64_t{4} << 20;  // read ahead for chunks that are smaller
constexpr int kMaxPages = 10'000;

Error no_container(const std::string& container) {
  return Error(Errc::kNotFound, "no such container: " + container);
}

std::string place(const std::string& container, const std::string& id) {
  return container + "/" + id;
}

// A container that is not there reads the same in every blob store.
Error failed(const curl::Answer& answer, const std::string& doing, const std::string& container) {
  Error error = refusal(answer, doing);
  if (parse_refusal(answer.body).code == "NoSuchBucket") return no_container(container);
  return error;
}

Result<std::uint64_t> length_of(const curl::Answer& answer, const std::string& doing) {
  const std::string* const text = answer.header("content-length");
  std::uint64_t length = 0;
  if (text != nullptr) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
    if (error == std::errc() && end == text->data() + text->size()) return length;
  }
  return Error(Errc::kProvider, doing + ": the answer tells no size");
}

}  // namespace

// Ranges of one object. A part of another one is never taken for it: each request names its ETag.
class Store::Reader final : public BlobReader {
 public:
  Reader(std::shared_ptr<Connection> connection, std::string url, std::string name,
         std::uint64_t size, std::string etag)
      : connection_(std::move(connection)),
        url_(std::move(url)),
        name_(std::move(name)),
        size_(size),
        etag_(std::move(etag)) {}

  std::uint64_t size() const override { return size_; }
  Status read(std::uint64_t offset, std::span<std::byte> out, Deadline deadline) override {
    if (out.empty()) return {};
    if (offset < begin_ || offset + out.size() > begin_ + block_.size()) {
      const std::uint64_t bytes =
          std::min(std::max<std::uint64_t>(out.size(), kBlock), size_ - offset);
      WASCC_CHECK(fetch(offset, bytes, deadline));
    }
    std::memcpy(out.data(), block_.data() + (offset - begin_), out.size());
    return {};
  }

 private:
  Status fetch(std::uint64_t offset, std::uint64_t bytes, Deadline deadline) {
    curl::Request request;
    request.url = url_;
    request.headers = {
        {"if-match", etag_},
        {"range", "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + bytes - 1)}};
    WASCC_TRY(curl::Answer answer, connection_->ask(std::move(request), deadline, bytes));
    if (answer.status == 412 || answer.status == 404)
      return Error(Errc::kUnavailable, name_ + " is not there any more as it was");
    if (!succeeded(answer)) return refusal(answer, "read " + name_);
    if (answer.body.size() != bytes)
      return Error(Errc::kProvider, "read " + name_ + ": S3 sent " +
                                        std::to_string(answer.body.size()) + " bytes and not " +
                                        std::to_string(bytes));
    block_ = std::move(answer.body);
    begin_ = offset;
    return {};
  }

  const std::shared_ptr<Connection> connection_;
  const std::string url_, name_;
  const std::uint64_t size_;
  const std::string etag_;
  Bytes block_;
  std::uint64_t begin_ = 0;
};

class Store::Writer final : public BlobWriter {
 public:
  Writer(std::shared_ptr<Connection> connection, std::string container, std::string id, Spool spool)
      : connection_(std::move(connection)),
        container_(std::move(container)),
        id_(std::move(id)),
        spool_(std::move(spool)) {}

  Status write(std::uint64_t offset, ByteView bytes) override {
    return spool_.write(offset, bytes);
  }
  Status commit(Deadline deadline) override {
    curl::Request request;
    request.method = "PUT";
    request.url = connection_->url(container_, id_);
    WASCC_TRY(std::string digest, spool_.digest());
    request.headers = {{"x-amz-content-sha256", std::move(digest)}};
    request.body_file = spool_.descriptor();
    request.body_file_bytes = spool_.size();
    WASCC_TRY(const curl::Answer answer,
              connection_->ask(std::move(request), deadline, spool_.size()));
    if (!succeeded(answer)) return failed(answer, "write " + place(container_, id_), container_);
    return {};
  }

 private:
  const std::shared_ptr<Connection> connection_;
  const std::string container_, id_;
  const Spool spool_;
};

Store::Store(Settings settings) : connection_(std::make_shared<Connection>(std::move(settings))) {}

Result<std::string> Store::container_name(std::string_view id) const { return bucket_name(id); }
Result<std::string> Store::blob_name(std::string_view id) const { return object_key(id); }

Status Store::create_container(const std::string& container, Deadline deadline) {
  curl::Request request;
  request.method = "PUT";
  request.url = connection_->url(container);
  std::string place_it;
  if (connection_->region() != "us-east-1")  // which S3 does not let one name
    place_it =
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>" +
        connection_->region() + "</LocationConstraint></CreateBucketConfiguration>";
  request.body = as_bytes(place_it);
  WASCC_TRY(const curl::Answer answer, connection_->ask(std::move(request), deadline));
  if (succeeded(answer) || parse_refusal(answer.body).code == "BucketAlreadyOwnedByYou") return {};
  return refusal(answer, "create container " + container);
}

Status Store::remove_container(const std::string& container, Deadline deadline) {
  curl::Request request;
  request.method = "DELETE";
  request.url = connection_->url(container);
  WASCC_TRY(const curl::Answer answer, connection_->ask(std::move(request), deadline));
  if (succeeded(answer)) return {};
  if (parse_refusal(answer.body).code == "BucketNotEmpty")
    return Error(Errc::kInvalid, "container " + container + " is not empty");
  return failed(answer, "remove container " + container, container);
}

Result<std::vector<BlobSize>> Store::list(const std::string& container, Deadline deadline) {
  std::vector<BlobSize> blobs;
  std::string next;
  for (int page_number = 0; page_number < kMaxPages; ++page_number) {
    curl::Request request;
    // In the order of their names, which a signature wants.
    request.url = connection_->url(
        container, "",
        next.empty() ? "list-type=2" : "continuation-token=" + uri_encode(next) + "&list-type=2");
    WASCC_TRY(const curl::Answer answer, connection_->ask(std::move(request), deadline));
    if (!succeeded(answer)) return failed(answer, "list " + container, container);
    WASCC_TRY(Page page, parse_page(answer.body).context("list " + container));
    std::ranges::move(page.blobs, std::back_inserter(blobs));
    if (blobs.size() > kMaxListed) break;
    if (page.next.empty()) return blobs;
    next = std::move(page.next);
  }
  return Error(Errc::kTooLarge, "container " + container + " has more than " +
                                    std::to_string(kMaxListed) + " blobs");
}

Result<std::optional<std::uint64_t>> Store::size(const std::string& container,
                                                 const std::string& id, Deadline deadline) {
  curl::Request request;
  request.method = "HEAD";
  request.url = connection_->url(container, id);
  const std::string doing = "look at " + place(container, id);
  WASCC_TRY(const curl::Answer answer, connection_->ask(std::move(request), deadline));
  if (answer.status == 404) return std::optional<std::uint64_t>();
  if (!succeeded(answer)) return refusal(answer, doing);
  WASCC_TRY(const std::uint64_t bytes, length_of(answer, doing));
  return std::optional(bytes);
}

Status Store::remove(const std::string& container, const std::string& id, Deadline deadline) {
  // S3 does not tell whether there was one.
  WASCC_TRY(const std::optional<std::uint64_t> there, size(container, id, deadline));
  if (!there) return Error(Errc::kNotFound, "no such blob: " + place(container, id));
  curl::Request request;
  request.method = "DELETE";
  request.url = connection_->url(container, id);
  WASCC_TRY(const curl::Answer answer, connection_->ask(std::move(request), deadline));
  if (!succeeded(answer)) return failed(answer, "remove " + place(container, id), container);
  return {};
}

Result<std::unique_ptr<BlobReader>> Store::open(const std::string& container, const std::string& id,
                                                Deadline deadline) {
  curl::Request request;
  request.method = "HEAD";
  request.url = connection_->url(container, id);
  const std::string name = place(container, id);
  std::string url = request.url;
  WASCC_TRY(const curl::Answer answer, connection_->ask(std::move(request), deadline));
  if (answer.status == 404) return Error(Errc::kNotFound, "no such blob: " + name);
  if (!succeeded(answer)) return refusal(answer, "open " + name);
  WASCC_TRY(const std::uint64_t bytes, length_of(answer, "open " + name));
  const std::string* const etag = answer.header("etag");
  if (etag == nullptr || etag->empty())
    return Error(Errc::kProvider, "open " + name + ": the answer has no ETag");
  // Of a bucket that keeps versions this one stays, whatever is written meanwhile.
  if (const std::string* version = answer.header("x-amz-version-id"); version && *version != "null")
    url += "?versionId=" + uri_encode(*version);
  return std::unique_ptr<BlobReader>(
      std::make_unique<Reader>(connection_, std::move(url), name, bytes, *etag));
}

Result<std::unique_ptr<BlobWriter>> Store::create(const std::string& container,
                                                  const std::string& id, std::uint64_t bytes) {
  if (bytes > kMaxObjectBytes)
    return Error(Errc::kTooLarge, "S3 takes at most 5 GiB in one request");
  WASCC_TRY(Spool spool, Spool::make(bytes));
  return std::unique_ptr<BlobWriter>(
      std::make_unique<Writer>(connection_, container, id, std::move(spool)));
}

}  // namespace wascc::s3
