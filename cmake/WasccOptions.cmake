# How everything is compiled: language, warnings, sanitizers, one folder for executables.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

option(WASCC_WERROR "Warnings are errors" OFF)
option(WASCC_LIBFUZZER "Link the fuzz targets with libFuzzer instead of the replay program (clang)" OFF)
set(WASCC_SANITIZE "" CACHE STRING "Sanitizers for all code, as -fsanitize= takes them")

# Where ccache is installed, the same code is compiled once, whichever checkout it lies in.
find_program(WASCC_CCACHE ccache)
if(WASCC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${WASCC_CCACHE})
endif()

# Executables are not position independent: a static one starts without relocations to apply.
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
add_compile_options(-fno-pie -ffunction-sections -fdata-sections)
add_link_options(-no-pie -Wl,--gc-sections)
if(WASCC_SANITIZE)
  add_compile_options(-fsanitize=${WASCC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${WASCC_SANITIZE})
endif()
if(WASCC_LIBFUZZER)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Private to our targets; nobody who uses an installed header inherits it.
add_library(wascc_warnings INTERFACE)
target_compile_options(wascc_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow
  $<$<BOOL:${WASCC_WERROR}>:-Werror>)

# C++20 of g++ 12 with all warnings calls some inlined library code an overflow or uninitialised when it is not.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(wascc_warnings INTERFACE -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
                                                  -Wno-maybe-uninitialized -Wno-restrict)
endif()
