# wascc_layer(NAME base SMALL|FAST DEPENDS … SOURCES … LINK … TESTS … TEST_LINK … FUZZ …)
#
#   NAME       the folder below src/; the target is wascc_NAME
#   SMALL      runs while a process starts, not for every event: compiled to be small, which also saves page faults
#   FAST       looks at every byte of an event: compiled with -O3; all else with -O2, which is a sixth smaller
#   DEPENDS    the layers it may include, as docs/architecture.md lists them
#   SOURCES    .cc files; a layer of headers alone has none
#   LINK       libraries from outside, private to the layer
#   TESTS      *_test.cc, one program NAME_test of them all, each case a ctest
#   TEST_LINK  what the tests need beyond the layer, for example wascc_test_support
#   FUZZ       *_fuzz.cc; each becomes a program that replays tests/corpus/<stem>/ in ctest
find_package(GTest REQUIRED)
include(GoogleTest)
add_custom_target(fuzz_targets)  # all of them

function(wascc_layer)
  cmake_parse_arguments(L "SMALL;FAST" "NAME" "DEPENDS;SOURCES;LINK;TESTS;TEST_LINK;FUZZ" ${ARGN})
  set(target wascc_${L_NAME})
  list(TRANSFORM L_DEPENDS PREPEND wascc_)
  if(L_SOURCES)
    add_library(${target} STATIC ${L_SOURCES})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC wascc_include ${L_DEPENDS} PRIVATE wascc_warnings ${L_LINK})
    if(L_SMALL)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-Os>)
    elseif(NOT L_FAST)
      target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O2>)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE wascc_include ${L_DEPENDS})
  endif()

  if(NOT BUILD_TESTING)
    return()
  endif()
  if(L_TESTS)
    wascc_tests(${L_NAME}_test SOURCES ${L_TESTS} LINK ${target} ${L_TEST_LINK})
  endif()
  foreach(source IN LISTS L_FUZZ)
    cmake_path(GET source STEM stem)
    wascc_fuzz(${stem} ${source} ${target})
  endforeach()
endfunction()

# A test program of GoogleTest cases, each one a ctest. It runs in the project's folder, where its paths start: a
# path of the checkout in the command line would keep ccache from sharing what another checkout compiled.
function(wascc_tests name)
  cmake_parse_arguments(T "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${T_LINK} wascc_warnings GTest::gtest_main)
  # The code under test is optimised; a third of the compile time went into optimising the tests.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  gtest_discover_tests(${name} NO_PRETTY_VALUES WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 300)
endfunction()

# A fuzz target: LLVMFuzzerTestOneInput in `source`. Everywhere it is linked with a main that replays its corpus, so
# that it never rots; under the preset `fuzz` libFuzzer takes that place and searches.
function(wascc_fuzz stem source library)
  add_executable(${stem} ${source})
  target_link_libraries(${stem} PRIVATE ${library} wascc_warnings)
  add_dependencies(fuzz_targets ${stem})
  if(WASCC_LIBFUZZER)
    target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${stem} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/fuzz_replay.cc)
    add_test(NAME fuzz_replay.${stem} COMMAND ${stem} ${PROJECT_SOURCE_DIR}/tests/corpus/${stem})
  endif()
endfunction()
