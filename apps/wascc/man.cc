// wascc man: the manual pages, from the texts of --help.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <system_error>

#include "base/file.h"
#include "command.h"
#include "command_tree.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

// Text in which roff reads no requests and typographers see no hyphens.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      (out += "\\&") += c;
    else
      out += c;
  }
  return out;
}

std::string page_name(const CommandText& command) {
  std::string name = command.path;
  for (char& c : name)
    if (c == ' ') c = '-';
  return name;
}

std::string synopsis(const CommandText& command) {
  std::string text = ".B " + escaped(command.path) + "\n";
  bool flags = false;
  for (const Parameter& parameter : command.parameters) flags |= !parameter.flags.empty();
  if (flags) text += "[\\fIOPTION\\fR ...]\n";
  if (!command.commands.empty()) text += "\\fICOMMAND\\fR ...\n";
  for (const Parameter& parameter : command.parameters) {
    if (!parameter.flags.empty()) continue;
    const std::string value =
        "\\fI" + escaped(parameter.value) + "\\fR" + (parameter.repeated ? " ..." : "");
    text.append(parameter.required ? value : "[" + value + "]") += '\n';
  }
  return text;
}

void add_parameters(std::string& page, const CommandText& command) {
  if (command.parameters.empty()) return;
  page += ".SH OPTIONS\n";
  for (const Parameter& parameter : command.parameters) {
    page += ".TP\n";
    std::string tag;
    for (const std::string& flag : parameter.flags)
      tag.append(tag.empty() ? "" : ", ").append("\\fB" + escaped(flag) + "\\fR");
    if (!parameter.value.empty())
      tag.append(tag.empty() ? "" : " ").append("\\fI" + escaped(parameter.value) + "\\fR");
    page.append(tag).append("\n").append(escaped(parameter.text)) += '\n';
  }
}

// Lines that begin with two blanks are shown as they are; others are paragraphs.
void add_footer(std::string& page, std::string_view footer) {
  bool literal = false, begun = true;  // a paragraph begins with the section
  while (!footer.empty()) {
    const std::size_t end = footer.find('\n');
    const std::string_view line = footer.substr(0, end);
    footer.remove_prefix(end == std::string_view::npos ? footer.size() : end + 1);
    const bool shown_as_is = line.starts_with("  ");
    if (line.empty() && page.ends_with("DESCRIPTION\n")) continue;
    if (line.empty()) {
      if (literal) page += ".fi\n";
      literal = false;
      begun = false;
      continue;
    }
    if (!begun) page += ".PP\n";
    if (shown_as_is && !literal) page += ".nf\n";
    if (!shown_as_is && literal) page += ".fi\n";
    literal = shown_as_is;
    begun = true;
    page.append(escaped(line)) += '\n';
  }
  if (literal) page += ".fi\n";
}

std::string page_of(const CommandText& command, const CommandText& root) {
  std::string page = ".TH \"" + escaped(page_name(command)) +
                     "\" 1 \"\" \"wascc " WASCC_VERSION "\" \"waSCC\"\n.SH NAME\n" +
                     escaped(page_name(command)) + " \\- " + escaped(command.summary) +
                     "\n.SH SYNOPSIS\n" + synopsis(command);
  add_parameters(page, command);
  if (!command.commands.empty()) {
    page += ".SH COMMANDS\n";
    for (const CommandText& child : command.commands)
      page.append(".TP\n.B ")
          .append(escaped(child.path))
          .append("\n")
          .append(escaped(child.summary)) += '\n';
  }
  if (!command.footer.empty()) {
    page += ".SH DESCRIPTION\n";
    add_footer(page, command.footer);
  }
  page += ".SH EXIT STATUS\n0: done. 1: failed, with one line on standard error. 2: wrong usage.\n";
  page += ".SH SEE ALSO\n";
  if (&command != &root) return page.append(".BR wascc (1)\n");
  for (const CommandText& child : root.commands)
    page.append(".BR ").append(escaped(page_name(child))).append(" (1)") +=
        &child == &root.commands.back() ? "\n" : ",\n";
  return page;
}

Result<std::string> manual_page(const CLI::App& app, const std::vector<std::string>& path) {
  const CommandText root = describe(app);
  std::string wanted = root.path;
  for (const std::string& word : path) wanted.append(" ").append(word);
  for (const CommandText* command : flattened(root))
    if (command->path == wanted) return page_of(*command, root);
  return Error(Errc::kInvalid, "there is no command '" + wanted + "'");
}

Status write_manual(const CLI::App& app, const std::string& folder) {
  const CommandText root = describe(app);
  for (const CommandText* command : flattened(root)) {
    const std::string page = page_of(*command, root);
    WASCC_CHECK(write_file_atomically((fs::path(folder) / (page_name(*command) + ".1")).string(),
                                      as_bytes(page)));
  }
  return {};
}

struct Man {
  std::vector<std::string> path;
  std::string folder;
};

Status run(const CLI::App& app, const Man& options) {
  if (!options.folder.empty()) return write_manual(app, options.folder);
  WASCC_TRY(const std::string page, manual_page(app, options.path));
  std::fputs(page.c_str(), stdout);
  return {};
}

}  // namespace

void add_man(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Man>();
  CLI::App* man = app.add_subcommand("man", "Print a manual page, or write all of them");
  auto* path = man->add_option("COMMAND", options->path, "keys new, for example (default: wascc)");
  man->add_option("-o,--output", options->folder, "write every page into this folder")
      ->type_name("FOLDER")
      ->excludes(path);
  man->footer(R"(
  wascc man sign | man -l -
  wascc man -o /usr/local/share/man/man1
)");
  man->callback(
      [options, &app, &chosen] { chosen = [options, &app] { return run(app, *options); }; });
}

}  // namespace wascc::cli
