// The files of templates/, as the build puts them into the executable (templates/README.md).
#pragma once

#include <span>
#include <string_view>

namespace wascc::cli {

struct TemplateFile {
  std::string_view part;  // "common", "cpp", …: a template consists of several
  std::string_view path;  // below the project's folder
  std::string_view text;
};

std::span<const TemplateFile> template_files();

}  // namespace wascc::cli
