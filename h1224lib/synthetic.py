"""The mark of made-up data: how rows carry it, and how readers are told."""

from __future__ import annotations

import pandas as pd

from h1224lib import wording

# The further column that marks each row of a ledger; ledger_template.toml words it.
SYNTHETIC = "synthetic"
# The column that marks each row of a table made from such data.
DATA_KIND = "data_kind"


def is_synthetic(frame: pd.DataFrame) -> bool:
    """Tell whether any row of projects or of actuals is marked as invented.

    A ledger's rows say so in a column of their own, which the reader passes through; actuals in
    their `source`. So the mark travels with the rows, whatever file they are moved to.

    Examples
    --------
    >>> is_synthetic(pd.DataFrame({"source": ["synthetic data, seed 1", "https://example.org"]}))
    True
    >>> is_synthetic(pd.DataFrame({"数据性质": ["合成数据"]}))
    True
    >>> is_synthetic(pd.DataFrame({"Data kind": ["Synthetic data, for demonstration only"]}))
    True
    >>> is_synthetic(pd.DataFrame({"数据性质": ["年报"], "source": ["统计局"]}))
    False
    """
    heads = {
        SYNTHETIC,
        "source",
        *(wording.say("template.synthetic", x) for x in wording.LANGUAGES),
    }
    columns = [frame[name] for name in frame.columns if str(name) in heads]
    return any(
        bool((column.eq(True) | says_synthetic(column.astype(str))).any()) for column in columns
    )


def says_synthetic(texts: pd.Series) -> pd.Series:
    """Tell which texts begin with the mark, in either language and whatever their case.

    Examples
    --------
    >>> says_synthetic(pd.Series(["合成数据", "Synthetic data: a.xlsx", "not synthetic"])).tolist()
    [True, True, False]
    """
    marks = tuple(wording.say("template.is_synthetic", lang) for lang in wording.LANGUAGES)
    return texts.str.lower().str.startswith(marks)


def say_mark(lang: str) -> str:
    """Return what stands inside pictures and on pages of made-up data.

    Examples
    --------
    >>> say_mark("en")
    'Synthetic data, for demonstration only'
    """
    return wording.say("template.synthetic_mark", lang)
