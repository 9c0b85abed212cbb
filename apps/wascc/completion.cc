// wascc completion: what a shell needs to complete commands, options and their values, from the
// texts of --help.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "command.h"
#include "command_tree.h"

namespace wascc::cli {
namespace {

enum class ValueKind { kNone, kText, kFile, kFolder, kKey, kChoice };

ValueKind kind_of(const Parameter& parameter) {
  if (parameter.type.empty()) return ValueKind::kNone;
  if (!choices(parameter.type).empty()) return ValueKind::kChoice;
  if (parameter.type == "KEY") return ValueKind::kKey;
  if (parameter.type == "FOLDER") return ValueKind::kFolder;
  return parameter.type == "FILE" ? ValueKind::kFile : ValueKind::kText;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : between).append(word);
  return text;
}

// In single quotes, for sh, zsh and fish alike: a quote becomes a typographic one.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text)
    if (c == '\'')
      out += "\u2019";
    else if (c == '\\')
      out += '/';
    else
      out += c;
  return out += "'";
}

// What bash offers for a value, as lines of a case branch.
std::string bash_values(const Parameter& parameter) {
  switch (kind_of(parameter)) {
    case ValueKind::kChoice:
      return "COMPREPLY=($(compgen -W " + in_quotes(joined(choices(parameter.type), " ")) +
             " -- \"$cur\"))";
    case ValueKind::kKey:
      return "COMPREPLY=($(compgen -W \"$(_wascc_keys)\" -- \"$cur\")); compopt -o default";
    case ValueKind::kFolder:
      return "COMPREPLY=($(compgen -d -- \"$cur\"))";
    case ValueKind::kFile:
      return "COMPREPLY=(); compopt -o default";
    case ValueKind::kText:
    case ValueKind::kNone:
      break;
  }
  return "COMPREPLY=()";
}

// The key names are asked for when they are completed.
constexpr std::string_view kKeyNames = "wascc keys list 2>/dev/null | sed 's/ .*//'";

std::string bash(const CommandText& root) {
  const std::vector<const CommandText*> all = flattened(root);
  std::string known, values, words;
  for (const CommandText* command : all) {
    if (command != &root) known.append(known.empty() ? "" : "|").append(in_quotes(command->path));
    std::vector<std::string> flags;
    std::string positional = "COMPREPLY=()";
    for (const Parameter& parameter : command->parameters) {
      flags.insert(flags.end(), parameter.flags.begin(), parameter.flags.end());
      if (parameter.flags.empty()) {
        if (positional == "COMPREPLY=()") positional = bash_values(parameter);
        continue;
      }
      if (kind_of(parameter) == ValueKind::kNone) continue;
      std::vector<std::string> places;
      for (const std::string& flag : parameter.flags)
        places.push_back(in_quotes(command->path + " " + flag));
      values.append("    ").append(joined(places, "|")).append(") ");
      values.append(bash_values(parameter)).append("; return ;;\n");
    }
    std::vector<std::string> names;
    for (const CommandText& child : command->commands) names.push_back(child.name);
    words.append("    ").append(in_quotes(command->path)).append(")\n");
    words.append("      if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W ");
    words.append(in_quotes(joined(flags, " "))).append(" -- \"$cur\"))\n      else\n        ");
    words.append(names.empty() ? positional
                               : "COMPREPLY=($(compgen -W " + in_quotes(joined(names, " ")) +
                                     " -- \"$cur\"))");
    words.append("\n      fi ;;\n");
  }
  return "# bash completion for wascc: source <(wascc completion bash)\n"
         "_wascc_keys() { " +
         std::string(kKeyNames) +
         "; }\n\n"
         "_wascc() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} path=wascc i\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
         "    case \"$path ${COMP_WORDS[i]}\" in\n      " +
         known + ") path=\"$path ${COMP_WORDS[i]}\" ;;\n    esac\n  done\n" +
         "  case \"$path $prev\" in\n" + values + "  esac\n  case \"$path\" in\n" + words +
         "  esac\n}\ncomplete -F _wascc wascc\n";
}

std::string zsh_values(const Parameter& parameter) {
  switch (kind_of(parameter)) {
    case ValueKind::kChoice:
      return "compadd -- " + joined(choices(parameter.type), " ");
    case ValueKind::kKey:
      return "compadd -- ${(f)\"$(" + std::string(kKeyNames) + ")\"}; _files";
    case ValueKind::kFolder:
      return "_files -/";
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kText:
    case ValueKind::kNone:
      break;
  }
  return ":";
}

// "word:what it is", as _describe takes it.
std::string zsh_word(std::string_view word, std::string_view text) {
  std::string escaped;
  for (const char c : word) (escaped += c == ':' ? "\\" : "") += c;
  return in_quotes(escaped + ":" + std::string(text));
}

