"""The sanitizers' own variables, for a test that gives a program no other environment than its own."""

import os

OPTIONS = {name: os.environ[name] for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}
