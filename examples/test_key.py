#!/usr/bin/env python3
"""Prints a test key's seed in its text form. Everybody can: these keys prove nothing, and sign only examples and tests.

  test_key.py account    the issuer of all examples; raw seed 00 01 02 … 1f
  test_key.py NAME       the example NAME; raw seed SHA-256 of "wascc example NAME"
"""

import base64
import binascii
import hashlib
import sys

ACCOUNT, MODULE = 0x00, 0x60


def seed_text(kind: int, raw: bytes) -> str:
    """Base32 of a prefix that tells a seed and whose it is, the raw seed, and their CRC-16 (XMODEM)."""
    prefixed = bytes([0x90 | kind >> 5, (kind & 0x1F) << 3]) + raw
    checksum = binascii.crc_hqx(prefixed, 0).to_bytes(2, "little")
    return base64.b32encode(prefixed + checksum).decode().rstrip("=")


def main() -> int:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "account":
        print(seed_text(ACCOUNT, bytes(range(32))))
    else:
        print(seed_text(MODULE, hashlib.sha256(f"wascc example {sys.argv[1]}".encode()).digest()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
