/* A provider for a version of the interface that does not exist yet. */
#include "wascc/provider_abi.h"

const wascc_provider_api* wascc_capability_provider_v1(void) {
  static const wascc_provider_api kTable = {2, sizeof kTable, 0, 0, 0, 0, 0, 0};
  return &kTable;
}
