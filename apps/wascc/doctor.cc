// wascc doctor: what is wrong here, why it matters, and what mends it.
#include "doctor.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/json.h"
#include "command.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

struct Doctor {
  std::string folder = ".";
  bool json = false;
};

std::string_view word(Finding::Level level) {
  switch (level) {
    case Finding::Level::kFine:
      return "ok";
    case Finding::Level::kNote:
      return "note";
    case Finding::Level::kProblem:
      break;
  }
  return "PROBLEM";
}

void print_text(const Findings& findings) {
  for (const Finding& one : findings.all()) {
    std::printf("%-8s %s: %s\n", std::string(word(one.level)).c_str(), one.area.c_str(),
                printable(one.what).c_str());
    if (!one.why.empty()) std::printf("         %s\n", printable(one.why).c_str());
    if (!one.cure.empty()) std::printf("         -> %s\n", printable(one.cure).c_str());
  }
  std::printf("\nNot checked:\n");
  for (const std::string& what : findings.not_checked())
    std::printf("  - %s\n", printable(what).c_str());
}

void print_json(const Findings& findings) {
  std::string text;
  json::Writer out(text);
  out.begin_object().key("problems").number(std::uint64_t{findings.problems()});
  out.key("findings").begin_array();
  for (const Finding& one : findings.all()) {
    out.begin_object().key("level").string(one.level == Finding::Level::kProblem ? "problem"
                                                                                 : word(one.level));
    out.key("area").string(one.area).key("what").string(one.what).key("why").string(one.why);
    out.key("cure").string(one.cure).end_object();
  }
  out.end_array().key("not_checked").begin_array();
  for (const std::string& what : findings.not_checked()) out.string(what);
  out.end_array().end_object();
  std::printf("%s\n", text.c_str());
}

Status run(const Doctor& options) {
  Findings findings;
  check_machine(findings);
  check_keys(findings);
  options.folder.ends_with(".zip") ? check_package(findings, options.folder)
                                   : check_deployment(findings, options.folder);
  findings.unchecked("the AWS side: account, role, memory, timeout, and what is deployed there");
  findings.unchecked("whether others trust the issuer of your actors: their trusted_issuers tell");
  options.json ? print_json(findings) : print_text(findings);
  const std::size_t problems = findings.problems();
  if (problems == 0) return {};
  return Error(Errc::kInternal,
               std::to_string(problems) + (problems == 1 ? " problem" : " problems") + " found");
}

}  // namespace

void Findings::fine(std::string area, std::string what) {
  all_.push_back({Finding::Level::kFine, std::move(area), std::move(what), "", ""});
}
void Findings::note(std::string area, std::string what, std::string why, std::string cure) {
  all_.push_back(
      {Finding::Level::kNote, std::move(area), std::move(what), std::move(why), std::move(cure)});
}
void Findings::problem(std::string area, std::string what, std::string why, std::string cure) {
  all_.push_back({Finding::Level::kProblem, std::move(area), std::move(what), std::move(why),
                  std::move(cure)});
}
void Findings::unchecked(std::string what) { not_checked_.push_back(std::move(what)); }

std::size_t Findings::problems() const {
  return static_cast<std::size_t>(std::count_if(all_.begin(), all_.end(), [](const Finding& one) {
    return one.level == Finding::Level::kProblem;
  }));
}

void add_doctor(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Doctor>();
  CLI::App* doctor = app.add_subcommand(
      "doctor", "Check machine, keys, manifest and actors: what is wrong, and what mends it");
  doctor
      ->add_option("PATH", options->folder,
                   "where the manifest or the actors are, or a package (default: .)")
      ->type_name("FILE");
  doctor->add_flag("--json", options->json, "one JSON object");
  doctor->footer(R"(
Looks and changes nothing. Exit status 1 if there is a problem; a note is none.

  wascc doctor
  wascc doctor function.zip
  wascc doctor --json my-function | jq .findings
)");
  doctor->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
