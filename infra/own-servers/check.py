"""Renders the chart in several ways and holds it to the schemas of Kubernetes, and reads compose.yaml as Docker Compose does.

    .local/charts/bin/python infra/own-servers/check.py

No engine and no cluster is needed. What breaks a rule here is shown to be noticed, by values that break it.
"""

import pathlib
import subprocess
import sys
import tempfile

import helm_python
import yaml

HERE = pathlib.Path(__file__).parent
CHART = HERE / "chart"
KUBERNETES = "1.34"

SETTINGS = {
    "S3_ENDPOINT_URL": "http://store:8333",
    "S3_PRESIGNING_URL": "https://files.example.org",
    "DIVBASE_PUBLIC_API_URL": "https://divbase.example.org/api",
}
LEAST = {"image": {"tag": "0.1.0"}, "settings": SETTINGS}
WAYS = {
    "least": LEAST,
    "autoscaled": LEAST | {"autoscaling": {"enabled": True}},
    "reachable": LEAST | {"ingress": {"enabled": True, "className": "nginx"}},
    "without backup": LEAST | {"backup": {"enabled": False}},
}
REFUSED = {
    "no tag": {"settings": SETTINGS},
    "a tag that moves": {"image": {"tag": "latest"}, "settings": SETTINGS},
    "no address of the API": {"image": {"tag": "1"}, "settings": SETTINGS | {"DIVBASE_PUBLIC_API_URL": "divbase"}},
}
# Types that come with programs beside Kubernetes, whose schemas it does not have.
FOREIGN = {"ScaledObject"}


def documents(values):
    chart = helm_python.Chart.load(str(CHART))
    found = []
    for name, text in chart.render(values, name="divbase", namespace="divbase").items():
        if name.endswith((".yaml", ".yml")):
            found += [document for document in yaml.safe_load_all(text) if document]
    return found


def pods(found):
    for document in found:
        spec = document.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield document["metadata"]["name"], spec["template"]["spec"]


def faults(found):
    """What a cluster would refuse, or should not be given."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all([each for each in found if each["kind"] not in FOREIGN], file)
        file.flush()
        validate = pathlib.Path(sys.executable).with_name("kubernetes-validate")
        ran = subprocess.run([validate, "--strict", "-k", KUBERNETES, file.name], capture_output=True, text=True)
        if ran.returncode:
            yield ran.stdout + ran.stderr
    for name, pod in pods(found):
        if not pod.get("securityContext", {}).get("runAsNonRoot"):
            yield f"{name}: runs as root"
        for container in pod["containers"]:
            context = container.get("securityContext", {})
            if not context.get("readOnlyRootFilesystem") or context.get("allowPrivilegeEscalation") is not False:
                yield f"{name}: may write into its image, or get more rights"
            if "memory" not in container.get("resources", {}).get("limits", {}):
                yield f"{name}: may take all memory"
    for document in found:
        if document["kind"] == "Deployment":
            container = document["spec"]["template"]["spec"]["containers"][0]
            if not {"livenessProbe", "readinessProbe"} <= set(container):
                yield f"{document['metadata']['name']}: nobody sees whether it works"


def compose():
    """Docker Compose's own program; its wrapper in Python always succeeds."""
    import compose as package

    program = pathlib.Path(package.__file__).parent / "docker-compose"
    values = {line.split("=")[0]: line.split("=", 1)[1].strip() or "x"
              for line in (HERE / ".env.example").read_text().splitlines() if "=" in line and line[0] != "#"}
    text = (HERE / "compose.yaml").read_text()
    with tempfile.TemporaryDirectory() as folder:
        for name, content, good in (("good", text, True), ("bad", text.replace("restart:", "restrat:"), False)):
            path = pathlib.Path(folder) / f"{name}.yaml"
            path.write_text(content)
            ran = subprocess.run([program, "-f", path, "config", "-q"], env=values | {"HOME": folder}, capture_output=True, text=True)
            if (ran.returncode == 0) != good:
                yield f"compose.yaml ({name}): {ran.stderr}"


def main():
    broken = []
    for way, values in WAYS.items():
        broken += [f"{way}: {fault}" for fault in faults(documents(values))]
    kinds = {document["kind"] for document in documents(WAYS["autoscaled"])}
    broken += [f"autoscaled: has no {kind}" for kind in ("ScaledObject", "CronJob", "Job") if kind not in kinds]
    for why, values in REFUSED.items():
        try:
            documents(values)
            broken.append(f"{why} is not refused")
        except helm_python.HelmError:
            pass
    # The rules see what they are for.
    spoiled = documents(LEAST)
    for _, pod in pods(spoiled):
        pod["securityContext"] = {}
        pod["containers"][0]["unknown"] = True
    noticed = "\n".join(faults(spoiled))
    if "runs as root" not in noticed or "unknown" not in noticed:
        broken.append(f"a spoiled pod is not noticed: {noticed}")
    report = helm_python.lint(str(CHART), LEAST)
    broken += [str(message) for message in report["messages"] if message["severity"] >= 3]
    broken += list(compose())
    for fault in broken:
        print(fault, file=sys.stderr)
    if not broken:
        print(f"the chart holds in {len(WAYS)} ways, and compose.yaml")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
