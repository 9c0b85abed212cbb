// The commands as --help knows them, as plain data: what the manual pages and the completions of
// shells are written from. Pure functions.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace wascc::cli {

struct Parameter {
  std::vector<std::string> flags;  // "-o", "--output"; none: stands by itself, under `value`
  std::string value;               // as people read it: "FILE", "MODULE"; empty where none is taken
  std::string type;                // what a value is: "FILE", "KEY", "sam|terraform", "TEXT"
  std::string text;
  bool required = false;
  bool repeated = false;
};

struct CommandText {
  std::string path;  // "wascc keys new"
  std::string name;  // "new"
  std::string summary;
  std::string footer;
  std::vector<Parameter> parameters;
  std::vector<CommandText> commands;
};

CommandText describe(const CLI::App& app);

// Every command of the tree, each before its own commands. Borrowed from `root`.
std::vector<const CommandText*> flattened(const CommandText& root);

// What a value may be, by the name it has in --help: "a|b" -> a, b; else nothing.
std::vector<std::string> choices(std::string_view value);

}  // namespace wascc::cli
