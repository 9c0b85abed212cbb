# What an installation of the programs holds (docs/install.md). The component `programs`: the executables, manual pages,
# completions, documentation and licences; `providers`: the native providers, with the same licences; `relink`: what the LGPL
# wants beside a static executable.
#
#   cmake --install BUILD --prefix /usr/local --component programs
#   cpack --config BUILD/CPackConfig.cmake            a Debian package and archives, with checksums
include(GNUInstallDirs)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

install(TARGETS wascc RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
# Started by Lambda, not by people; `wascc package` finds them here (apps/wascc/package.cc).
install(TARGETS bootstrap bootstrap-full RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wascc COMPONENT programs)

set(texts ${PROJECT_BINARY_DIR}/shell)
add_custom_command(OUTPUT ${texts}/complete
  COMMAND ${CMAKE_COMMAND} -E make_directory ${texts}/man1
  COMMAND wascc man -o ${texts}/man1
  COMMAND wascc completion bash > ${texts}/wascc
  COMMAND wascc completion zsh > ${texts}/_wascc
  COMMAND wascc completion fish > ${texts}/wascc.fish
  COMMAND ${CMAKE_COMMAND} -E touch ${texts}/complete
  DEPENDS wascc COMMENT "Writing manual pages and completions" VERBATIM)
add_custom_target(wascc_shell_texts ALL DEPENDS ${texts}/complete)
install(DIRECTORY ${texts}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT programs)
install(FILES ${texts}/wascc DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT programs)
install(FILES ${texts}/_wascc DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT programs)
install(FILES ${texts}/wascc.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT programs)

install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs FILES_MATCHING PATTERN "*.md")
install(FILES LICENSE NOTICE CHANGELOG.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT programs)

set(libraries "")
foreach(provider blobstore_s3 eventstreams_redis http_client keyvalue_redis messaging_nats)
  if(TARGET plugin_${provider})
    list(APPEND libraries ${provider})
    install(TARGETS plugin_${provider} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wascc/providers COMPONENT providers)
  endif()
endforeach()
set(provider_part "")
if(libraries)
  set(provider_part providers)
  install(FILES LICENSE NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR}-providers COMPONENT providers)
endif()
# Collected when it is installed: the build itself does not need the texts. What holds code of others comes with them.
foreach(component programs host ${provider_part})
  set(folder ${CMAKE_INSTALL_DOCDIR})
  if(component STREQUAL providers)
    string(APPEND folder -providers)
  endif()
  install(CODE "execute_process(COMMAND \"${Python3_EXECUTABLE}\" \"${PROJECT_SOURCE_DIR}/tools/third_party.py\"
    --version ${PROJECT_VERSION} --output \"${PROJECT_BINARY_DIR}/third_party\" --providers \"${libraries}\"
    COMMAND_ERROR_IS_FATAL ANY)" COMPONENT ${component})
  install(FILES ${PROJECT_BINARY_DIR}/third_party/THIRD-PARTY-LICENSES.txt
                ${PROJECT_BINARY_DIR}/third_party/sbom.cdx.json
          DESTINATION ${folder} COMPONENT ${component})
endforeach()

# `bootstrap` holds glibc, which the LGPL covers: whoever gets it may link it again with a glibc of their own. This object is
# all of it but the C and C++ libraries. Built on request: cmake --build BUILD --target bootstrap-relinkable
if(NOT WASCC_SANITIZE)
  add_executable(bootstrap-relinkable EXCLUDE_FROM_ALL apps/bootstrap/main.cc)
  target_link_libraries(bootstrap-relinkable PRIVATE wascc_runtime wascc_engine_runtime wascc_static_start wascc_warnings)
  target_link_options(bootstrap-relinkable PRIVATE -static -nostdlib -r -Wl,--no-gc-sections)
  # Empty archives in the place of the C library's parts that others ask for by name.
  foreach(name m dl)
    file(WRITE ${PROJECT_BINARY_DIR}/relink/empty/lib${name}.a "!<arch>\n")
  endforeach()
  target_link_directories(bootstrap-relinkable BEFORE PRIVATE ${PROJECT_BINARY_DIR}/relink/empty)
  set_target_properties(bootstrap-relinkable PROPERTIES OUTPUT_NAME bootstrap.o
                        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/relink)
  install(FILES ${PROJECT_BINARY_DIR}/relink/bootstrap.o DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wascc/relink
          COMPONENT relink)
  install(PROGRAMS tools/relink.sh DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/wascc/relink COMPONENT relink)
endif()

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_COMPONENTS_ALL programs ${provider_part} relink)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_PACKAGE_VENDOR "The waSCC Runtime for AWS Lambda")
set(CPACK_PACKAGE_CONTACT "The waSCC Runtime for AWS Lambda")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME wascc)
set(CPACK_DEBIAN_PROGRAMS_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROVIDERS_PACKAGE_NAME wascc-providers)
set(CPACK_DEBIAN_PROVIDERS_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PROVIDERS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROVIDERS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RELINK_PACKAGE_NAME wascc-relink)
set(CPACK_DEBIAN_RELINK_FILE_NAME DEB-DEFAULT)
include(CPack)
