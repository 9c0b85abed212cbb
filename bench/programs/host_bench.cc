// Times calls inside one process, without any socket. Prints one JSON object: least, median and
// 99th percentile of each, from batches of calls.
//
//   host_bench emit FOLDER             writes what it and the peers are called with:
//                                      calls.wasm and request.msgpack, an HTTP request of 1 kB
//   host_bench calls FOLDER BIG.wasm   guest and host calls, an actor's call, a fresh instance
//   host_bench providers FOLDER        a host call through the router to each kind of provider
//   host_bench growth FOLDER           the same call with ever more bindings and actors
//   host_bench compile MODULE.wasm
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "engine/wasmtime_engine.h"
#include "engine/wat.h"
#include "providers/extras.h"
#include "providers/keyvalue_memory.h"
#include "providers/logging.h"
#include "providers/native_provider.h"
#include "providers/portable.h"
#include "samples.h"
#include "wapc/guest.h"
#include "wascc/host.h"
#include "wascc/messages/http.h"
#include "wascc/messages/keyvalue.h"
#include "wascc/messages/logging.h"
#include "wascc/provider.hpp"

namespace {

using namespace wascc;

[[noreturn]] void die(const std::string& why) {
  std::fprintf(stderr, "host_bench: %s\n", why.c_str());
  std::exit(1);
}

template <class T>
T need(Result<T> result) {
  if (!result) die(result.error().message());
  return *std::move(result);
}
void need(const Status& status) {
  if (!status) die(status.error().message());
}

// `per_call`: how many of what is measured one call makes.
std::string measure(const std::string& name, int batches, int calls,
                    const std::function<void()>& call, int per_call = 1) {
  for (int i = 0; i < calls; ++i) call();
  bench::Samples samples;
  for (int batch = 0; batch < batches; ++batch) {
    const bench::Time start = bench::now();
    for (int i = 0; i < calls; ++i) call();
    samples.add(bench::us(start, bench::now()) / calls / per_call);
  }
  return samples.json(name);
}

void print(const std::vector<std::string>& figures) {
  std::string all;
  for (const std::string& figure : figures) all.append(all.empty() ? "" : ",").append(figure);
  std::printf("{%s}\n", all.c_str());
}

// What calls.wat takes: where its host call goes, and with what.
Bytes host_call(std::string_view name_space, std::string_view operation, ByteView payload) {
  std::string text;
  text.append(1, static_cast<char>(name_space.size())).append(name_space);
  text.append(1, static_cast<char>(operation.size())).append(operation);
  return to_bytes(text.append(as_text(payload)));
}

HttpRequest request_of_1_kb() {
  HttpRequest request;
  request.method = "GET";
  request.path = "/my/path";
  request.query_string = "parameter1=value1&parameter2=value";
  for (int i = 0; i < 12; ++i)
    request.header.emplace_back("x-header-number-" + std::to_string(i), std::string(50, 'v'));
  request.body = to_bytes(std::string_view("Hello from Lambda!"));
  return request;
}

class EchoHost final : public wapc::GuestHost {
 public:
  Result<Bytes> host_call(const wapc::HostCall&) override {
    return to_bytes(std::string_view("answer"));
  }
  void console_log(std::string_view) override {}
  void output(int, std::string_view) override {}
};

class NoLog final : public LogSink {
 public:
  bool enabled(LogLevel level, std::string_view) const override {
    return level <= LogLevel::kError;
  }
  void write(const LogEntry&) override {}
};

struct Bench {
  explicit Bench(std::string work) : folder(std::move(work)) {}

  std::string folder;
  std::unique_ptr<engine::Engine> engine = need(engine::make_wasmtime_engine());
  // As with `isolation: invocation`.
  std::unique_ptr<engine::Engine> fresh = need(engine::make_wasmtime_engine({16}));
  SystemClock clock;
  NoLog sink;
  Log log{sink};

