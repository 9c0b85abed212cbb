# cmake --install: what find_package(wascc) finds (component `sdk`). The programs: WasccInstallPrograms.cmake.
include(CMakePackageConfigHelpers)
set(folder ${CMAKE_INSTALL_LIBDIR}/cmake/wascc)

# The code behind the headers' templates, for shared libraries.
add_library(wascc_provider STATIC ${PROJECT_SOURCE_DIR}/src/codec/msgpack.cc)
set_target_properties(wascc_provider PROPERTIES EXPORT_NAME provider)
target_link_libraries(wascc_provider PUBLIC wascc_include PRIVATE $<BUILD_INTERFACE:wascc_warnings>)
wascc_shared_code(wascc_provider)
set_target_properties(wascc_include PROPERTIES EXPORT_NAME include)

install(TARGETS wascc_include wascc_provider EXPORT wascc-targets
        FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT sdk
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk)
install(EXPORT wascc-targets NAMESPACE wascc:: DESTINATION ${folder} COMPONENT sdk)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/wascc-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_SOURCE_DIR}/cmake/wascc-config.cmake ${CMAKE_BINARY_DIR}/wascc-config-version.cmake
              ${PROJECT_SOURCE_DIR}/cmake/provider.map ${PROJECT_SOURCE_DIR}/apps/bootstrap/dl_find_object.cc
        DESTINATION ${folder} COMPONENT sdk)
