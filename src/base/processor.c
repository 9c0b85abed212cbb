#include "base/processor.h"

#ifdef __x86_64__
#include <sys/platform/x86.h>

int wascc_has_avx2(void) { return CPU_FEATURE_ACTIVE(AVX2) ? 1 : 0; }
#else
int wascc_has_avx2(void) { return 0; }
#endif
