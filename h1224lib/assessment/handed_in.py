"""What is handed in: rows of marks or daily work from a frame, a CSV file or a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from h1224lib.errors import ActualsError
from h1224lib.findings import problem
from h1224lib.plan.spelling import plain

Given: TypeAlias = "pd.DataFrame | str | Path"
WORKBOOKS = (".xlsx", ".xls", ".et")
NOTE = "note"
# Headers that offices write.
HEADERS = {
    "area": ("区县", "地区", "单位"),
    "industry": ("行业",),
    "item": ("考核项", "考核项目", "项目", "事项"),
    "score": ("得分", "分数", "打分"),
    "points": ("得分", "分数", "打分"),
    "due": ("应报", "应完成"),
    "on_time": ("按时", "按时上报"),
    "submitted": ("上报", "报送"),
    "used": ("录用", "采用"),
    "done": ("完成", "已完成"),
    NOTE: ("备注", "说明"),
}


def read_rows(
    given: Given, wanted: Sequence[str], some: Sequence[str] = ()
) -> tuple[str, list[tuple[int, dict[str, Any]]]]:
    """Read what is handed in, row by row.

    Parameters
    ----------
    given : DataFrame, str or Path
        Headers in English or Chinese, in any order. A file is CSV (UTF-8 or GBK) or a workbook
        (xlsx, xls, et: its first sheet).
    wanted : sequence of str
        Columns that there must be.
    some : sequence of str
        Columns one of which there must be. Besides these only ``note`` is known: a misspelt name
        would be taken for silence.

    Returns
    -------
    str, list of (int, dict)
        The file's name ("" for a frame), and each row with its line; lines of a frame count
        from 1, those of a file from its header.

    Raises
    ------
    ActualsError
        It cannot be read, lacks columns, or has others.

    Examples
    --------
    >>> read_rows(pd.DataFrame({"区县": ["吴兴"], "得分": ["2"]}), ("area",), ("points",))
    ('', [(1, {'area': '吴兴', 'points': '2'})])
    """
    if isinstance(given, pd.DataFrame):
        name, frame, first = "", given, 1
    else:
        path = Path(given)
        name, frame, first = path.name, _load(path), 2
    known = [*wanted, *some, NOTE]
    codes = {plain(said): code for code in known for said in (code, *HEADERS[code])}
    headers = [str(column) for column in frame.columns]
    columns = [codes.get(plain(header), header) for header in headers]
    _check_columns(name, columns, headers, wanted, some)
    rows = frame.astype(object).set_axis(columns, axis=1).to_dict("records")
    return name, [(first + at, {str(k): v for k, v in row.items()}) for at, row in enumerate(rows)]


def _load(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() in WORKBOOKS:
            return pd.read_excel(path, dtype=str, engine="calamine", keep_default_na=False)
        try:
            return pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
        except UnicodeDecodeError:
            # What WPS and Excel save in Chinese Windows.
            return pd.read_csv(path, dtype=str, encoding="gb18030", keep_default_na=False)
    except Exception as error:
        # Calamine has errors of its own, of no common kind.
        reason = str(error) or type(error).__name__
        raise ActualsError("submission_unreadable", file=path.name, reason=reason) from error


def _check_columns(
    name: str,
    columns: Sequence[str],
    headers: Sequence[str],
    wanted: Sequence[str],
    some: Sequence[str],
) -> None:
    """Refuse columns that lack, are not known or stand there twice, all at once."""
    problems = []
    known = [*wanted, *some, NOTE]
    for code, header in zip(columns, headers, strict=True):
        if code not in known:
            problems.append(problem("submission_column", name, None, header, header, known=known))
        elif columns.count(code) > 1:
            problems.append(problem("submission_column_twice", name, None, header, header))
    lacking = [column for column in wanted if column not in columns]
    if not lacking and some and not set(some) & set(columns):
        lacking = [some[0]]
    if problems and not lacking:
        count = len(problems)
        raise ActualsError("submission_has_problems", problems, file=name, count=count)
    if lacking:
        raise ActualsError(
            "submission_lacks", problems, file=name, names=lacking, found=list(headers)
        )
