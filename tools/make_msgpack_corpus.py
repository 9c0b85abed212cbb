#!/usr/bin/env python3
"""Writes tests/corpus/msgpack_fuzz/: the golden messages, and the same cut short or with odd bytes in them.

Run it after a change of tests/golden/messages.txt. Found crashes are added to the folder by hand.
"""
import pathlib

root = pathlib.Path(__file__).resolve().parent.parent
corpus = root / "tests/corpus/msgpack_fuzz"
corpus.mkdir(parents=True, exist_ok=True)

for line in (root / "tests/golden/messages.txt").read_text().splitlines():
    if not line or line.startswith("#"):
        continue
    name, digits = line.split()
    message = bytes.fromhex(digits)
    (corpus / name).write_bytes(message)
    (corpus / f"{name}_cut").write_bytes(message[: len(message) * 2 // 3])

odd = {
    "nested_65_arrays": b"\x91" * 65 + b"\xc0",
    "nested_65_maps": b"\x81\xa1x" * 65 + b"\xc0",
    "array32_of_4_billion": b"\xdd\xff\xff\xff\xff",
    "map32_of_4_billion": b"\xdf\xff\xff\xff\xff",
    "str32_beyond_the_end": b"\x81\xa6method\xdb\xff\xff\xff\xff",
    "bin32_beyond_the_end": b"\x81\xa4body\xc6\x7f\xff\xff\xff",
    "every_other_format": b"\x85\xa1a\xca\x00\x00\x00\x00\xa1b\xcb" + b"\x00" * 8
    + b"\xa1c\xd4\x01\x02\xa1d\xc7\x03\x01abc\xa4body\xa3raw",
    "integer_keys": b"\x82\x00\xa3key\x01\xcf" + b"\x00" * 7 + b"\x07",
    "repeated_keys": b"\x82\xa6module\xa1M\xa6values\x82\xa1k\xa11\xa1k\xa12",
    "enumeration_by_name": b"\x93\xa1n\xa8to_actor\xa1d",
    "reserved_byte": b"\x81\xa4body\xc1",
    "not_utf8": b"\x81\xa2id\xa3\xed\xa0\x80",
    "empty": b"",
}
for name, message in odd.items():
    (corpus / name).write_bytes(message)
