#!/usr/bin/env python3
"""Collects what the executables contain of others: licence texts, and a bill of materials in CycloneDX 1.5 JSON.

    third_party.py --version VERSION --output FOLDER [--providers NAME;NAME]

writes THIRD-PARTY-LICENSES.txt and sbom.cdx.json, with what these native providers contain beside. Rust crates come from
the engine's lock file (fetched if they are not here), libraries from Debian's packages, and for providers from where the
build has their sources. The same inputs give the same bytes.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Debian package, the name people know, licence.
LIBRARIES = [("libboost1.81-dev", "boost", "BSL-1.0"), ("libsodium-dev", "libsodium", "ISC"),
             ("libssl-dev", "openssl", "Apache-2.0"), ("libyaml-dev", "libyaml", "MIT"),
             ("libcli11-dev", "CLI11", "BSD-3-Clause"), ("libminizip-dev", "minizip", "Zlib"), ("zlib1g-dev", "zlib", "Zlib"),
             ("libdeflate-dev", "libdeflate", "MIT"),
             ("libc6-dev", "glibc", "LGPL-2.1-or-later"),
             ("libstdc++-12-dev", "libstdc++", "GPL-3.0-or-later WITH GCC-exception-3.1")]
LICENCE_FILE = re.compile(r"(?i)^(licen[cs]e|copying|copyright|unlicense|notice)")


def output_of(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"third_party: {command[0]} failed: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    return done.stdout


def crates() -> list[dict]:
    """The crates that are linked in, without those for building or for other systems."""
    manifest = str(ROOT / "third_party/wasmtime/Cargo.toml")
    target = "x86_64-unknown-linux-gnu"
    listed = output_of("cargo", "tree", "--manifest-path", manifest, "--locked", "--features", "compiler", "--edges",
                       "normal,no-proc-macro", "--target", target, "--prefix", "none", "--format", "{p}")
    wanted = {tuple(line.split()[:2]) for line in listed.splitlines() if line.strip()}
    metadata = json.loads(output_of("cargo", "metadata", "--manifest-path", manifest, "--locked", "--format-version", "1",
                                    "--features", "compiler", "--filter-platform", target))
    found = [package for package in metadata["packages"]
             if (package["name"], "v" + package["version"]) in wanted and package["source"]]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def crate_texts(package: dict) -> list[str]:
    folder = Path(package["manifest_path"]).parent
    files = sorted(file for file in folder.iterdir() if file.is_file() and LICENCE_FILE.match(file.name))
    return [file.read_text("utf-8", errors="replace").strip() for file in files]


def debian_version(package: str) -> str:
    return output_of("dpkg-query", "-W", "-f=${Version}", package)


def curl() -> tuple[str, str, str, str]:
    """Name, version, licence and its text."""
    manifest = str(ROOT / "third_party/curl/Cargo.toml")
    metadata = json.loads(output_of("cargo", "metadata", "--manifest-path", manifest, "--locked", "--format-version", "1",
                                    "--filter-platform", "x86_64-unknown-linux-gnu"))
    package = next(package for package in metadata["packages"] if package["name"] == "curl-sys")
    text = Path(package["manifest_path"]).parent / "curl/COPYING"
    return "curl", package["version"].partition("+")[2], "curl", text.read_text("utf-8")


def hiredis() -> tuple[str, str, str, str]:
    folder = Path(output_of(str(ROOT / "tools/fetch_hiredis.sh")).strip()) / "hiredis"
    numbers = dict(re.findall(r"#define HIREDIS_(MAJOR|MINOR|PATCH) (\d+)", (folder / "hiredis.h").read_text("utf-8")))
    version = ".".join(numbers[part] for part in ("MAJOR", "MINOR", "PATCH"))
    return "hiredis", version, "BSD-3-Clause", (folder / "COPYING").read_text("utf-8")


def pugixml() -> tuple[str, str, str, str]:
    text = Path("/usr/share/doc/libpugixml-dev/copyright").read_text("utf-8")
    return "pugixml", debian_version("libpugixml-dev"), "MIT", text


# What each native provider is linked with, beside Debian's OpenSSL. NATS's library is a package that it depends on.
PROVIDERS = {"blobstore_s3": (curl, pugixml), "http_client": (curl,), "keyvalue_redis": (hiredis,),
             "eventstreams_redis": (hiredis,)}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--providers", default="")
    parser.add_argument("--version", required=True)
    parser.add_argument("--output", required=True, type=Path)
    options = parser.parse_args()

    texts: dict[str, list[str]] = {}  # a text, and who is under it
    components = []
    for package in crates():
        name, version = package["name"], package["version"]
        components.append({"type": "library", "name": name, "version": version, "purl": f"pkg:cargo/{name}@{version}",
                           "licenses": [{"expression": (package["license"] or "NOASSERTION").replace("/", " OR ")}]})
        for text in crate_texts(package) or [f"{package['license']} (the crate brings no text of its own)"]:
            texts.setdefault(text, []).append(f"{name} {version}")
    for package, name, licence in LIBRARIES:
        version = debian_version(package)
        components.append({"type": "library", "name": name, "version": version, "licenses": [{"expression": licence}]})
        copyright_file = Path("/usr/share/doc") / package / "copyright"
        texts.setdefault(copyright_file.read_text("utf-8", errors="replace").strip(), []).append(f"{name} {version}")

    linked = {library for provider in options.providers.split(";") for library in PROVIDERS.get(provider, ())}
    for name, version, licence, text in sorted(library() for library in linked):
        components.append({"type": "library", "name": name, "version": version, "licenses": [{"expression": licence}]})
        texts.setdefault(text.strip(), []).append(f"{name} {version}")

    options.output.mkdir(parents=True, exist_ok=True)
    with open(options.output / "THIRD-PARTY-LICENSES.txt", "w", encoding="utf-8") as out:
        out.write("What the executables and native providers contain of others, and under which terms.\n")
        for text, names in texts.items():
            out.write(f"\n{'=' * 100}\n{', '.join(names)}\n{'=' * 100}\n\n{text}\n")
    sbom = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "application", "name": "wascc", "version": options.version,
                                       "licenses": [{"expression": "Apache-2.0"}]}},
            "components": components}
    (options.output / "sbom.cdx.json").write_text(json.dumps(sbom, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
