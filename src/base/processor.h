// What the processor can do, as the C library found out when the process started: asking it anew is
// an instruction that virtual machines trap. In C, because clang does not take that header of the C
// library as C++.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

int wascc_has_avx2(void);  // 0 or 1

#ifdef __cplusplus
}
#endif
