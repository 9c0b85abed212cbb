"""What `terraform validate` would say of names: whether every resource, block and argument is one of the AWS provider's, whether none that it
requires is missing, and whether every reference leads to something that is there.

Terraform and its provider cannot be had from PyPI. The provider's schema can: the package cdktf-cdktf-provider-aws is made from it,
a Python class a resource, and is read here without being run. What values mean is not looked at.

    terraform_schema.py WHEEL FILE.tf…    a JSON list of complaints for each; needs python-hcl2
"""

import ast
import json
import re
import sys
import zipfile
from functools import cache
from pathlib import Path

FOLDER = "cdktf_cdktf_provider_aws"
# Of every resource, beside what the provider knows.
META = {"count", "depends_on", "for_each", "lifecycle", "provider", "provisioner", "connection"}
PROGRAMS = {"provisioners", "scope", "id_", "id"}  # parameters of the classes that are no arguments, or never required
REFERENCE = re.compile(r"\b((?:data\.)?aws_\w+\.\w+)(?:\[[^\]]*\])?(?:\.(\w+))?|\b(var|local)\.(\w+)")


class Schema:
    def __init__(self, wheel: Path):
        self._wheel = zipfile.ZipFile(wheel)

    @cache
    def module(self, name: str) -> dict[str, ast.ClassDef]:
        try:
            tree = ast.parse(self._wheel.read(f"{FOLDER}/{name}/__init__.py"))
        except KeyError:
            return {}
        return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}

    def resource(self, kind: str, is_data: bool) -> ast.ClassDef | None:
        name = ("data_aws_" if is_data else "") + kind.removeprefix("aws_")
        classes = self.module(name)
        return next((node for node in classes.values() if any(
            ast.unparse(base).endswith((".TerraformResource", ".TerraformDataSource")) for base in node.bases)), None)


def arguments(node: ast.ClassDef) -> dict[str, tuple[bool, str]]:
    """By name: whether it is required, and the type."""
    init = next(part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__").args
    return {arg.arg: (default is None, ast.unparse(arg.annotation)) for arg, default in zip(init.kwonlyargs, init.kw_defaults)}


def attributes(node: ast.ClassDef) -> set[str]:
    return {part.name for part in node.body if isinstance(part, ast.FunctionDef)} | {"id"}


def plain(name: str) -> str:
    return name.strip('"')


class Checker:
    def __init__(self, schema: Schema, document: dict):
        self.schema, self.document = schema, document
        self.complaints: list[str] = []
        self.declared: dict[str, ast.ClassDef] = {}  # "aws_lb.balancer", "data.aws_x.y"

    def check(self) -> list[str]:
        for section in ("resource", "data"):
            for entry in self.document.get(section, []):
                for kind, named in entry.items():
                    for name, body in named.items():
                        self.declare(section == "data", plain(kind), plain(name), body)
        variables = {plain(name) for entry in self.document.get("variable", []) for name in entry}
        used = set()
        for text in texts({key: value for key, value in self.document.items() if key != "variable"}):
            for target, attribute, scope, variable in REFERENCE.findall(text):
                if scope:
                    used.add(variable)
                    if scope == "local" or variable not in variables:
                        self.complaints.append(f"nothing is declared as {scope}.{variable}")
                elif target not in self.declared:
                    self.complaints.append(f"nothing is declared as {target}")
                elif attribute and attribute not in attributes(self.declared[target]):
                    self.complaints.append(f"{target} has no attribute {attribute}")
        self.complaints += [f"var.{name} is not used" for name in variables - used]
        return self.complaints

    def declare(self, is_data: bool, kind: str, name: str, body: dict) -> None:
        address = f"{'data.' if is_data else ''}{kind}.{name}"
        if address in self.declared:
            self.complaints.append(f"{address} is declared twice")
        node = self.schema.resource(kind, is_data)
        if node is None:
            self.complaints.append(f"the provider has no {kind}")
            return
        self.declared[address] = node
        self.body(address, ("data_aws_" if is_data else "") + kind.removeprefix("aws_"), node, body, META)

    def body(self, where: str, module: str, node: ast.ClassDef, body: dict, also: set[str]) -> None:
        known = arguments(node)
        given = {key for key in body if not key.startswith("__")}
        self.complaints += [f"{where} has no argument {key}" for key in given - set(known) - also]
        self.complaints += [f"{where} lacks {key}" for key, (required, _) in known.items()
                            if required and key not in given | PROGRAMS]
        for key in given & set(known):
            blocks = [value for value in (body[key] if isinstance(body[key], list) else [])
                      if isinstance(value, dict) and "__is_block__" in value]
            of = re.search(r"['\"](\w+)['\"]", known[key][1])  # the class of a nested block, by name
            inner = self.schema.module(module).get(of[1]) if of else None
            if blocks and inner is None:
                self.complaints.append(f"{where}.{key} is an argument, not a block")
            for block in blocks:
                if inner is not None:
                    self.body(f"{where}.{key}", module, inner, block, set())


def texts(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield value


def main() -> None:
    import hcl2  # here, because the names above are used where it is not installed
    schema = Schema(Path(sys.argv[1]))
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as text:
            print(json.dumps(Checker(schema, hcl2.load(text)).check()))


if __name__ == "__main__":
    main()
