# cmake --install, component `host`: wascc/embedded_host.h and what a program that links wascc::host of find_package(wascc) needs,
# the engine and the cryptography included (docs/embed.md). One archive of our own layers, position independent, because other
# people's programs and libraries are; the executables of this project are not, so they are compiled once more.
set(sources "")
foreach(target wascc_base wascc_codec wascc_claims wascc_engine wascc_engine_compiler wascc_wapc wascc_host wascc_blobstore wascc_stores wascc_embed)
  get_target_property(folder ${target} SOURCE_DIR)
  get_target_property(names ${target} SOURCES)
  list(TRANSFORM names PREPEND ${folder}/)
  list(APPEND sources ${names})
endforeach()
# Of these only what has no sockets and loads no libraries.
foreach(name providers/blobstore_folder providers/eventstreams_memory providers/extras providers/keyvalue_memory
             providers/logging providers/memory_store runtime/actor_loader)
  list(APPEND sources ${PROJECT_SOURCE_DIR}/src/${name}.cc)
endforeach()

add_library(wascc_host_library STATIC ${sources})
set_target_properties(wascc_host_library PROPERTIES
  EXPORT_NAME host OUTPUT_NAME wascc_host POSITION_INDEPENDENT_CODE ON
  COMPILE_OPTIONS "-fPIC;-fvisibility=hidden;-ffunction-sections;-fdata-sections" LINK_OPTIONS "")
target_compile_definitions(wascc_host_library PRIVATE WASCC_VERSION="${PROJECT_VERSION}")
target_include_directories(wascc_host_library PRIVATE ${PROJECT_SOURCE_DIR}/src)
find_package(Threads REQUIRED)
target_link_libraries(wascc_host_library
  PUBLIC wascc_include
  PRIVATE $<BUILD_INTERFACE:wasmtime::compiler> $<BUILD_INTERFACE:wascc_warnings>)

# The archives that it needs, beside it, in the order in which they are linked.
get_target_property(engine wasmtime::compiler IMPORTED_LOCATION)
set(archives ${engine} ${WASCC_SODIUM} ${WASCC_CRYPTO})
set(archive_folder ${CMAKE_INSTALL_LIBDIR}/wascc)
set(linked "")
foreach(archive IN LISTS archives)
  cmake_path(GET archive FILENAME name)
  list(APPEND linked $<INSTALL_INTERFACE:$<INSTALL_PREFIX>/${archive_folder}/${name}>)
endforeach()
target_link_libraries(wascc_host_library INTERFACE ${linked} $<INSTALL_INTERFACE:-lpthread> $<INSTALL_INTERFACE:-ldl>
                                                   $<INSTALL_INTERFACE:-lm>)

install(TARGETS wascc_host_library EXPORT wascc-host-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT host)
install(EXPORT wascc-host-targets NAMESPACE wascc:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wascc COMPONENT host)
install(FILES ${archives} DESTINATION ${archive_folder} COMPONENT host)
install(FILES LICENSE NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT host)
