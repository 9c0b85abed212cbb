# wascc_cpp_actor(NAME SOURCES … DEFINITIONS …)
#
# An actor in C++ on the library of guest/cpp: build/<preset>/actors/unsigned/NAME.wasm, as part of a plain build.
#
#   SOURCES      .cc files
#   DEFINITIONS  macros of the preprocessor, as NAME or NAME="text"
#
# WASCC_CPP_ACTORS says whether that is possible here; if not, configuring has said what is missing, and the
# function does nothing. The target is actor_NAME.
set(WASCC_WASM_FLAGS
  --target=wasm32-wasi -std=c++20 -Os -fno-exceptions -fno-rtti -ffunction-sections -fdata-sections
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow $<$<BOOL:${WASCC_WERROR}>:-Werror>
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.
  -I${PROJECT_SOURCE_DIR}/include -I${PROJECT_SOURCE_DIR}/guest/cpp/include)
# The libraries by name: clang's own list asks for compiler support functions, which Debian packages apart and our
# code does not use. Relocations compressed: signers of 2020 hash a module without padded numbers. The stack at the
# bottom of the memory: one that overflows traps instead of running into data.
set(WASCC_WASM_LINK
  --target=wasm32-wasi -mexec-model=reactor -nodefaultlibs -lc++ -lc++abi -lc
  -Wl,--strip-all,--compress-relocations,--gc-sections,--stack-first)

find_program(WASCC_WASM_CXX clang++-14)
find_program(WASCC_WASM_LD wasm-ld-14)
set(missing "")
if(NOT WASCC_WASM_CXX)
  list(APPEND missing clang-14)
endif()
if(NOT WASCC_WASM_LD)
  list(APPEND missing lld-14)
endif()
if(WASCC_WASM_CXX)
  foreach(part crt1-reactor.o:wasi-libc libc++.a:libc++-14-dev-wasm32 libc++abi.a:libc++abi-14-dev-wasm32)
    string(REGEX MATCH "^(.*):(.*)$" part ${part})
    set(package ${CMAKE_MATCH_2})
    execute_process(COMMAND ${WASCC_WASM_CXX} --target=wasm32-wasi -print-file-name=${CMAKE_MATCH_1}
                    OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT EXISTS "${found}")  # the name alone comes back where there is no such file
      list(APPEND missing ${package})
    endif()
  endforeach()
endif()
if(missing)
  set(WASCC_CPP_ACTORS FALSE)
  list(JOIN missing " " missing)
  message(WARNING "actors in C++ left out: apt-get install ${missing}")
else()
  set(WASCC_CPP_ACTORS TRUE)
endif()

# One source to one object file of WebAssembly.
function(wascc_wasm_object source object)
  cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE path)
  cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE shown)
  add_custom_command(OUTPUT ${object}
    COMMAND ${WASCC_WASM_CXX} ${WASCC_WASM_FLAGS} ${ARGN} -MD -MF ${object}.d -c ${path} -o ${object}
    DEPENDS ${path} DEPFILE ${object}.d
    COMMENT "Compiling ${shown} to WebAssembly" VERBATIM)
endfunction()

function(wascc_cpp_actor name)
  cmake_parse_arguments(A "" "" "SOURCES;DEFINITIONS" ${ARGN})
  if(NOT WASCC_CPP_ACTORS)
    return()
  endif()
  list(TRANSFORM A_DEFINITIONS PREPEND -D)
  set(objects "")
  foreach(source IN LISTS A_SOURCES)
    cmake_path(GET source STEM stem)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.${stem}.o)
    wascc_wasm_object(${source} ${object} ${A_DEFINITIONS})
    list(APPEND objects ${object})
  endforeach()
  set(module ${CMAKE_BINARY_DIR}/actors/unsigned/${name}.wasm)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/actors/unsigned)
  get_property(library GLOBAL PROPERTY WASCC_GUEST_CPP_OBJECTS)
  add_custom_command(OUTPUT ${module}
    COMMAND ${WASCC_WASM_CXX} ${objects} ${library} ${WASCC_WASM_LINK} -o ${module}
    DEPENDS ${objects} ${library} wascc_guest_cpp
    COMMENT "Linking actors/unsigned/${name}.wasm" VERBATIM)
  add_custom_target(actor_${name} ALL DEPENDS ${module})
endfunction()