  std::shared_ptr<const engine::Module> module(const std::string& path) {
    return need(engine->compile(need(read_file(path, 64 << 20))));
  }
  static std::shared_ptr<const wapc::GuestModule> guest(engine::Engine& engine,
                                                        const std::string& path) {
    return need(
        wapc::GuestModule::link(engine, need(engine.compile(need(read_file(path, 64 << 20))))));
  }
  std::string calls_wasm() const { return folder + "/calls.wasm"; }
};

void emit(const std::string& folder) {
  const Bytes wat = need(read_file(WASCC_BENCH_DIR "/guests/calls.wat", 1 << 20));
  need(write_file_atomically(folder + "/calls.wasm", need(engine::assemble(as_text(wat)))));
  need(write_file_atomically(folder + "/request.msgpack", encode(request_of_1_kb())));
}

void calls(Bench& bench, const std::string& big) {
  EchoHost host;
  const Bytes request = encode(request_of_1_kb());
  const Bytes one = host_call("bench:any", "Op", as_bytes("payload"));
  const auto small_guest = Bench::guest(*bench.engine, bench.calls_wasm());
  const auto big_guest = Bench::guest(*bench.engine, big);
  const auto fresh_guest = Bench::guest(*bench.fresh, big);
  const auto start = [&](const auto& module) {
    return need(wapc::Guest::start(module, {}, host, kNoDeadline));
  };
  const auto small = start(small_guest);
  const auto kept = start(big_guest);
  print({measure("empty_call", 100, 2000, [&] { need(small->call("e", {}, host, kNoDeadline)); }),
         measure("call_with_host_call", 100, 2000,
                 [&] { need(small->call("c", one, host, kNoDeadline)); }),
         measure(
             "host_call", 100, 20, [&] { need(small->call("r", one, host, kNoDeadline)); }, 100),
         measure("actor_call", 100, 200,
                 [&] { need(kept->call("HandleRequest", request, host, kNoDeadline)); }),
         measure("fresh_instance", 100, 20, [&] {
           need(start(fresh_guest)->call("HandleRequest", request, host, kNoDeadline));
         })});
}

// A provider that answers with nothing, built in or behind the C interface.
class Nothing : public Provider {
 public:
  explicit Nothing(std::string id = "bench:native") : id_(std::move(id)) {}

  CapabilityDescriptor descriptor() const override {
    CapabilityDescriptor descriptor;
    descriptor.id = id_;
    return descriptor;
  }
  Status start(Dispatcher&) override { return {}; }
  Status bind(const CapabilityConfiguration&) override { return {}; }
  Status unbind(std::string_view) override { return {}; }
  Result<Bytes> handle_call(const ProviderCall&) override { return Bytes(); }
  void stop() override {}

