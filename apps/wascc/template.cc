// wascc template: a deployment of a package, ready to be read, changed and used. Its parts are the
// files of templates/deploy/.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "claims/nkey.h"
#include "command.h"
#include "package/layout.h"
#include "package/lock.h"
#include "package/zip.h"
#include "target_option.h"
#include "templates.h"
#include "terminal.h"

namespace wascc::cli {
namespace {

namespace fs = std::filesystem;

struct Template {
  std::string kind;
  std::string name;
  std::string package = "function.zip";
  std::string layer;
  std::string front = "furl";
  std::string architecture;
  std::string packager;
  unsigned memory = 256;
  unsigned timeout = 10;
  unsigned retention = 14;
  bool open = false;
};

constexpr std::string_view kFronts[] = {"furl", "httpapi", "rest", "alb", "none"};
// What CloudWatch Logs takes as days.
constexpr unsigned kRetentions[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                    365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
constexpr unsigned kApiGatewaySeconds = 29;  // it gives up on a function then
constexpr std::size_t kMaxTargetGroupName = 32;
constexpr std::size_t kMaxRolePrefix = 37;  // 38 with the '-' after it

bool is_plain(std::string_view text, std::string_view more) {
  return !text.empty() && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [more](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  more.find(c) != std::string_view::npos;
         });
}

// It stands unquoted in four languages.
Status check_texts(const Template& options) {
  const std::size_t longest = options.front == "alb" ? kMaxTargetGroupName : 64;
  const std::string_view more = options.front == "alb" ? "-" : "-_";
  if (!is_plain(options.name, more) || options.name.size() > longest)
    return Error(Errc::kInvalid,
                 "'" + options.name + "' cannot be the function's name: up to " +
                     std::to_string(longest) + " letters, digits and '-'" +
                     (more.size() > 1 ? " and '_'" : ", as a load balancer has it") +
                     "; choose one with --name");
  for (const std::string& path : {options.package, options.layer})
    if (!path.empty() && !is_plain(path, "-_./"))
      return Error(Errc::kInvalid, "'" + path + "': a path here is of letters, digits and -_./");
  if (std::find(std::begin(kFronts), std::end(kFronts), options.front) == std::end(kFronts))
    return Error(Errc::kInvalid, "--front " + options.front + ": furl, httpapi, rest, alb or none");
  if (std::find(std::begin(kRetentions), std::end(kRetentions), options.retention) ==
      std::end(kRetentions))
    return Error(Errc::kInvalid, "--retention " + std::to_string(options.retention) +
                                     ": CloudWatch Logs keeps for 1, 3, 5, 7, 14, 30, 60, 90, 120, "
                                     "150, 180, 365, 400, … days");
  const bool api_gateway = options.front == "httpapi" || options.front == "rest";
  if (api_gateway && options.timeout > kApiGatewaySeconds)
    return Error(Errc::kInvalid, "--timeout " + std::to_string(options.timeout) +
                                     ": API Gateway waits for 29 seconds at most");
  if (const auto key = claims::PublicKey::parse(options.packager);
      !options.packager.empty() && (!key || key->kind() != claims::KeyKind::kAccount))
    return Error(Errc::kInvalid, "--packager " + options.packager +
                                     ": give the public key of an account, A…; `wascc keys public "
                                     "account` prints yours");
  return {};
}

// What the package itself says wins over a guess; a package that is not there yet is no error.
Status read_package(Template& options) {
  std::error_code ignored;
  if (!fs::exists(options.package, ignored)) {
    note(options.package + " is not here yet: `wascc package` makes it");
    if (options.architecture.empty()) options.architecture = "x86_64";
    return {};
  }
  WASCC_TRY(const auto entries, package::read_zip(options.package));
  const package::ZipEntry* const entry = package::find_entry(entries, package::kLockName);
  if (entry == nullptr)
    return Error(Errc::kInvalid, options.package +
                                     " was not made by `wascc package`: it holds no " +
                                     std::string(package::kLockName));
  WASCC_TRY(const package::Lock lock,
            package::parse_lock(as_text(entry->content)).context(options.package));
  const std::string_view is =
      lock.runtime.engine.find(" aarch64-") == std::string::npos ? "x86_64" : "arm64";
  if (!options.architecture.empty() && options.architecture != is)
    return Error(Errc::kInvalid,
                 options.package + " is for " + std::string(is) + ", not " + options.architecture);
  options.architecture = is;
  if (lock.runtime.place == package::RuntimePlace::kLayer && options.layer.empty())
    return Error(Errc::kInvalid,
                 options.package + " has its runtime in a layer: name that ZIP with --layer");
  if (lock.runtime.place == package::RuntimePlace::kMissing)
    note(options.package + " holds no bootstrap yet, and does not start without one");
  if (options.packager.empty() && !lock.packager.empty()) options.packager = lock.packager;
  return {};
}

std::vector<std::string> parts_of(const Template& o) {
  const bool layer = !o.layer.empty();
  const std::string front = o.front == "furl" && o.open ? "furl-public" : o.front;
  const auto add_if = [](std::vector<std::string>& parts, bool wanted, const char* part) {
    if (wanted) parts.emplace_back(part);
  };
  std::vector<std::string> parts;
  if (o.kind == "terraform") {
    parts = {"terraform.tf"};
    add_if(parts, layer, "terraform-layers.tf");
    add_if(parts, !o.packager.empty(), "terraform-packager.tf");
    parts.emplace_back("terraform-end.tf");
    add_if(parts, layer, "terraform-layer.tf");
    if (front != "none") parts.push_back("terraform-" + front + ".tf");
    return parts;
  }
  if (o.kind == "cli") {
    parts = {"cli.sh"};
    add_if(parts, layer, "cli-layer.sh");
    add_if(parts, !o.packager.empty(), "cli-packager.sh");
    parts.emplace_back("cli-function.sh");
    add_if(parts, front != "none" && front != "furl", "cli-allow.sh");
    parts.push_back("cli-" + front + ".sh");
    return parts;
  }
  const bool sam = o.kind == "sam";
  parts = {o.kind + "-head.yaml"};
  add_if(parts, !sam || front == "alb", "parameters.yaml");
  add_if(parts, !sam, "cloudformation-parameters.yaml");
  add_if(parts, !sam && layer, "cloudformation-layer-parameters.yaml");
  add_if(parts, front == "alb", "alb-parameters.yaml");
  parts.insert(parts.end(), {"resources.yaml", o.kind + "-function.yaml"});
  add_if(parts, layer, "function-layers.yaml");
  add_if(parts, !o.packager.empty(), "function-packager.yaml");
  if (layer) parts.push_back(o.kind + "-layer.yaml");
  parts.emplace_back("role.yaml");
  if (front != "none") parts.push_back(front + ".yaml");
  return parts;
}

std::string filled_in(std::string text, const Template& o) {
  const std::array<std::pair<std::string_view, std::string>, 10> values = {
      {{"{{NAME}}", o.name},
       {"{{SHORT_NAME}}", o.name.substr(0, kMaxRolePrefix)},
       {"{{PACKAGE}}", o.package},
       {"{{LAYER}}", o.layer},
       {"{{ARCH}}", o.architecture},
       {"{{MEMORY}}", std::to_string(o.memory)},
       {"{{TIMEOUT}}", std::to_string(o.timeout)},
       {"{{RETENTION}}", std::to_string(o.retention)},
       {"{{PACKAGER}}", o.packager},
       {"{{AUTHORIZATION}}", o.open ? "NONE" : "AWS_IAM"}}};
  for (const auto& [mark, value] : values)
    for (std::size_t at = text.find(mark); at != std::string::npos;
         at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  return text;
}

Status run(Template options) {
  if (options.name.empty()) {
    std::error_code ignored;
    options.name = fs::absolute(".", ignored).lexically_normal().parent_path().filename().string();
  }
  WASCC_CHECK(check_texts(options));
  WASCC_CHECK(read_package(options));
  std::string text;
  for (const std::string& part : parts_of(options))
    for (const TemplateFile& file : template_files())
      if (file.part == "deploy" && file.path == part) text.append(file.text);
  std::fputs(filled_in(std::move(text), options).c_str(), stdout);
  return {};
}

}  // namespace

void add_template(CLI::App& app, Action& chosen) {
  auto options = std::make_shared<Template>();
  CLI::App* command =
      app.add_subcommand("template", "Print a deployment of a package: for SAM, Terraform, …");
  command->add_option("KIND", options->kind, "sam, cloudformation, terraform or cli")
      ->required()
      ->type_name("sam|cloudformation|terraform|cli")
      ->check(CLI::IsMember({"sam", "cloudformation", "terraform", "cli"}).description(""));
  command
      ->add_option("PACKAGE", options->package, "what wascc package made (default: function.zip)")
      ->type_name("FILE");
  command->add_option("-n,--name", options->name, "the function's name (default: this folder's)");
  command
      ->add_option("--front", options->front,
                   "what sends it requests: a function URL, an HTTP API, a REST API, a load "
                   "balancer, or nothing here (default: furl)")
      ->type_name("furl|httpapi|rest|alb|none");
  command->add_flag("--public", options->open,
                    "anybody may call it; else callers sign their requests with AWS credentials. A "
                    "load balancer's callers never do");
  command->add_option("--layer", options->layer, "ZIP of the layer that has the runtime")
      ->type_name("FILE");
  command->add_option("--memory", options->memory, "megabytes (default: 256)")
      ->check(CLI::Range(128U, 10240U));
  command->add_option("--timeout", options->timeout, "seconds (default: 10)")
      ->check(CLI::Range(1U, 900U));
  command->add_option("--retention", options->retention, "days to keep logs (default: 14)");
  command
      ->add_option(
          "--arch", options->architecture,
          "architecture, where the package is not here yet (default: what it says, x86_64)")
      ->type_name("x86_64|arm64")
      ->check(CLI::IsMember({"x86_64", "arm64"}).description(""));
  command->add_option(
      "--packager", options->packager,
      "public key, A…: only native code signed by it may run (default: the key that "
      "signed the package)");
  command->footer(R"(
The deployment is the whole of it: function, role, log group, and what sends requests. The role may
write to the function's own log group and nothing else; what actors need of AWS is added by hand.

  wascc template sam --name hello > template.yaml
  wascc template cloudformation --front httpapi --public > hello.yaml
  wascc template terraform --front alb --layer runtime.zip > main.tf
  wascc template cli --memory 512 > deploy.sh
)");
  command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace wascc::cli
