"""Every route that the R example calls is one of the API's description, with what the example sends in its body.

That needs no R; where there is one, r.sh runs the example."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def properties(document: dict, schema: dict) -> set[str]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if schema.get("type") == "array":
        return properties(document, schema["items"])
    return set(schema.get("properties", {})).union(*(properties(document, part) for part in schema.get("allOf", [])))


def main() -> int:
    document = json.loads((ROOT / "docs/openapi.json").read_text())
    text = (ROOT / "clients/r/divbase.R").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    lists = dict(re.findall(r"(\w+) <- list\(list\((.*?)\)\)", text))
    calls = re.findall(r'api\("([^"]+)"(?:, (\w+))?\)(.*?)req_perform\(', text, re.DOTALL)
    if len(calls) < 4:
        sys.exit("the R example has lost its calls")
    for path, argument, chain in calls:
        parts = path.split("/") + (["{}"] if argument else [])
        pattern = re.compile("/api/v1/" + "/".join(r"\{\w+\}" if part == "{}" else part for part in parts) + "$")
        found = [known for known in document["paths"] if pattern.search(known) or pattern.search("/api/v1" + known)]
        body = re.search(r"req_body_json\((?:list\((.*?)\)|(\w+))\)", chain)
        method = "post" if body else "get"
        if len(found) != 1 or method not in document["paths"][found[0]]:
            sys.exit(f"{method} {path} is no route of the API: {found}")
        if body:
            sent = set(re.findall(r"(\w+) =", body[1] or lists[body[2]]))
            schema = document["paths"][found[0]][method]["requestBody"]["content"]["application/json"]["schema"]
            unknown = sent - properties(document, schema)
            if unknown or not sent:
                sys.exit(f"{path} takes no {unknown or 'empty body'}")
        print(f"divbase.R: {method} {found[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
