// libcrypto asks before main what the processor can do, by an instruction that virtual machines
// trap: 100 us of a cold start. The C library has asked already; here its answers are passed on.
//
// Linked by --wrap in the place of libcrypto's own function, for x86_64 alone. OPENSSL_ia32cap(3)
// tells the form: two words of leaf 1, two of leaf 7. In C, because clang does not take this header
// of the C library as C++.
#include <sys/platform/x86.h>

extern unsigned OPENSSL_ia32cap_P[4];
void __wrap_OPENSSL_cpuid_setup(void);

void __wrap_OPENSSL_cpuid_setup(void) {
  const struct cpuid_feature* basic = __x86_get_cpuid_feature_leaf(0);
  const struct cpuid_feature* extended = __x86_get_cpuid_feature_leaf(1);
  // What SHA-256 asks for: SSSE3 and AVX; BMI1, AVX2, BMI2 and the SHA instructions.
  OPENSSL_ia32cap_P[1] = basic->active_array[2] & (1U << 9 | 1U << 28);
  OPENSSL_ia32cap_P[2] = extended->active_array[1] & (1U << 3 | 1U << 5 | 1U << 8 | 1U << 29);
}
