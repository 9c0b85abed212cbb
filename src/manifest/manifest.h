// Manifest: which actors and providers a host runs and how they are bound, read from YAML or JSON
// (docs/manifest.md). A plain value, and nothing in it is trusted or looked up yet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifest/expand.h"
#include "manifest/settings.h"
#include "wascc/msgpack.h"
#include "wascc/result.h"

namespace wascc::manifest {

struct Actor {
  std::string path;
  std::string place;  // "manifest.yaml:3:5", for errors
};

struct Folder {
  std::string host;
  std::string guest;
  bool writable = false;
};

struct Capability {
  std::string path;
  std::string binding_name;
  std::vector<std::string> arguments;  // this and the next two: for portable providers
  StringMap environment;
  std::vector<Folder> folders;
  std::string place;
  std::string path_place = {};  // of the path's text
};

// A value of a binding that stands elsewhere, and is looked up when the process starts.
struct Secret {
  enum class From { kFile, kSecret, kParameter };
  std::string key;  // of the binding's values
  From from = From::kFile;
  std::string name;   // the file's path, or that of the secret or parameter
  std::string place;  // for errors
};

struct Binding {
  std::string actor;  // public key, M…
  std::string capability;
  std::string binding;
  StringMap values;
  std::string place;
  std::vector<Secret> secrets = {};  // their keys are not among the values
};

struct Manifest {
  StringMap labels;
  std::vector<Actor> actors;
  std::vector<Capability> capabilities;
  std::vector<Binding> bindings;
  Settings settings;
  std::vector<std::string> warnings;  // keys that mean nothing, each with its place
};

// Errors begin with "file:line:column: ". `file` is only a name for messages.
Result<Manifest> parse(std::string_view text, const std::string& file);

// Reads, expands and parses a file; kNotFound if there is none.
Result<Manifest> load(const std::string& path, const Environment& environment);

}  // namespace wascc::manifest
