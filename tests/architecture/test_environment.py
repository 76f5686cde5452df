"""`.env.example` names everything a server can be told, and nothing it would not hear."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PROJECT

# What real servers read.
SETTINGS = [PROJECT / "config" / "storage.py", *sorted((PROJECT / "config" / "settings").glob("[bp]*.py"))]
COMPOSED = [PROJECT / "docker-compose.yml", PROJECT / "deploy" / "Caddyfile", PROJECT / "deploy" / "web-machine.yml"]
# Refused outside the demo (core.checks).
OF_THE_DEMO = {"STRIPE_SANDBOX_URL"}


def names_read(path: Path) -> Iterator[str]:
    """Of `env.text("NAME", …)` and its sisters."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and node.args:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield str(name.value)


def read_by_settings() -> set[str]:
    return {name for path in SETTINGS for name in names_read(path)}


def read_by_containers() -> set[str]:
    """`${NAME…}` in YAML; two dollars are the container's own. `{$NAME…}` in the proxy's file."""
    text = "\n".join(path.read_text(encoding="utf8") for path in COMPOSED)
    said = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    return set(re.findall(r"\$\{([A-Z0-9_]+)", said)) | set(re.findall(r"\{\$([A-Z0-9_]+)", said))


def set_by_the_image() -> set[str]:
    lines = (PROJECT / "Dockerfile").read_text(encoding="utf8")
    return set(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=\S+(?: \\)?$", lines, re.MULTILINE))


def written() -> list[str]:
    text = (PROJECT / ".env.example").read_text(encoding="utf8")
    return re.findall(r"^(?:# )?([A-Z0-9_]+)=", text, re.MULTILINE)


def test_everything_a_server_reads_is_in_the_example() -> None:
    assert read_by_settings() >= {"SECRET_KEY", "DATABASE_URL", "S3_ENDPOINT_URL", "TRUSTED_PROXIES"}
    assert read_by_containers() >= {"DOMAIN", "POSTGRES_PASSWORD", "WORKER_THREADS", "WEB_MACHINES", "PRIVATE_IP"}
    assert set_by_the_image() >= {"DATA_DIR", "STATIC_ROOT"}
    needed = (read_by_settings() | read_by_containers()) - set_by_the_image() - OF_THE_DEMO
    assert needed - set(written()) == set()


def test_everything_in_the_example_is_read() -> None:
    assert set(written()) - read_by_settings() - read_by_containers() == set()


def test_no_name_is_written_twice() -> None:
    assert sorted(written()) == sorted(set(written()))


def test_the_example_holds_no_secret() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf8")
    secret = re.findall(r"^([A-Z0-9_]*(?:SECRET|PASSWORD|KEY)[A-Z0-9_]*)=(.*)$", text, re.MULTILINE)
    assert len(secret) >= 8
    assert {name: value for name, value in secret if value} == {}
