#include "command_tree.h"

#include <utility>

namespace wascc::cli {
namespace {

Parameter describe(const CLI::Option& option) {
  Parameter parameter;
  for (const std::string& name : option.get_snames()) parameter.flags.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) parameter.flags.push_back("--" + name);
  const bool takes_value = option.get_items_expected_max() > 0;
  // Behind a colon stands what the value is checked by.
  if (takes_value)
    parameter.type = option.get_type_name().substr(0, option.get_type_name().find(':'));
  parameter.value = parameter.flags.empty() ? option.get_name(true) : parameter.type;
  parameter.text = option.get_description();
  parameter.required = option.get_required();
  parameter.repeated = option.get_items_expected_max() > 1;
  return parameter;
}

void collect(const CommandText& command, std::vector<const CommandText*>& all) {
  all.push_back(&command);
  for (const CommandText& child : command.commands) collect(child, all);
}

CommandText describe(const CLI::App& app, const std::string& above) {
  CommandText command;
  command.name = app.get_name();
  command.path = above.empty() ? command.name : above + " " + command.name;
  command.summary = app.get_description();
  command.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options())
    command.parameters.push_back(describe(*option));
  // Those of no group are not for people.
  for (const CLI::App* child :
       app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
    command.commands.push_back(describe(*child, command.path));
  return command;
}

}  // namespace

CommandText describe(const CLI::App& app) { return describe(app, ""); }

std::vector<const CommandText*> flattened(const CommandText& root) {
  std::vector<const CommandText*> all;
  collect(root, all);
  return all;
}

std::vector<std::string> choices(std::string_view value) {
  std::vector<std::string> found;
  if (value.find('|') == std::string_view::npos) return found;
  while (true) {
    const std::size_t bar = value.find('|');
    found.emplace_back(value.substr(0, bar));
    if (bar == std::string_view::npos) return found;
    value.remove_prefix(bar + 1);
  }
}

}  // namespace wascc::cli
