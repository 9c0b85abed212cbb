#!/usr/bin/env python3
"""Writes a test key's seed in its text form. Everybody can: these keys prove nothing, and sign only examples and tests.

  test_key.py account [FILE]    the issuer of all examples; raw seed 00 01 02 … 1f
  test_key.py NAME [FILE]       the example NAME; raw seed SHA-256 of "wascc example NAME"
"""

import base64
import binascii
import hashlib
import os
import sys

ACCOUNT, MODULE = 0x00, 0x60


def seed_text(kind: int, raw: bytes) -> str:
    """Base32 of a prefix that tells a seed and whose it is, the raw seed, and their CRC-16 (XMODEM)."""
    prefixed = bytes([0x90 | kind >> 5, (kind & 0x1F) << 3]) + raw
    checksum = binascii.crc_hqx(prefixed, 0).to_bytes(2, "little")
    return base64.b32encode(prefixed + checksum).decode().rstrip("=")


def account_seed() -> str:
    return seed_text(ACCOUNT, bytes(range(32)))


def example_seed(name: str) -> str:
    return seed_text(MODULE, hashlib.sha256(f"wascc example {name}".encode()).digest())


def write_seed(path: str, seed: str) -> None:
    """A seed file for `wascc sign`; readable for its owner alone, as for a real one."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(seed + "\n")


def main() -> int:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    seed = account_seed() if sys.argv[1] == "account" else example_seed(sys.argv[1])
    if len(sys.argv) == 2:
        print(seed)
    else:
        write_seed(sys.argv[2], seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
