// The guest's side of waPC (docs/formats/wapc.md): what the host provides, and the one function
// that it calls. Elsewhere than in WebAssembly a test provides the host's side.
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __wasm__
#define WASCC_WAPC_IMPORT(name) __attribute__((import_module("wapc"), import_name(#name)))
#define WASCC_WAPC_EXPORT(name) __attribute__((export_name(#name)))
#else
#define WASCC_WAPC_IMPORT(name)
#define WASCC_WAPC_EXPORT(name)
#endif

extern "C" {

WASCC_WAPC_IMPORT(__guest_request) void wapc_guest_request(char* operation, std::byte* payload);
WASCC_WAPC_IMPORT(__guest_response)
void wapc_guest_response(const std::byte* response, std::size_t length);
WASCC_WAPC_IMPORT(__guest_error) void wapc_guest_error(const char* text, std::size_t length);
WASCC_WAPC_IMPORT(__host_call)
std::int32_t wapc_host_call(const char* binding, std::size_t binding_length, const char* name_space,
                            std::size_t name_space_length, const char* operation,
                            std::size_t operation_length, const std::byte* payload,
                            std::size_t payload_length);
WASCC_WAPC_IMPORT(__host_response_len) std::size_t wapc_host_response_len();
WASCC_WAPC_IMPORT(__host_response) void wapc_host_response(std::byte* response);
WASCC_WAPC_IMPORT(__host_error_len) std::size_t wapc_host_error_len();
WASCC_WAPC_IMPORT(__host_error) void wapc_host_error(char* text);
WASCC_WAPC_IMPORT(__console_log) void wapc_console_log(const char* text, std::size_t length);

// 1: answered; 0: failed, with an error.
WASCC_WAPC_EXPORT(__guest_call)
std::int32_t wapc_guest_call(std::size_t operation_length, std::size_t payload_length);
}
