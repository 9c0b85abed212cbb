// Answers an HTTP request.

import { __guest_error, consoleLog, handleCall, register, Result } from "@wapc/as-guest";
import { HttpRequest, HttpResponse } from "./http";

// Which function answers which operation.
register("HandleRequest", (payload: ArrayBuffer): Result<ArrayBuffer> => {
  const request = HttpRequest.decode(payload);
  consoleLog("asked for " + request.path);
  const response = new HttpResponse(200, "OK");
  response.header.set("content-type", "text/plain");
  response.body = String.UTF8.encode("hello " + request.path + "\n");
  return Result.ok<ArrayBuffer>(response.encode());
});

register("HealthRequest", (_payload: ArrayBuffer): Result<ArrayBuffer> => {
  return Result.ok<ArrayBuffer>(new ArrayBuffer(0));
});

// The host finds these by name. An exception in AssemblyScript calls abort, and then traps.

export function __guest_call(operationSize: usize, payloadSize: usize): bool {
  return handleCall(operationSize, payloadSize);
}

export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  let text = message ? message : "aborted";
  if (file) text += " at " + file + ":" + line.toString() + ":" + column.toString();
  const bytes = String.UTF8.encode(text);
  __guest_error(changetype<i32>(bytes), bytes.byteLength);
}
