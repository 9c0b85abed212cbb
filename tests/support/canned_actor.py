"""Modules that answer every call with the same bytes, so that they make each answer an actor can give; some also fail."""


def _number(value: int) -> bytes:
    """Unsigned LEB128."""
    groups = bytearray()
    while True:
        groups.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(groups)


def _signed(value: int) -> bytes:
    """Signed LEB128 of a number that is not negative."""
    plain = _number(value)
    return plain if plain[-1] < 0x40 else plain[:-1] + bytes([plain[-1] | 0x80, 0])


def _name(text: str) -> bytes:
    return _number(len(text)) + text.encode()


def _section(number: int, content: bytes) -> bytes:
    return bytes([number]) + _number(len(content)) + content


def module(answer: bytes) -> bytes:
    """(module
         (import "wapc" "__guest_response" (func (param i32 i32)))
         (memory (export "memory") PAGES) (data (i32.const 0) ANSWER)
         (func (export "__guest_call") (param i32 i32) (result i32)
           (call 0 (i32.const 0) (i32.const LENGTH)) (i32.const 1)))
    """
    body = b"\x00\x41\x00\x41" + _signed(len(answer)) + b"\x10\x00\x41\x01\x0b"
    return b"\0asm\1\0\0\0" + b"".join([
        _section(1, b"\x02\x60\x02\x7f\x7f\x00\x60\x02\x7f\x7f\x01\x7f"),
        _section(2, b"\x01" + _name("wapc") + _name("__guest_response") + b"\x00\x00"),
        _section(3, b"\x01\x01"),
        _section(5, b"\x01\x00" + _number(len(answer) // 65536 + 1)),
        _section(7, b"\x02" + _name("memory") + b"\x02\x00" + _name("__guest_call") + b"\x00\x01"),
        _section(10, b"\x01" + _number(len(body)) + body),
        _section(11, b"\x01\x00\x41\x00\x0b" + _number(len(answer)) + answer),
    ])


def fickle_module(answer: bytes) -> bytes:
    """The same, but it traps if the message's byte 9, a request method's first letter, is T, and loops for ever if it is L.

       (module
         (import "wapc" "__guest_response" (func (param i32 i32)))
         (import "wapc" "__guest_request" (func (param i32 i32)))
         (memory (export "memory") 2) (data (i32.const 0) ANSWER)
         (func (export "__guest_call") (param i32 i32) (result i32)
           (call 1 (i32.const 65000) (i32.const 65536))
           (if (i32.eq (i32.load8_u (i32.const 65545)) (i32.const 84)) (then unreachable))
           (if (i32.eq (i32.load8_u (i32.const 65545)) (i32.const 76)) (then (loop (br 0))))
           (call 0 (i32.const 0) (i32.const LENGTH)) (i32.const 1)))
    """
    def if_letter(letter: str, then: bytes) -> bytes:
        return (b"\x41" + _signed(65545) + b"\x2d\x00\x00\x41" + _signed(ord(letter)) + b"\x46\x04\x40" + then + b"\x0b")

    body = (b"\x00\x41" + _signed(65000) + b"\x41" + _signed(65536) + b"\x10\x01" + if_letter("T", b"\x00")
            + if_letter("L", b"\x03\x40\x0c\x00\x0b")
            + b"\x41\x00\x41" + _signed(len(answer)) + b"\x10\x00\x41\x01\x0b")
    return b"\0asm\1\0\0\0" + b"".join([
        _section(1, b"\x02\x60\x02\x7f\x7f\x00\x60\x02\x7f\x7f\x01\x7f"),
        _section(2, b"\x02" + _name("wapc") + _name("__guest_response") + b"\x00\x00"
                 + _name("wapc") + _name("__guest_request") + b"\x00\x00"),
        _section(3, b"\x01\x01"),
        _section(5, b"\x01\x00\x02"),
        _section(7, b"\x02" + _name("memory") + b"\x02\x00" + _name("__guest_call") + b"\x00\x02"),
        _section(10, b"\x01" + _number(len(body)) + body),
        _section(11, b"\x01\x00\x41\x00\x0b" + _number(len(answer)) + answer),
    ])


def _text(value: str) -> bytes:
    """MessagePack str, up to 65,535 bytes."""
    data = value.encode()
    if len(data) < 32:
        return bytes([0xA0 | len(data)]) + data
    return b"\xda" + len(data).to_bytes(2, "big") + data


def http_response(status_code: int, status: str, header: dict[str, str], body: bytes) -> bytes:
    """The answer of `HandleRequest` (docs/formats/messages.md)."""
    return b"".join([
        b"\x84",
        _text("statusCode"), b"\xce" + status_code.to_bytes(4, "big"),
        _text("status"), _text(status),
        _text("header"), b"\xdf" + len(header).to_bytes(4, "big"),
        *(_text(name) + _text(value) for name, value in header.items()),
        _text("body"), b"\xc6" + len(body).to_bytes(4, "big") + body,
    ])
