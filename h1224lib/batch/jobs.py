"""Jobs: which notebooks run, for which subjects, in which languages, with which parameters."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from h1224lib.errors import JobError
from h1224lib.plan import Plan
from h1224lib.resources import notebooks_folder
from h1224lib.synthetic import say_mark
from h1224lib.wording import LANGUAGES, say

NEEDS = ("plan", "period")
# What a run gives to every notebook, and so every notebook must declare.
COMMON = ("plan", "lang", "out")


@dataclass(frozen=True)
class Notebook:
    """A notebook as its metadata and its parameters cell describe it.

    Parameters
    ----------
    name : str
        Its file name without the suffix.
    path : Path
        Where it is.
    needs : str
        ``plan``: it runs for every plan; ``period``: only where a period is given.
    for_each : str
        The dimension whose codes it is run for, one by one, or ``all`` where a plan lacks it;
        empty: it is run once.
    titles : dict
        Language -> title.
    defaults : dict
        Its parameters and their literals.
    """

    name: str
    path: Path
    needs: str
    for_each: str
    titles: Mapping[str, str]
    defaults: Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """One notebook with typed parameters, in one language.

    Parameters
    ----------
    notebook : Notebook
        What runs.
    lang : str
        ``zh`` or ``en``.
    subject : str
        The code that it is run for, if any.
    label : str
        The subject's name in that language.
    where : str
        Plan, period and subject in that language, as its page says them.
    parameters : dict
        What the run sets; the notebook's defaults stand for the rest.
    shown : dict
        Parameters as the executed notebook shows them: what the user typed, no machine's paths.
    environment : dict
        Variables that its kernel finds in its environment, beside the user's.
    edition : str
        Where a run has several run folders, the name of the job's own; else empty.
    fingerprint : str
        The same for jobs whose outputs would be the same, as `mark_job` gives it.
    """

    notebook: Notebook
    lang: str
    subject: str = ""
    label: str = ""
    where: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    edition: str = ""
    fingerprint: str = ""

    @property
    def place(self) -> str:
        """Its name among all jobs of a run."""
        return "/".join(filter(None, (self.edition, self.name)))

    @property
    def name(self) -> str:
        """The job's name, which names its files too: notebook[-subject].lang."""
        stem = "-".join(filter(None, (self.notebook.name, self.subject)))
        return f"{stem}.{self.lang}"

    @property
    def title(self) -> str:
        """The notebook's title in the job's language, with the subject's name."""
        return " · ".join(filter(None, (self.notebook.titles[self.lang], self.label)))


def list_notebooks(folder: Path | None = None) -> list[Notebook]:
    """Read the notebooks of a folder, in the order of their names; by default the shipped ones.

    Raises
    ------
    JobError
        A notebook lacks its metadata or its parameters.

    Examples
    --------
    >>> [notebook.name for notebook in list_notebooks()][:2]
    ['00_start', '01_reconcile_targets']
    """
    paths = sorted((folder or notebooks_folder()).glob("*.ipynb"))
    return [read_notebook(path) for path in paths]


def read_notebook(path: Path) -> Notebook:
    """Read what a notebook needs and declares.

    Raises
    ------
    JobError
        Its metadata or its parameters cell are missing or ill-formed.
    """
    content = nbformat.read(path, as_version=4)
    entry = content.metadata.get("h1224", {})
    titles = {lang: entry.get(f"title_{lang}", "") for lang in LANGUAGES}
    if entry.get("needs") not in NEEDS or not all(titles.values()):
        raise JobError("notebook_metadata", notebook=path.stem, needs=list(NEEDS))
    defaults = read_parameters(content, path.stem)
    wanted = [*COMMON, *(["period"] if entry["needs"] == "period" else [])]
    wanted += filter(None, [entry.get("for_each", "")])
    lacking = [name for name in wanted if name not in defaults]
    if lacking:
        raise JobError("parameters_missing", notebook=path.stem, names=lacking)
    return Notebook(path.stem, path, entry["needs"], entry.get("for_each", ""), titles, defaults)


def read_parameters(content: nbformat.NotebookNode, name: str) -> dict[str, Any]:
    """Return the parameters of a notebook with their literals.

    Raises
    ------
    JobError
        There is no cell tagged ``parameters``, or it holds more than literals.
    """
    cells = [c for c in content.cells if "parameters" in c.metadata.get("tags", [])]
    if len(cells) != 1:
        raise JobError("no_parameters_cell", notebook=name)
    found = {}
    try:
        for line in ast.parse(cells[0].source).body:
            if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name):
                raise ValueError(ast.unparse(line))
            found[line.targets[0].id] = ast.literal_eval(line.value)
    except (SyntaxError, ValueError) as error:
        raise JobError("parameters_not_literal", notebook=name, found=str(error)) from error
    return found


