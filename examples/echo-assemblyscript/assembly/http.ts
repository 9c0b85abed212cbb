// The two messages of `wascc:http_server`, as MessagePack maps.

import { Decoder, Encoder, Sizer, Writer } from "@wapc/as-msgpack";

export class HttpRequest {
  method: string = "";
  path: string = "";
  queryString: string = "";
  header: Map<string, string> = new Map<string, string>();
  body: ArrayBuffer = new ArrayBuffer(0);

  // Fields may come in any order; an unknown one is skipped.
  static decode(payload: ArrayBuffer): HttpRequest {
    const decoder = new Decoder(payload);
    const request = new HttpRequest();
    for (let fields = decoder.readMapSize(); fields > 0; fields--) {
      const field = decoder.readString();
      if (field == "method") request.method = decoder.readString();
      else if (field == "path") request.path = decoder.readString();
      else if (field == "queryString") request.queryString = decoder.readString();
      else if (field == "header") request.header = readStringMap(decoder);
      else if (field == "body") request.body = decoder.readByteArray();
      else decoder.skip();
    }
    if (decoder.error()) throw new Error("the request is not a MessagePack map of its fields");
    return request;
  }
}

export class HttpResponse {
  header: Map<string, string> = new Map<string, string>();
  body: ArrayBuffer = new ArrayBuffer(0);

  constructor(public statusCode: u32, public status: string) {}

  encode(): ArrayBuffer {
    const sizer = new Sizer();
    this.write(sizer);
    const bytes = new ArrayBuffer(sizer.length);
    this.write(new Encoder(bytes));
    return bytes;
  }

  private write(writer: Writer): void {
    writer.writeMapSize(4);
    writer.writeString("statusCode");
    writer.writeUInt32(this.statusCode);
    writer.writeString("status");
    writer.writeString(this.status);
    writer.writeString("header");
    writeStringMap(writer, this.header);
    writer.writeString("body");
    writer.writeByteArray(this.body);
  }
}

function readStringMap(decoder: Decoder): Map<string, string> {
  const map = new Map<string, string>();
  for (let entries = decoder.readMapSize(); entries > 0; entries--) {
    const key = decoder.readString();
    map.set(key, decoder.readString());
  }
  return map;
}

function writeStringMap(writer: Writer, map: Map<string, string>): void {
  const keys = map.keys();
  writer.writeMapSize(keys.length);
  for (let i = 0; i < keys.length; i++) {
    writer.writeString(keys[i]);
    writer.writeString(map.get(keys[i]));
  }
}