std::string zsh(const CommandText& root) {
  std::string known, values, words;
  for (const CommandText* command : flattened(root)) {
    if (command != &root) known.append(known.empty() ? "" : "|").append(in_quotes(command->path));
    std::string flags, names, positional = ":";
    for (const Parameter& parameter : command->parameters) {
      for (const std::string& flag : parameter.flags)
        flags.append(" ").append(zsh_word(flag, parameter.text));
      if (parameter.flags.empty()) {
        if (positional == ":") positional = zsh_values(parameter);
        continue;
      }
      if (kind_of(parameter) == ValueKind::kNone) continue;
      std::vector<std::string> places;
      for (const std::string& flag : parameter.flags)
        places.push_back(in_quotes(command->path + " " + flag));
      values.append("    ").append(joined(places, "|")).append(") ");
      values.append(zsh_values(parameter)).append("; return ;;\n");
    }
    for (const CommandText& child : command->commands)
      names.append(" ").append(zsh_word(child.name, child.summary));
    words.append("    ")
        .append(in_quotes(command->path))
        .append(")\n      if [[ $cur == -* ]]; then\n");
    words.append("        found=(").append(flags).append(" )\n        _describe option found\n");
    words.append("      else\n        ");
    if (names.empty())
      words.append(positional).append("\n");
    else
      words.append("found=(").append(names).append(" )\n        _describe command found\n");
    words.append("      fi ;;\n");
  }
  return "#compdef wascc\n# zsh completion for wascc: wascc completion zsh > _wascc, in a folder "
         "of "
         "$fpath\n"
         "_wascc() {\n"
         "  local cur=$words[CURRENT] prev=$words[CURRENT-1] where=wascc i\n"
         "  local -a found\n"
         "  for ((i = 2; i < CURRENT; i++)); do\n"
         "    case \"$where $words[i]\" in\n      " +
         known + ") where=\"$where $words[i]\" ;;\n    esac\n  done\n" +
         "  case \"$where $prev\" in\n" + values + "  esac\n  case \"$where\" in\n" + words +
         "  esac\n}\n_wascc \"$@\"\n";
}

std::string fish_values(const Parameter& parameter) {
  switch (kind_of(parameter)) {
    case ValueKind::kChoice:
      return " -x -a " + in_quotes(joined(choices(parameter.type), " "));
    case ValueKind::kKey:
      return " -r -a \"(wascc keys list 2>/dev/null | string replace -r ' .*' '')\"";
    case ValueKind::kFolder:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::kFile:
      return " -r -F";
    case ValueKind::kText:
      return " -x";
    case ValueKind::kNone:
      break;
  }
  return "";
}

std::string fish(const CommandText& root) {
  std::string known, lines;
  for (const CommandText* command : flattened(root)) {
    if (command != &root) known.append(" ").append(in_quotes(command->path));
    const std::string line =
        "complete -c wascc -n " + in_quotes("test \"$(__wascc_path)\" = \"" + command->path + "\"");
    for (const CommandText& child : command->commands)
      lines.append(line)
          .append(" -f -a ")
          .append(in_quotes(child.name))
          .append(" -d ")
          .append(in_quotes(child.summary)) += '\n';
    bool positional = false;
    for (const Parameter& parameter : command->parameters) {
      if (parameter.flags.empty()) {
        // What bare words of a command are is told by the first of them.
        if (!std::exchange(positional, true) && command->commands.empty()) {
          const std::string values = fish_values(parameter);
          lines.append(line).append(values == " -x" ? " -f" : values) += '\n';
        }
        continue;
      }
      lines.append(line);
      for (const std::string& flag : parameter.flags)
        lines.append(flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1));
      lines.append(fish_values(parameter)).append(" -d ").append(in_quotes(parameter.text)) += '\n';
    }
    if (!positional) lines.append(line).append(" -f\n");
  }
  return "# fish completion for wascc: wascc completion fish > "
         "~/.config/fish/completions/wascc.fish\n"
         "function __wascc_path\n"
         "  set -l path wascc\n"
         "  for word in (commandline -opc)[2..-1]\n"
         "    if contains -- \"$path $word\"" +
         known + "\n      set path \"$path $word\"\n    end\n  end\n  echo $path\nend\n" + lines;
}

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
  completion->callback([shell, &app, &chosen] {
    chosen = [shell, &app]() -> Status {
      const CommandText root = describe(app);
      const std::string text = *shell == "bash"  ? bash(root)
                               : *shell == "zsh" ? zsh(root)
                                                 : fish(root);
      std::fputs(text.c_str(), stdout);
      return {};
    };
  });
}

}  // namespace wascc::cli
