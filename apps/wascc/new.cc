// wascc new: a small project that builds, signs and runs.
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "command.h"
#include "key_store.h"
#include "templates.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

struct New {
  std::string path;
  std::string template_name = "cpp";
};

struct Template {
  std::string_view name;
  std::string_view summary;
  std::array<std::string_view, 3> parts;  // of templates/, with empty ones at the end
  std::string_view needs;                 // said once, when a project is made
};

constexpr Template kTemplates[] = {
    {"cpp", "HTTP requests, in C++", {"common", "sdk-cpp", "cpp"}, ""},
    {"event", "raw Lambda events, in C++", {"common", "sdk-cpp", "event"}, ""},
    {"rust",
     "HTTP requests, in Rust",
     {"common", "rust"},
     "It needs Rust with its library for WebAssembly (`rustup target add wasm32-unknown-unknown`, "
     "or "
     "Debian's libstd-rust-dev-wasm32), and `make` fetches some crates from the Rust registry, "
     "once."},
    {"assemblyscript",
     "HTTP requests, in AssemblyScript",
     {"common", "assemblyscript"},
     "It needs Node.js and npm, and `make` fetches the compiler and two libraries from the npm "
     "registry, once."},
};

// It names the project's folder and module, and its key.
Status check_name(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (!name.empty() && name.size() <= 40 && name.front() >= 'a' && name.front() <= 'z' &&
      name.back() != '-' && std::all_of(name.begin(), name.end(), fits))
    return {};
  return Error(Errc::kInvalid, "'" + name +
                                   "' cannot be a project's name: a small letter, then small "
                                   "letters, digits and '-', 40 at most");
}

Result<const Template*> find_template(std::string_view name) {
  std::string known;
  for (const Template& one : kTemplates) {
    if (one.name == name) return &one;
    known.append(known.empty() ? "" : ", ").append(one.name);
  }
  return Error(Errc::kInvalid,
               "there is no template named " + std::string(name) + "; templates are " + known);
}

std::string filled_in(std::string_view text, std::string_view name) {
  using Replacement = std::pair<std::string_view, std::string_view>;
  const std::array<Replacement, 2> replacements = {
      {{"{{NAME}}", name}, {"{{VERSION}}", WASCC_VERSION}}};
  std::string out(text);
  for (const auto& [mark, value] : replacements)
    for (std::size_t at = out.find(mark); at != std::string::npos;
         at = out.find(mark, at + value.size()))
      out.replace(at, mark.size(), value);
  return out;
}

Error io_error(const fs::path& path, const std::error_code& error) {
  return Error(Errc::kUnavailable, path.string() + ": " + error.message());
}

Status write_files(const fs::path& folder, const Template& chosen, const std::string& name) {
  for (const TemplateFile& file : template_files()) {
    if (std::find(chosen.parts.begin(), chosen.parts.end(), file.part) == chosen.parts.end())
      continue;
    const fs::path path = folder / file.path;
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return io_error(path.parent_path(), error);
    const std::string text = filled_in(file.text, name);
    WASCC_CHECK(write_file_atomically(path.string(), std::as_bytes(std::span(text))));
  }
  return {};
}

// All files or none: they are written beside the target, which then takes their place by one step.
Status make_project(const fs::path& target, const Template& chosen, const std::string& name) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(target, error)) &&
      (!fs::is_directory(fs::symlink_status(target, error)) || !fs::is_empty(target, error)))
    return Error(Errc::kExists, target.string() + " is there already, and not an empty folder");
  std::string temporary = target.string() + ".new.XXXXXX";
  if (mkdtemp(temporary.data()) == nullptr)
    return io_error(target, std::error_code(errno, std::generic_category()));
  Status done = write_files(temporary, chosen, name);
  if (done) {
    fs::permissions(temporary, fs::perms(0755), error);
    if (!error) fs::rename(temporary, target, error);
    if (error) done = io_error(target, error);
  }
  if (!done) fs::remove_all(temporary, error);
  return done;
}

Status run(const New& options) {
  fs::path target = fs::path(options.path).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  const std::string name = target.filename().string();
  WASCC_CHECK(check_name(name));
  WASCC_TRY(const Template* chosen, find_template(options.template_name));
  WASCC_CHECK(make_project(target, *chosen, name));

  say(target.string() + ": " + std::string(chosen->summary) + ". Next:");
  for (const std::string& line : {std::string(), "  cd " + target.string(), std::string("  make"),
                                  std::string("  make test")})
    say(line);
  if (!chosen->needs.empty()) say("");
  if (!chosen->needs.empty()) say(chosen->needs);
  const auto key = stored_key_path(name);
  std::error_code ignored;
  if (key && fs::exists(*key, ignored))
    note("you have a key named " + name +
         " already; this project will be that actor, unless you change SUBJECT in its Makefile");
  return {};
}

std::string template_list() {
  std::string text;
  for (const Template& one : kTemplates)
    text.append("  ").append(one.name).append(16 - one.name.size(), ' ').append(one.summary) +=
        '\n';
  return text;
}

}  // namespace

void add_new(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<New>();
  CLI::App* make = app.add_subcommand("new", "Start a project: source, Makefile, manifest, test");
  make->add_option("NAME", options->path, "the folder to make; its last part is the actor's name")
      ->required();
  make->add_option("-t,--template", options->template_name, "see below (default: cpp)")
      ->type_name("cpp|event|rust|assemblyscript");
  make->footer("\nTemplates:\n" + template_list() + R"(
`wascc new` itself fetches nothing, and an existing folder with anything in it stays untouched. `make` in the new
folder compiles and signs the actor with your keys, and makes these the first time.

  wascc new hello && cd hello && make test
  wascc new feed --template event
)");
  make->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