def check_parameters(notebook: Notebook, given: Mapping[str, Any]) -> None:
    """Refuse parameters that a notebook does not declare, or of another type than its literal.

    A literal None stands for text that need not be given; a whole number may stand for a decimal.

    Raises
    ------
    JobError
        A parameter is unknown or ill-typed.

    Examples
    --------
    >>> start = list_notebooks()[0]
    >>> check_parameters(start, {"plan": "dazhou-2019", "out": None})
    >>> check_parameters(start, {"plan": 7})
    Traceback (most recent call last):
    ...
    h1224lib.errors.JobError: notebook 00_start: parameter plan is 7, expected str
    """
    for name, value in given.items():
        if name not in notebook.defaults:
            known = list(notebook.defaults)
            raise JobError("parameter_unknown", notebook=notebook.name, found=name, known=known)
        default = notebook.defaults[name]
        fitting: tuple[type, ...] = (str, type(None)) if default is None else (type(default),)
        if type(default) is float:
            fitting = (float, int)
        if type(value) not in fitting:
            expected = " | ".join(kind.__name__ for kind in fitting)
            raise JobError(
                "parameter_type",
                notebook=notebook.name,
                name=name,
                found=repr(value),
                expected=expected,
            )


def check_declared(names: Iterable[str], notebooks: Iterable[Notebook]) -> None:
    """Refuse what is asked for where no notebook that runs would look at it.

    Parameters
    ----------
    names : iterable of str
        Parameters that were asked for.
    notebooks : iterable of Notebook
        Those that run.

    Raises
    ------
    JobError
        None of the notebooks declares one of them.

    Examples
    --------
    >>> check_declared(["rule"], list_notebooks())
    >>> check_declared(["not_applicable"], list_notebooks()[:1])
    Traceback (most recent call last):
    ...
    h1224lib.errors.JobError: --not-applicable: no notebook of this run asks for it (00_start)
    """
    declared = {notebook.name: set(notebook.defaults) for notebook in notebooks}
    left = [name for name in names if not any(name in own for own in declared.values())]
    if left:
        options = [f"--{name.replace('_', '-')}" for name in left]
        raise JobError("parameters_undeclared", names=options, notebooks=list(declared))


def plan_jobs(
    notebooks: Iterable[Notebook],
    plan: Plan,
    langs: Iterable[str],
    parameters: Mapping[str, Any],
    shown: Mapping[str, Any],
    synthetic: bool = False,
) -> list[Job]:
    """List the jobs of a run, checked, in the order of notebooks, subjects and languages.

    Parameters
    ----------
    notebooks : iterable of Notebook
        Those that need a period are left out where `parameters` has none.
    plan : Plan
        Gives the subjects.
    langs : iterable of str
        Languages to run in.
    parameters, shown : dict
        What the run gives: plan, out; period, ledger and actuals where there are such; and the
        same as the executed notebooks shall show it.
    synthetic : bool
        The results are made up: pages say so, and only notebooks about results run.

    Raises
    ------
    JobError
        A parameter is missing, unknown or ill-typed.
    """
    jobs = []
    for notebook in notebooks:
        if notebook.needs == "period" and "period" not in parameters:
            continue
        if synthetic and notebook.needs != "period":
            continue
        for subject in _subjects(notebook, plan):
            # A plan without the dimension has a page of the whole, which says so.
            own = {notebook.for_each: subject or "all"} if notebook.for_each else {}
            for lang in langs:
                label = plan.label(notebook.for_each, subject, lang) if subject else ""
                # Else it says the same in each period.
                period = parameters.get("period") if "period" in notebook.defaults else None
                where = say("page.where", lang, title=plan.title(lang), period=period, label=label)
                where += f" · {say_mark(lang)}" if synthetic else ""
                given, seen = (
                    _pick(notebook, p, own | {"lang": lang}) for p in (parameters, shown)
                )
                check_parameters(notebook, given)
                jobs.append(Job(notebook, lang, subject, label, where, given, seen))
    return jobs


def _pick(notebook: Notebook, given: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a notebook does not look at, such as a period in a reconciliation."""
    wanted = {*COMMON, *notebook.defaults}
    return {name: value for name, value in given.items() if name in wanted} | dict(own)


def _subjects(notebook: Notebook, plan: Plan) -> list[str]:
    if not notebook.for_each:
        return [""]
    return [str(c) for c in plan.table(notebook.for_each).index if c != "all"] or [""]


def choose_notebooks(names: Iterable[str], only: Iterable[str]) -> list[str]:
    """Keep the notebooks that are asked for, by their names or the numbers these begin with.

    Raises
    ------
    JobError
        There is no such notebook.

    Examples
    --------
    >>> choose_notebooks(["00_start", "01_reconcile_targets"], ["01"])
    ['01_reconcile_targets']
    """
    names = list(names)
    chosen: set[str] = set()
    for asked in only:
        stem = asked.removesuffix(".ipynb")
        found = {name for name in names if stem in (name, name.partition("_")[0])}
        if not found:
            raise JobError("unknown_notebook", found=asked, known=names)
        chosen |= found
    return [name for name in names if not chosen or name in chosen]
