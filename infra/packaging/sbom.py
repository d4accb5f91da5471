"""A bill of materials (CycloneDX 1.6, JSON) of one of our programs: every crate that is linked into it, by Cargo.lock.

    python infra/packaging/sbom.py PACKAGE TRIPLE >PACKAGE.cdx.json

Crates that only build scripts, macros and tests need are left out. It says the same each time: no clock, no random number.
"""

import json
import re
import subprocess
import sys
import uuid

def cargo(*words):
    return subprocess.run(["cargo", *words, "--locked"], check=True, capture_output=True, text=True).stdout


def linked(name, triple):
    """For each crate that is linked into the package, by name and version, those that it uses; the package comes first. Cargo knows which
    features are on."""
    tree = cargo("tree", "--package", name, "--target", triple, "--edges", "normal,no-proc-macro", "--prefix", "depth", "--format", " {p}")
    edges, way = {}, []
    for line in tree.splitlines():
        depth, crate, version, *_ = line.split()
        at = (crate, version.removeprefix("v"))
        edges.setdefault(at, set())
        del way[int(depth):]
        if way:
            edges[way[-1]].add(at)
        way.append(at)
    return edges


def checksums():
    """SHA-256 of crates as Cargo.lock has them, by name and version."""
    with open("Cargo.lock", encoding="utf-8") as file:
        blocks = file.read().split("[[package]]")[1:]
    fields = [dict(re.findall(r'^(\w+) = "(.*)"$', block, re.M)) for block in blocks]
    return {(each["name"], each["version"]): each.get("checksum") for each in fields}


def reference(crate):
    return f"pkg:cargo/{crate[0]}@{crate[1]}"


def component(crate, package, sums):
    entry = {"type": "library", "bom-ref": reference(crate), "name": crate[0], "version": crate[1], "purl": reference(crate)}
    if package.get("license"):
        # Cargo's older way of writing `or`.
        entry["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if package["source"] is not None:
        entry["hashes"] = [{"alg": "SHA-256", "content": sums[crate]}]
    return entry


def bill(name, triple):
    found = json.loads(cargo("metadata", "--format-version", "1", "--filter-platform", triple))
    packages = {(package["name"], package["version"]): package for package in found["packages"]}
    if not any(crate == name and package["source"] is None for (crate, _), package in packages.items()):
        sys.exit(f"sbom: there is no package {name}")
    edges, sums = linked(name, triple), checksums()
    own, *_ = edges
    body = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": component(own, packages[own], sums) | {"type": "application"},
            "properties": [{"name": "cargo:target", "value": triple}],
        },
        "components": [component(each, packages[each], sums) for each in sorted(edges) if each != own],
        "dependencies": [{"ref": reference(each), "dependsOn": sorted(map(reference, edges[each]))} for each in sorted(edges)],
    }
    # Named by what it says, so that the same materials have the same bill.
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return body | {"serialNumber": f"urn:uuid:{number}"}


def main(arguments):
    if len(arguments) != 2:
        return __doc__
    json.dump(bill(*arguments), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
