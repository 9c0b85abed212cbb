#include "base/base64_blocks.h"

#ifdef __x86_64__
#include <immintrin.h>

#include "base/processor.h"

namespace wascc {
namespace {

#define WASCC_AVX2 __attribute__((target("avx2")))

// The same 16 bytes in both halves of a register.
WASCC_AVX2 inline __m256i twice(__m128i half) { return _mm256_broadcastsi128_si256(half); }

// 12 bytes in each half to 16 values of 6 bits: every group of three is spread over four bytes, and
// multiplications shift each value to its place.
WASCC_AVX2 inline __m256i values_of(__m256i bytes) {
  const __m256i spread = _mm256_shuffle_epi8(
      bytes, twice(_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10)));
  const __m256i a_and_c = _mm256_mulhi_epu16(
      _mm256_and_si256(spread, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
  const __m256i b_and_d = _mm256_mullo_epi16(
      _mm256_and_si256(spread, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
  return _mm256_or_si256(a_and_c, b_and_d);
}

// A value's digit lies at a distance that depends on its range: A-Z, a-z, each digit 0-9, '+', '/'.
WASCC_AVX2 inline __m256i digits_of(__m256i values) {
  const __m256i distances =
      twice(_mm_setr_epi8(65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0));
  const __m256i range = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
  const __m256i after_z = _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25));  // -1 where it is
  return _mm256_add_epi8(values, _mm256_shuffle_epi8(distances, _mm256_sub_epi8(range, after_z)));
}

WASCC_AVX2 std::size_t encode(char* out, ByteView bytes) {
  constexpr std::size_t kStep = 24, kRead = 28;  // the upper half is read from byte 12 on
  std::size_t done = 0;
  for (; bytes.size() - done >= kRead; done += kStep, out += 32) {
    const auto* from = reinterpret_cast<const __m128i*>(bytes.data() + done);
    const auto* upper = reinterpret_cast<const __m128i*>(bytes.data() + done + kStep / 2);
    const __m256i block = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(from)),
                                                  _mm_loadu_si128(upper), 1);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), digits_of(values_of(block)));
  }
  return done;
}

// 32 values of 6 bits to 24 bytes at the front of a register.
WASCC_AVX2 inline __m256i bytes_of(__m256i values) {
  const __m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
  const __m256i threes = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
  const __m256i packed = _mm256_shuffle_epi8(
      threes, twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
  return _mm256_permutevar8x32_epi32(packed, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

WASCC_AVX2 std::size_t decode(std::byte* out, std::string_view digits) {
  constexpr std::size_t kStep = 32;
  // A digit is one where the sets of its two halves have nothing in common.
  const __m256i lower_sets = twice(_mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                                                 0x11, 0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A));
  const __m256i upper_sets = twice(_mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08,
                                                 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  const __m256i distances =
      twice(_mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i slash = _mm256_set1_epi8('/');  // and its bits as a mask: what shuffles look at
  std::size_t done = 0;
  // 32 bytes are written, of which 24 count: the last digits are left to the caller.
  for (; digits.size() - done >= kStep + kStep / 2; done += kStep, out += 24) {
    const __m256i block =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(digits.data() + done));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi32(block, 4), slash);
    const __m256i lower = _mm256_and_si256(block, slash);
    if (_mm256_testz_si256(_mm256_shuffle_epi8(lower_sets, lower),
                           _mm256_shuffle_epi8(upper_sets, upper)) == 0)
      break;
    const __m256i range = _mm256_add_epi8(_mm256_cmpeq_epi8(block, slash), upper);
    const __m256i values = _mm256_add_epi8(block, _mm256_shuffle_epi8(distances, range));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), bytes_of(values));
  }
  return done;
}

}  // namespace

std::size_t base64_encode_blocks(char* out, ByteView bytes) {
  return wascc_has_avx2() != 0 ? encode(out, bytes) : 0;
}

std::size_t base64_decode_blocks(std::byte* out, std::string_view digits) {
  return wascc_has_avx2() != 0 ? decode(out, digits) : 0;
}

}  // namespace wascc

#else

namespace wascc {

std::size_t base64_encode_blocks(char*, ByteView) { return 0; }
std::size_t base64_decode_blocks(std::byte*, std::string_view) { return 0; }

}  // namespace wascc
#endif
