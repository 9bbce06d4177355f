"""The lock serves every platform, conda gets the same, and make lists what it can do."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from itertools import product
from pathlib import Path

import pytest
import rattler
import yaml
from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = [Requirement(line) for line in PROJECT["dependencies"]]
OPTIONAL = PROJECT["optional-dependencies"]
DEVELOP = [Requirement(line) for line in OPTIONAL["dev"]]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

PLATFORMS = {
    "linux": ("posix", "Linux", "linux", "x86_64"),
    "macos": ("posix", "Darwin", "darwin", "arm64"),
    "windows": ("nt", "Windows", "win32", "AMD64"),
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# Where conda-forge's name is another than PyPI's.
CONDA_NAMES = {
    "jupyter-client": "jupyter_client",
    "jupyter-core": "jupyter_core",
    "jupyter-server": "jupyter_server",
}


def platform_markers(platform: str, python: str) -> Environment:
    os_name, system, sys_platform, machine = PLATFORMS[platform]
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.5",
        "os_name": os_name,
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": system,
        "platform_version": "",
        "python_full_version": f"{python}.5",
        "python_version": python,
        "sys_platform": sys_platform,
    }


def applies(requirement: Requirement, markers: Environment, extras: set[str]) -> bool:
    return requirement.marker is None or any(
        requirement.marker.evaluate({**markers, "extra": extra}) for extra in extras or {""}
    )


def lock_entries() -> list[str]:
    """One string a locked package: its pin, marker and hashes."""
    lines = [line for line in LOCK.splitlines() if line and not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def read_pins(markers: Environment) -> dict[str, Version]:
    pins: dict[str, Version] = {}
    for entry in lock_entries():
        requirement = Requirement(entry.split(" --hash=")[0])
        if applies(requirement, markers, set()):
            name = canonicalize_name(requirement.name)
            assert name not in pins, f"{name} is pinned twice for one platform"
            (pin,) = requirement.specifier
            pins[name] = Version(pin.version)
    return pins


def walk(markers: Environment) -> Iterator[Requirement]:
    """Every requirement that pyproject.toml reaches on a platform, through installed metadata."""
    here = read_pins(default_environment())
    queue = [*RUN, *DEVELOP]
    seen: set[tuple[str, str]] = set()
    while queue:
        requirement = queue.pop()
        yield requirement
        name = canonicalize_name(requirement.name)
        new = {extra for extra in {"", *requirement.extras} if (name, extra) not in seen}
        seen |= {(name, extra) for extra in new}
        if not new:
            continue
        try:
            below = requires(name) or []
        except PackageNotFoundError:
            # Its own requirements cannot be read here: right where the lock leaves it out here.
            assert name not in here, f"{name} is not installed: run make setup"
            continue
        queue += [r for r in map(Requirement, below) if applies(r, markers, new)]


@pytest.mark.parametrize(("platform", "python"), [*product(PLATFORMS, PYTHONS)])
def test_lock_resolves(platform: str, python: str) -> None:
    markers = platform_markers(platform, python)
    pins = read_pins(markers)
    reached = list(walk(markers))
    unmet = [
        str(requirement)
        for requirement in reached
        if canonicalize_name(requirement.name) not in pins
        or not requirement.specifier.contains(
            pins[canonicalize_name(requirement.name)], prereleases=True
        )
    ]
    assert unmet == []
    assert len({canonicalize_name(r.name) for r in reached}) > 100


def test_lock_pins_what_each_platform_needs_of_its_own() -> None:
    pins = {platform: read_pins(platform_markers(platform, "3.11")) for platform in PLATFORMS}
    assert {p for p in pins if "pywinpty" in pins[p]} == {"windows"}
    assert {p for p in pins if "colorama" in pins[p]} == {"windows"}
    assert {p for p in pins if "appnope" in pins[p]} == {"macos"}
    assert {p for p in pins if "ptyprocess" in pins[p]} == {"linux", "macos"}


def test_lock_entries_are_pinned_and_hashed() -> None:
    entries = lock_entries()
    assert len(entries) > 100
    pinned = re.compile(r"[a-z0-9.-]+==[^\s;*]+( ; [^-]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not pinned.fullmatch(entry.strip())] == []


def test_lock_names_no_address_and_no_path() -> None:
    strange = re.compile(r"://|--(?!hash=sha256:)|(^|\s)[/~.]|\\(?!$)|[A-Z]:|@", re.MULTILINE)
    assert [line for line in LOCK.splitlines() if strange.search(line)] == []


def read_environment() -> dict[str, str]:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    lines = [line for line in yaml.safe_load(text)["dependencies"] if isinstance(line, str)]
    specs = [rattler.MatchSpec(line) for line in lines]
    assert len({spec.name.normalized for spec in specs}) == len(lines), "a package stands twice"
    return {spec.name.normalized: str(spec.version or "") for spec in specs}


def test_conda_environment_is_in_step_with_pyproject() -> None:
    environment = read_environment()
    assert SpecifierSet(environment.pop("python")) == SpecifierSet(PROJECT["requires-python"])
    assert environment.pop("pip") == ""
    expected = {CONDA_NAMES.get(r.name, r.name): r.specifier for r in [*RUN, *DEVELOP]}
    assert {name: SpecifierSet(bounds) for name, bounds in environment.items()} == expected


def test_conda_environment_installs_the_project_itself() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == PROJECT["name"]
    assert {"pip": ["--editable ."]} in environment["dependencies"]


def test_every_requirement_has_a_lower_bound() -> None:
    loose = [str(r) for r in [*RUN, *DEVELOP] if not any(s.operator == ">=" for s in r.specifier)]
    assert loose == []


def imported_packages(folder: str, but: str = "") -> set[str]:
    """Distributions that the modules of a folder import, but for one of them."""
    modules: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        if but and path == ROOT / but:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules.add(node.module.partition(".")[0])
    own = {path.stem for path in (*ROOT.iterdir(), *(ROOT / "tools").iterdir())}
    own |= {path.stem for path in (ROOT / folder).rglob("*")}
    homes = packages_distributions()
    return {
        canonicalize_name(homes.get(module, [module])[0])
        for module in modules - own - sys.stdlib_module_names
    }


def test_every_import_is_declared() -> None:
    run = {canonicalize_name(r.name) for r in RUN}
    develop = {canonicalize_name(r.name) for r in DEVELOP}
    cluster = "h1224lib/batch/cluster.py"
    extra = {canonicalize_name(Requirement(r).name) for r in OPTIONAL["cluster"]}
    assert imported_packages("h1224lib", but=cluster) - run == set()
    assert imported_packages("h1224lib") - run == extra
    assert imported_packages("tests") - run - develop == set()


def make(*arguments: str) -> str:
    environment = {**os.environ, "LC_ALL": "C", "MAKEFLAGS": ""}
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT, env=environment, check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip


def make_targets() -> set[str]:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z][a-z-]*):", rules, re.MULTILINE))


def test_make_alone_lists_every_target() -> None:
    listed = dict(re.findall(r"^  ([a-z-]+) +(\S.*)$", make(), re.MULTILINE))
    assert set(listed) == make_targets()
    assert {
        "setup",
        "report",
        "test",
        "test-slow",
        "check",
        "lab",
        "bench",
        "lock",
        "clean",
    } <= set(listed)


def test_every_make_target_is_phony() -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = {
        name for line in re.findall(r"^\.PHONY:(.*)$", rules, re.MULTILINE) for name in line.split()
    }
    assert make_targets() <= phony


def test_documents_name_only_targets_that_exist() -> None:
    documents = [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")]
    code = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
    call = re.compile(r"\bmake((?: +[A-Z0-9_]+=\S+)*) +([a-z][a-z-]*)")
    named = {
        (path.name, target)
        for path in documents
        for span in code.findall(path.read_text(encoding="utf-8"))
        for _, target in call.findall(span)
    }
    assert {(path, target) for path, target in named if target not in make_targets()} == set()
    assert {"report", "test"} <= {target for _, target in named}


def test_contributing_says_why_each_dependency_is_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| ([a-z0-9, -]+?) \| \S", text, re.MULTILINE)
    explained = [name for cell in cells for name in cell.split(", ")]
    missing = {r.name for r in [*RUN, *DEVELOP]} - set(explained)
    assert missing == set()


def build_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*command, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_wheel_holds_what_the_library_reads(tmp_path: Path) -> None:
    names = set(zipfile.ZipFile(build_wheel(tmp_path)).namelist())
    shipped = {
        f"h1224lib/{path.relative_to(ROOT).as_posix()}".replace("h1224lib/h1224lib/", "h1224lib/")
        for folder in ("data", "notebooks", "h1224lib/catalogue", "h1224lib/fonts")
        for path in (ROOT / folder).rglob("*.*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    assert {"h1224lib/notebooks/00_start.ipynb", "h1224lib/fonts/OFL.txt"} <= shipped
    assert shipped - names == set()
    assert {name.split("/")[0] for name in names} == {"h1224lib", "h1224-0.1.0.dist-info"}


@pytest.mark.slow
def test_wheel_runs_outside_the_checkout(tmp_path: Path) -> None:
    python = make_environment(tmp_path / "environment", build_wheel(tmp_path))
    where = "import h1224lib, pathlib; print(pathlib.Path(h1224lib.__file__).parents[1].name)"
    assert run_in(tmp_path, python, "-c", where).strip() == "site-packages"
    run_in(tmp_path, python, "-m", "h1224lib", "run", "--plan", "huzhou-1224", "--lang", "en")
    assert (tmp_path / "outputs" / "huzhou-1224" / "plan" / "index.html").is_file()


def make_environment(folder: Path, wheel: Path) -> str:
    """An environment with the wheel; its dependencies are lent by this one, so without network."""
    venv.create(folder, with_pip=False)
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = str(folder / scripts / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    site = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    ).strip()
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


def run_in(folder: Path, *command: str) -> str:
    # Kernels and page templates lie outside of site-packages; they are lent likewise.
    lent = {"JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter")}
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **lent}, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
