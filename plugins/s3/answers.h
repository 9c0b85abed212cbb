// The XML documents that S3 answers with. Pure functions, on bytes from outside.
#pragma once

#include <string>
#include <vector>

#include "blobstore/backend.h"
#include "wascc/bytes.h"
#include "wascc/result.h"

namespace wascc::s3 {

struct Page {
  std::vector<blobstore::BlobSize> blobs;
  std::string next;  // the token of the next page; "": this was the last
};

// A page of ListObjectsV2; kProvider for anything else.
Result<Page> parse_page(ByteView xml);

struct Refusal {
  std::string code;     // "NoSuchBucket"; "" if the body is no error document
  std::string message;  // one line, of bounded length
  std::string region;   // where the bucket is, if that is what is wrong
};

Refusal parse_refusal(ByteView xml);

}  // namespace wascc::s3
