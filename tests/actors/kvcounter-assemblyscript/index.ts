// Counts the requests for each path, and reads the sum as the MessagePack library of 2020 did: only as a signed number.
// Beside it lie the packages and http.ts of examples/echo-assemblyscript (CMakeLists.txt here).

import { __guest_error, handleCall, hostCall, register, Result } from "@wapc/as-guest";
import { Encoder, Sizer, Writer } from "@wapc/as-msgpack";
import { HttpRequest, HttpResponse } from "./http";

function writeAdd(writer: Writer, key: string): void {
  writer.writeMapSize(2);
  writer.writeString("key");
  writer.writeString(key);
  writer.writeString("value");
  writer.writeInt32(1);
}

// Of a map with this one field, "value". That library refused unsigned formats, and took the shortest of negative numbers
// for one from 224 to 255.
function readSum(answer: ArrayBuffer): i64 {
  const start = 7;
  const bytes = new DataView(answer);
  const format = bytes.getUint8(start);
  if (format < 0x80 || format >= 0xe0) return <i64>format;
  if (format == 0xd0) return <i64>bytes.getInt8(start + 1);
  if (format == 0xd1) return <i64>bytes.getInt16(start + 1);
  if (format == 0xd2) return <i64>bytes.getInt32(start + 1);
  throw new Error("bad prefix for int");
}

register("HandleRequest", (payload: ArrayBuffer): Result<ArrayBuffer> => {
  const key = HttpRequest.decode(payload).path.split("/").join(":");
  const sizer = new Sizer();
  writeAdd(sizer, key);
  const add = new ArrayBuffer(sizer.length);
  writeAdd(new Encoder(add), key);
  const told = hostCall("", "wascc:keyvalue", "Add", add);
  if (!told.isOk) return told;
  const response = new HttpResponse(200, "OK");
  response.body = String.UTF8.encode('{"counter":' + readSum(told.get()).toString() + "}");
  return Result.ok<ArrayBuffer>(response.encode());
});

export function __guest_call(operationSize: usize, payloadSize: usize): bool {
  return handleCall(operationSize, payloadSize);
}

export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const bytes = String.UTF8.encode(message ? message : "aborted");
  __guest_error(changetype<i32>(bytes), bytes.byteLength);
}
