// wascc completion: what a shell needs to complete commands, options and their values. The shells
// ask `wascc complete`, so that nothing is written down twice.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "command_tree.h"
#include "key_store.h"

namespace wascc::cli {
namespace {

// In place of a word: the shell's own files or folders.
constexpr std::string_view kFiles = ":files";
constexpr std::string_view kFolders = ":folders";

// A line each, the text behind a tab.
void offer(std::string_view word, std::string_view text = {}) {
  std::string line(word);
  if (!text.empty()) line.append(1, '\t').append(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::printf("%s\n", line.c_str());
}

void offer_values(const Parameter& parameter) {
  for (const std::string& choice : choices(parameter.type)) offer(choice);
  if (parameter.type == "FOLDER") return offer(kFolders);
  if (parameter.type == "FILE") return offer(kFiles);
  if (parameter.type != "KEY") return;
  if (const auto names = stored_key_names())
    for (const std::string& name : *names) offer(name);
  offer(kFiles);  // a seed file is a key, too
}

const CommandText* command_named(const CommandText& command, std::string_view name) {
  const auto found = std::find_if(command.commands.begin(), command.commands.end(),
                                  [name](const CommandText& one) { return one.name == name; });
  return found == command.commands.end() ? nullptr : &*found;
}

const Parameter* parameter_with(const CommandText& command, std::string_view flag) {
  for (const Parameter& parameter : command.parameters)
    if (std::find(parameter.flags.begin(), parameter.flags.end(), flag) != parameter.flags.end())
      return &parameter;
  return nullptr;
}

// What may stand in the place of the last word, which may be empty or begun.
void complete(const CommandText& root, const std::vector<std::string>& words) {
  const CommandText* command = &root;
  const Parameter* waiting = nullptr;  // a flag whose value comes next
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    const CommandText* const inner = waiting ? nullptr : command_named(*command, words[i]);
    const Parameter* const flag = waiting ? nullptr : parameter_with(*command, words[i]);
    if (inner != nullptr) command = inner;
    waiting = flag != nullptr && !flag->type.empty() ? flag : nullptr;
  }
  if (waiting != nullptr) return offer_values(*waiting);
  if (!words.empty() && words.back().starts_with('-')) {
    for (const Parameter& parameter : command->parameters)
      for (const std::string& flag : parameter.flags) offer(flag, parameter.text);
    return;
  }
  for (const CommandText& child : command->commands) offer(child.name, child.summary);
  // What bare words of a command are is told by the first of them.
  const auto bare = std::find_if(command->parameters.begin(), command->parameters.end(),
                                 [](const Parameter& one) { return one.flags.empty(); });
  if (command->commands.empty() && bare != command->parameters.end()) offer_values(*bare);
}

constexpr std::string_view kBash = R"(# bash completion for wascc: source <(wascc completion bash)
_wascc() {
  local word cur=${COMP_WORDS[COMP_CWORD]} words=()
  while IFS=$'\t' read -r word _; do
    case $word in
      :files) compopt -o default ;;
      :folders) compopt -o dirnames ;;
      *) words+=("$word") ;;
    esac
  done < <(wascc complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=($(compgen -W "${words[*]}" -- "$cur"))
}
complete -F _wascc wascc
)";

constexpr std::string_view kZsh = R"(#compdef wascc
# zsh completion for wascc: wascc completion zsh > _wascc, in a folder of $fpath
_wascc() {
  local word text
  local -a found
  while IFS=$'\t' read -r word text; do
    case $word in
      :files) _files ;;
      :folders) _files -/ ;;
      *) found+=("${word//:/\\:}:$text") ;;
    esac
  done < <(wascc complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe wascc found
}
_wascc "$@"
)";

constexpr std::string_view kFish =
    R"(# fish completion for wascc: wascc completion fish > ~/.config/fish/completions/wascc.fish
function __wascc_complete
  set -l words (commandline -opc)
  for line in (wascc complete -- $words[2..-1] (commandline -ct) 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path (commandline -ct)
      case :folders
        __fish_complete_directories (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c wascc -f -a '(__wascc_complete)'
)";

}  // namespace

void add_completion(CLI::App& app, Action& chosen) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand("completion", "Print what completes wascc in a shell");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->type_name("bash|zsh|fish")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
  completion->footer(R"(
  source <(wascc completion bash)                                  # in ~/.bashrc
  wascc completion zsh > ~/.zfunc/_wascc                           # a folder of $fpath
  wascc completion fish > ~/.config/fish/completions/wascc.fish
)");
  completion->callback([shell, &chosen] {
    chosen = [shell]() -> Status {
      const std::string_view text = *shell == "bash" ? kBash : *shell == "zsh" ? kZsh : kFish;
      std::fwrite(text.data(), 1, text.size(), stdout);
      return {};
    };
  });
}

void add_complete(CLI::App& app, Action& chosen) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* completes = app.add_subcommand("complete", "");  // for the shells, and not in --help
  completes->group("");
  completes->add_option("WORDS", *words);
  completes->callback([words, &app, &chosen] {
    chosen = [words, &app]() -> Status {
      complete(describe(app), *words);
      return {};
    };
  });
}

}  // namespace wascc::cli
