# libcurl, for native providers and for `wascc`: tools/build_curl.sh builds it once, outside the checkout. Without a source of it
# to be had WASCC_CURL_INCLUDE stays empty, there is no target wascc_curl (src/curl), and what needs it is left out.
set(WASCC_CURL_INCLUDE "")
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/build_curl.sh
                OUTPUT_VARIABLE curl_folder OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed EQUAL 3)
  message(NOTICE "The providers on S3 and of HTTP requests are left out, and wascc cannot ask registries: the Rust registry, which "
                 "has the source of libcurl, cannot be reached")
  return()
elseif(failed)
  message(FATAL_ERROR "tools/build_curl.sh failed")
endif()

find_library(WASCC_STATIC_SSL libssl.a REQUIRED)
find_library(WASCC_STATIC_CRYPTO libcrypto.a REQUIRED)
find_package(Threads REQUIRED)
set(WASCC_CURL_INCLUDE ${curl_folder}/include)
set(WASCC_CURL_LIBRARIES ${curl_folder}/lib/libcurl.a ${WASCC_STATIC_SSL} ${WASCC_STATIC_CRYPTO} Threads::Threads)
