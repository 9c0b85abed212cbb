// The way in for the host.
#include "s3/provider.h"

WASCC_PROVIDER(wascc::s3::S3BlobStore);
