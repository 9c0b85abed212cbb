# Writes the C++ source that holds the templates: cmake -DROOT=… -DENTRIES=… -DOUTPUT=… -P embed_templates.cmake
#
# ENTRIES are PART|PATH|SOURCE: the file SOURCE below ROOT becomes PATH in every project that PART belongs to.
set(code "// Made by embed_templates.cmake from the files of templates/.\n#include \"templates.h\"\n\n")
string(APPEND code "namespace wascc::cli {\nnamespace {\n\nconstexpr TemplateFile kFiles[] = {\n")
foreach(entry IN LISTS ENTRIES)
  string(REPLACE "|" ";" entry "${entry}")
  list(GET entry 0 part)
  list(GET entry 1 path)
  list(GET entry 2 source)
  file(READ ${ROOT}/${source} text)
  if(text MATCHES "\\)wascc-file\"")
    message(FATAL_ERROR "${source} holds the mark that ends a text")
  endif()
  string(APPEND code "    {\"${part}\", \"${path}\", R\"wascc-file(${text})wascc-file\"},\n")
endforeach()
string(APPEND code "};\n\n}  // namespace\n\nstd::span<const TemplateFile> template_files() { return kFiles; }\n\n")
string(APPEND code "}  // namespace wascc::cli\n")
file(WRITE ${OUTPUT} "${code}")