 private:
  std::string id_;
};

// A key of the right form; nothing here looks at its checksum.
std::string key(int number) {
  std::string text = std::to_string(number);
  return "M" + std::string(55 - text.size(), 'A') + text;
}

claims::Claims claims_of(int number, std::vector<std::string> capabilities) {
  claims::Claims claims;
  claims.subject = key(number);
  claims.issuer = std::string("A") + std::string(55, 'A');
  claims.capabilities = std::move(capabilities);
  return claims;
}

void provider_calls(Bench& bench) {
  Host host(*bench.engine, {}, bench.log);
  ProviderOptions by_itself;
  by_itself.bind_by_itself = true;
  need(host.add_provider(std::make_unique<providers::LoggingProvider>(bench.log), by_itself));
  need(host.add_provider(std::make_unique<providers::ExtrasProvider>(), by_itself));
  need(host.add_provider(std::make_unique<providers::MemoryKeyValueProvider>(bench.clock),
                         by_itself));
  const Bytes wat = need(read_file(WASCC_BENCH_DIR "/guests/portable.wat", 1 << 20));
  auto portable_module = need(wapc::GuestModule::link(
      *bench.engine, need(bench.engine->compile(need(engine::assemble(as_text(wat)))))));
  claims::Claims portable = claims_of(1, {});
  portable.provider = true;
  need(host.add_provider(need(providers::PortableProvider::load(portable, portable_module, {},
                                                                bench.log, kNoDeadline)),
                         by_itself));

  need(host.add_provider(std::make_unique<Nothing>("bench:builtin"), by_itself));
  need(host.add_provider(
      need(providers::native_provider(abi::Exported<Nothing>::table(), "bench", bench.log)),
      by_itself));

  const auto module = bench.module(bench.calls_wasm());
  const std::string caller =
      need(host.add_actor(claims_of(2, {"wascc:logging", "wascc:extras", "wascc:keyvalue",
                                        "bench:builtin", "bench:native", "bench:portable", key(3)}),
                          module));
  const std::string callee = need(host.add_actor(claims_of(3, {}), module));
  const auto to = [&](const std::string& name, std::string_view name_space,
                      std::string_view operation, const Bytes& payload) {
    const Bytes call = host_call(name_space, operation, payload);
    return measure(
        name, 100, 10, [&, call] { need(host.call_actor(caller, "r", call)); }, 100);
  };
  const Bytes empty;
  print({measure("host_to_actor", 100, 1000, [&] { need(host.call_actor(caller, "e", {})); }),
         to("keyvalue_in_memory", "wascc:keyvalue", "Set",
            encode(keyvalue::SetRequest{"key", "value", 0})),
         to("extras", "wascc:extras", "RequestSequence", empty),
         to("logging_off", "wascc:logging", "WriteLog",
            encode(WriteLogRequest{kWriteLogDebug, "a line that is not wanted"})),
         to("built_in", "bench:builtin", "n", empty), to("native", "bench:native", "n", empty),
         to("portable", "bench:portable", "n", empty), to("actor_to_actor", key(3), "e", empty)});
  (void)callee;
}

void growth(Bench& bench) {
  const auto module = bench.module(bench.calls_wasm());
  const Bytes call = host_call("wascc:extras", "RequestSequence", {});
  std::vector<std::string> figures;
  for (const int actors : {1, 20, 500}) {
    Host host(*bench.engine, {}, bench.log);
    ProviderOptions by_itself;
    by_itself.bind_by_itself = true;
    need(host.add_provider(std::make_unique<providers::ExtrasProvider>(), by_itself));
    for (int i = 0; i < actors; ++i) need(host.add_actor(claims_of(i, {"wascc:extras"}), module));
    const std::string middle = key(actors / 2);
    figures.push_back(measure("actors_" + std::to_string(actors), 100, 500,
                              [&] { need(host.call_actor(middle, "c", call)); }));
  }
  for (const int bindings : {1, 30, 1000}) {
    Host host(*bench.engine, {}, bench.log);
    const std::string actor = need(host.add_actor(claims_of(1, {"wascc:extras"}), module));
    for (int i = 0; i < bindings; ++i) {
      ProviderOptions options;
      if (i + 1 < bindings) options.binding = "b" + std::to_string(i);
      need(host.add_provider(std::make_unique<providers::ExtrasProvider>(), options));
      need(host.bind({actor, "wascc:extras", options.binding, {}}));
    }
    figures.push_back(measure("bindings_" + std::to_string(bindings), 100, 500,
                              [&] { need(host.call_actor(actor, "c", call)); }));
  }
  print(figures);
}

void compile(Bench& bench, const std::string& path) {
  const Bytes wasm = need(read_file(path, 64 << 20));
  const bench::Time start = bench::now();
  const auto module = need(bench.engine->compile(wasm));
  const double took = bench::us(start, bench::now());
  std::printf("{\"compile_us\":%.0f,\"module_bytes\":%zu,\"native_bytes\":%zu}\n", took,
              wasm.size(), need(module->serialize()).size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 2 ? argv[1] : "";
  Bench bench(argc > 2 ? argv[2] : "");
  if (what == "emit")
    emit(bench.folder);
  else if (what == "calls" && argc == 4)
    calls(bench, argv[3]);
  else if (what == "providers")
    provider_calls(bench);
  else if (what == "growth")
    growth(bench);
  else if (what == "compile")
    compile(bench, argv[2]);
  else
    die("usage: host_bench emit|providers|growth FOLDER, calls FOLDER BIG.wasm, compile FILE.wasm");
  return 0;
}
