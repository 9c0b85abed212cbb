# Wasmtime ships no CMake package: tools/build_wasmtime.sh builds it once per feature set, outside the checkout.
#
#   wasmtime::runtime   runs native code made elsewhere
#   wasmtime::compiler  compiles, too
#
# An executable links one of the two, never both. The headers match the feature set.
set(WASCC_WASMTIME_VERSION 48.0.8)

function(wascc_find_wasmtime features)
  execute_process(
    COMMAND ${PROJECT_SOURCE_DIR}/tools/build_wasmtime.sh ${features}
    OUTPUT_VARIABLE folder OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  file(STRINGS ${folder}/include/wasmtime.h version_line REGEX "^#define WASMTIME_VERSION ")
  if(NOT version_line MATCHES "\"${WASCC_WASMTIME_VERSION}\"")
    message(FATAL_ERROR "${folder} holds ${version_line}, and this source is written for ${WASCC_WASMTIME_VERSION}")
  endif()
  find_package(Threads REQUIRED)
  add_library(wasmtime::${features} STATIC IMPORTED GLOBAL)
  set_target_properties(wasmtime::${features} PROPERTIES
    IMPORTED_LOCATION ${folder}/lib/libwasmtime.a
    INTERFACE_INCLUDE_DIRECTORIES ${folder}/include
    INTERFACE_LINK_LIBRARIES "Threads::Threads;m;dl")
endfunction()

wascc_find_wasmtime(runtime)
wascc_find_wasmtime(compiler)
