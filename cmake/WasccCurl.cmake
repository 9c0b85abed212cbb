# libcurl for plugins: tools/build_curl.sh builds it once, outside the checkout. The target plugin_curl is it and the code
# of plugins/curl; it is missing where there is no source of libcurl to be had, and then so are the plugins that need it.
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/build_curl.sh
                OUTPUT_VARIABLE curl_folder OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
if(failed EQUAL 3)
  message(NOTICE "The providers on S3 and of HTTP requests are left out: the Rust registry, which has the source of libcurl, "
                 "cannot be reached")
  return()
elseif(failed)
  message(FATAL_ERROR "tools/build_curl.sh failed")
endif()

find_library(WASCC_STATIC_SSL libssl.a REQUIRED)
find_library(WASCC_STATIC_CRYPTO libcrypto.a REQUIRED)
find_package(Threads REQUIRED)
set(WASCC_CURL_INCLUDE ${curl_folder}/include)  # for wascc_plugin(INCLUDE)
add_library(plugin_curl STATIC ${PROJECT_SOURCE_DIR}/plugins/curl/client.cc)
wascc_shared_code(plugin_curl)
target_include_directories(plugin_curl PUBLIC ${PROJECT_SOURCE_DIR}/src)
target_include_directories(plugin_curl SYSTEM PUBLIC ${curl_folder}/include)
target_link_libraries(plugin_curl PUBLIC wascc_include PRIVATE wascc_warnings
                      PUBLIC ${curl_folder}/lib/libcurl.a ${WASCC_STATIC_SSL} ${WASCC_STATIC_CRYPTO} Threads::Threads)
