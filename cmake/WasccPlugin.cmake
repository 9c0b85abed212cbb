# wascc_plugin(NAME redis SOURCES … LINK … INCLUDE … TESTS … TEST_LINK …)
#
#   NAME       of the native provider: build/<preset>/providers/libwascc_NAME.so, by target plugin_NAME
#   SOURCES    its .cc and .c files; one of them says WASCC_PROVIDER(Class)
#   LINK       libraries from outside: static and compiled with -fPIC, or shared ones that it is packed with
#   INCLUDE    folders of their headers
#   TESTS      *_test.cc of the same code, one program NAME_plugin_test of them all, each case a ctest
#   TEST_LINK  what the tests need beyond it, for example wascc_test_support
#
# The library exports the one function of the C interface, carries its C++ library, searches for shared libraries
# beside itself, and needs no newer C library than Amazon Linux 2023 has; a ctest fails if it does.
set(WASCC_PLUGIN_FOLDER ${CMAKE_BINARY_DIR}/providers)
set(WASCC_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/provider.map)

# What of the project a plugin may use (docs/architecture.md), position independent. All else is compiled without.
set(plugin_sources "")
foreach(source base/base64_blocks.cc base/ca_file.cc base/encoding.cc base/file.cc base/json.cc base/json_writer.cc
               base/log.cc base/percent.cc base/processor.c
               blobstore/provider.cc blobstore/upload.cc codec/msgpack.cc stores/eventstreams.cc
               stores/keyvalue.cc)
  list(APPEND plugin_sources ${PROJECT_SOURCE_DIR}/src/${source})
endforeach()
add_library(wascc_plugin_base STATIC ${plugin_sources})
target_include_directories(wascc_plugin_base PUBLIC ${PROJECT_SOURCE_DIR}/src)
target_link_libraries(wascc_plugin_base PUBLIC wascc_include PRIVATE wascc_warnings)

# In place of what WasccOptions.cmake gives executables.
function(wascc_shared_code target)
  set(compile -fPIC -fvisibility=hidden -ffunction-sections -fdata-sections)
  set(link -Wl,--gc-sections -Wl,--no-undefined)
  if(WASCC_SANITIZE)
    list(APPEND compile -fsanitize=${WASCC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    set(link -fsanitize=${WASCC_SANITIZE})  # whose run-time library leaves symbols undefined
  endif()
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON COMPILE_OPTIONS "${compile}" LINK_OPTIONS "${link}")
endfunction()
wascc_shared_code(wascc_plugin_base)

# A shared library at `folder` that is a native provider, and the check of what it needs.
function(wascc_provider_library target)
  cmake_parse_arguments(P "" "NAME;FOLDER" "SOURCES;LINK" ${ARGN})
  add_library(${target} MODULE ${P_SOURCES})
  wascc_shared_code(${target})
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${P_NAME} PREFIX lib LIBRARY_OUTPUT_DIRECTORY ${P_FOLDER}
    BUILD_RPATH_USE_ORIGIN ON BUILD_RPATH "$ORIGIN" INSTALL_RPATH "$ORIGIN" SKIP_BUILD_RPATH OFF
    BUILD_WITH_INSTALL_RPATH ON)
  target_link_libraries(${target} PRIVATE ${P_LINK})
  # An old tag, because the libraries that it is packed with search there, too, for those that they need.
  target_link_options(${target} PRIVATE -Wl,--disable-new-dtags)
  # Nothing else is exported, the C++ library's templates included, which another library could take for its own.
  target_link_options(${target} PRIVATE -Wl,--version-script=${WASCC_PLUGIN_EXPORTS})
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${WASCC_PLUGIN_EXPORTS})
  if(NOT WASCC_SANITIZE)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc $<$<CONFIG:Release>:-s>)
    if(BUILD_TESTING)
      add_test(NAME ${P_NAME}.runs_on_amazon_linux_2023
               COMMAND ${PROJECT_SOURCE_DIR}/tests/e2e/glibc_versions.sh --plugin $<TARGET_FILE:${target}>)
    endif()
  endif()
endfunction()

function(wascc_plugin)
  cmake_parse_arguments(P "" "NAME" "SOURCES;LINK;INCLUDE;TESTS;TEST_LINK" ${ARGN})
  set(code plugin_${P_NAME}_code)
  add_library(${code} OBJECT ${P_SOURCES})
  wascc_shared_code(${code})
  target_include_directories(${code} PUBLIC ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/plugins
                                            ${CMAKE_CURRENT_SOURCE_DIR})
  target_include_directories(${code} SYSTEM PUBLIC ${P_INCLUDE})
  target_link_libraries(${code} PUBLIC wascc_include PRIVATE wascc_warnings)
  wascc_provider_library(plugin_${P_NAME}
    NAME wascc_${P_NAME} FOLDER ${WASCC_PLUGIN_FOLDER}
    SOURCES $<TARGET_OBJECTS:${code}> ${PROJECT_SOURCE_DIR}/apps/bootstrap/dl_find_object.cc
    LINK wascc_plugin_base ${P_LINK})
  if(P_TESTS AND BUILD_TESTING)
    wascc_tests(${P_NAME}_plugin_test SOURCES ${P_TESTS} $<TARGET_OBJECTS:${code}>
                LINK ${P_LINK} wascc_base wascc_codec ${P_TEST_LINK})
    target_include_directories(${P_NAME}_plugin_test PRIVATE ${PROJECT_SOURCE_DIR}/plugins ${CMAKE_CURRENT_SOURCE_DIR})
    target_include_directories(${P_NAME}_plugin_test SYSTEM PRIVATE ${P_INCLUDE})
    add_dependencies(${P_NAME}_plugin_test plugin_${P_NAME})
    target_compile_definitions(${P_NAME}_plugin_test PRIVATE
                               WASCC_PLUGIN="$<TARGET_FILE:plugin_${P_NAME}>")
  endif()
endfunction()
