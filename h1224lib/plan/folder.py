"""Read a plan folder whole, or say everything that is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd

from h1224lib.errors import PlanError, UnknownNameError
from h1224lib.findings import Problem, problem
from h1224lib.plan.checks import Tables, check_tables
from h1224lib.plan.crosschecks import crosscheck_tables
from h1224lib.plan.model import DIMENSIONS, TABLES, Plan
from h1224lib.plan.tables import check_cells, decode, drop_lost, is_date, plan_format, read_table
from h1224lib.resources import data_folder, plan_names
from h1224lib.steps import narrow

DEFAULT_PLAN = "huzhou-1224"


def load_plan(plan: str | Path = DEFAULT_PLAN, as_of: str | dt.date | None = None) -> Plan:
    """Load a plan by name or from a folder.

    Parameters
    ----------
    plan : str or Path
        A shipped plan's name, or the path of a plan folder.
    as_of : date or ISO str, optional
        Amendments effective after this day do not count yet; without it, all count.

    Returns
    -------
    Plan
        Its tables, `cells` and `targets`.

    Raises
    ------
    UnknownNameError
        There is no such plan, or `as_of` is no day.
    PlanError
        The folder has problems; the error carries all of them.

    Examples
    --------
    >>> plan = load_plan("huzhou-1224")
    >>> int(plan.targets.query("measure == 'projects' and horizon == '2023-2025'")["value"].sum())
    1000
    """
    if isinstance(as_of, str) and not is_date(as_of):
        raise UnknownNameError("no_day", found=as_of)
    day = dt.date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    folder = find_folder(plan)
    package, tables, problems = _read_folder(folder)
    if problems:
        raise PlanError("plan_has_problems", problems, folder=folder.name, count=len(problems))
    return _build(folder, package, tables, day)


def find_folder(plan: str | Path) -> Path:
    """Return the folder that a plan's name or path means."""
    shipped = data_folder() / "plans" / str(plan)
    if isinstance(plan, str) and plan in plan_names():
        return shipped
    folder = Path(plan)
    if folder.is_dir():
        return folder
    raise UnknownNameError("unknown_plan", found=str(plan), known=plan_names())


def check_folder(plan: str | Path) -> list[Problem]:
    """List every problem of a plan folder, each with file, row, column, found, expected, remedy.

    Examples
    --------
    >>> check_folder("huzhou-1224")
    []
    """
    return _read_folder(find_folder(plan))[2]


def _read_folder(folder: Path) -> tuple[dict[str, Any], Tables, list[Problem]]:
    package, problems = _read_package(folder)
    if problems:
        return package, {}, problems
    listed = {Path(str(r["path"])).stem: r for r in package["resources"]}
    tables: Tables = {}
    for name, spec in plan_format().items():
        if name not in listed:
            if spec["required"]:
                problems.append(problem("table_not_listed", "datapackage.json", found=name))
            continue
        path = folder / listed[name]["path"]
        if not path.is_file():
            problems.append(problem("missing_table", "datapackage.json", found=path.name))
            continue
        frame, found = read_table(path, spec["fields"], _declared(listed[name]))
        problems += found
        if not frame.empty:
            problems += check_cells(path.name, frame, spec)
            tables[name] = frame
        elif not found:
            problems.append(problem("empty_table", path.name))
    for name, entry in listed.items():
        if name not in plan_format() and not (folder / entry["path"]).is_file():
            problems.append(problem("missing_table", "datapackage.json", found=entry["path"]))
    problems += check_tables(tables, set(listed))
    problems += crosscheck_tables(tables, set(listed), package)
    problems = sorted(drop_lost(problems), key=lambda p: (p.file, p.row or 0, p.column))
    return package, tables, problems


def _declared(resource: dict[str, Any]) -> set[str]:
    """Return the columns that a resource's schema declares."""
    schema = resource.get("schema")
    fields = schema.get("fields") if isinstance(schema, dict) else None
    listed = fields if isinstance(fields, list) else []
    return {str(field.get("name")) for field in listed if isinstance(field, dict)}


def _read_package(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    path = folder / "datapackage.json"
    if not path.is_file():
        return {}, [problem("no_datapackage", "datapackage.json", found=folder.name)]
    text, problems = decode(path)
    if problems:
        return {}, problems
    try:
        package = json.loads(text)
    except json.JSONDecodeError as error:
        return {}, [problem("not_json", path.name, error.lineno, found=error.msg)]
    except (ValueError, RecursionError) as error:  # a number or a nesting beyond all bounds
        return {}, [problem("not_json", path.name, found=error)]
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list) or not all(_is_listed(r, folder) for r in resources):
        return {}, [problem("no_resources", path.name, found=str(resources)[:60])]
    return package, [
        problem("missing_title", path.name, column=name)
        for name in ("title",)
        if name not in package
    ]


def _is_listed(resource: Any, folder: Path) -> bool:
    path = resource.get("path") if isinstance(resource, dict) else None
    # A plan folder is self-contained: nothing outside it is read on a datapackage's word.
    if not isinstance(path, str) or "\0" in path:
        return False
    return (folder / path).resolve().parent == folder.resolve()


def _build(folder: Path, package: dict[str, Any], tables: Tables, as_of: dt.date | None) -> Plan:
    typed = {name: _type(tables.get(name), spec) for name, spec in plan_format().items()}
    for dimension in DIMENSIONS:
        if TABLES[dimension] not in tables:
            typed[TABLES[dimension]] = _type(_whole(), plan_format()[TABLES[dimension]])
    name = package.get("name") or folder.name
    return Plan(name=name, folder=folder, package=package, as_of=as_of, **typed)


def _type(frame: pd.DataFrame | None, spec: dict[str, Any]) -> pd.DataFrame:
    """Give a table every column of the format and its numbers a type; codes become the index."""
    fields = spec["fields"]
    table = pd.DataFrame(columns=list(fields), dtype=str) if frame is None else frame
    table = table.reset_index(drop=True)
    for name, field in fields.items():
        if name not in table:
            table[name] = "all" if name in DIMENSIONS and field.get("required") else ""
        if field["type"] == "number":
            table[name] = narrow(pd.to_numeric(table[name].replace("", None)))
    extra = [name for name in table if name not in fields]
    ordered = table[[*fields, *extra]]
    return ordered.set_index("code") if "code" in fields else ordered


def _whole() -> pd.DataFrame:
    """Stand in for a dimension that the plan does not have: everything is `all` in it."""
    return pd.DataFrame([{"code": "all", "zh": "全部", "en": "all"}], dtype=str)
