// Just enough JSON to write a picture of a request.

export function jsonString(text: string): string {
  let json = '"';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit == 0x22) json += '\\"';
    else if (unit == 0x5c) json += "\\\\";
    else if (unit < 0x20) json += "\\u00" + hexDigit(unit >> 4) + hexDigit(unit & 15);
    else json += text.charAt(i);
  }
  return json + '"';
}

export function jsonStringMap(map: Map<string, string>): string {
  const keys = map.keys();
  const members = new Array<string>(keys.length);
  for (let i = 0; i < keys.length; i++) {
    members[i] = jsonString(keys[i]) + ":" + jsonString(map.get(keys[i]));
  }
  return "{" + members.join(",") + "}";
}

export function jsonBytes(bytes: ArrayBuffer): string {
  return "[" + Uint8Array.wrap(bytes).join(",") + "]";
}

function hexDigit(digit: i32): string {
  return "0123456789abcdef".charAt(digit);
}
