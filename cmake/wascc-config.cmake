# find_package(wascc): what an author of a native provider needs (docs/providers-native.md), and, with COMPONENTS host, who embeds
# the host in a program (docs/embed.md).
#
#   wascc::host                         the host as a library, if it was installed: wascc/embedded_host.h
#   wascc::provider                     headers, and the code behind their templates
#   wascc_provider(NAME shout SOURCES shout.cc LINK …)
#                                       the target NAME: a shared library libNAME.so that a host can load
include(${CMAKE_CURRENT_LIST_DIR}/wascc-targets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/wascc-host-targets.cmake OPTIONAL RESULT_VARIABLE wascc_host_FOUND)
foreach(component IN LISTS wascc_FIND_COMPONENTS)
  if(wascc_FIND_REQUIRED_${component} AND NOT wascc_${component}_FOUND)
    set(wascc_FOUND FALSE)
    set(wascc_NOT_FOUND_MESSAGE "the component ${component} of wascc is not installed: cmake --install BUILD --component ${component}")
  endif()
endforeach()
set(WASCC_PROVIDER_FOLDER ${CMAKE_CURRENT_LIST_DIR})

# Exports the one function of the interface, carries its C++ library, and searches for others beside itself.
function(wascc_provider)
  cmake_parse_arguments(P "" "NAME" "SOURCES;LINK" ${ARGN})
  add_library(${P_NAME} MODULE ${P_SOURCES} ${WASCC_PROVIDER_FOLDER}/dl_find_object.cc)
  target_compile_features(${P_NAME} PRIVATE cxx_std_20)
  target_compile_options(${P_NAME} PRIVATE -ffunction-sections -fdata-sections)
  target_link_libraries(${P_NAME} PRIVATE wascc::provider ${P_LINK})
  target_link_options(${P_NAME} PRIVATE
    -Wl,--gc-sections -Wl,--no-undefined -Wl,--disable-new-dtags -static-libstdc++ -static-libgcc
    -Wl,--version-script=${WASCC_PROVIDER_FOLDER}/provider.map)
  set_target_properties(${P_NAME} PROPERTIES
    CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden PREFIX lib
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
endfunction()
