"""Modules that others load without using them: they wait until something of them is used."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from typing import Any


def delay_grammar() -> None:
    """Do not load the grammar of all addresses: a second for each process that loads jsonschema."""
    delay("rfc3987_syntax", "is_valid_syntax")


def delay(name: str, function: str) -> None:
    """Import a module only when a function of it is called, or anything else of it is asked for.

    Parameters
    ----------
    name : str
        The module; nothing is done where it is loaded, or not installed.
    function : str
        What others import from it without using it.
    """
    if name in sys.modules or importlib.util.find_spec(name) is None:
        return
    late = types.ModuleType(name)

    def load() -> types.ModuleType:
        if sys.modules.get(name) is late:
            del sys.modules[name]
        return importlib.import_module(name)

    def find(asked: str) -> Any:
        if asked.startswith("__"):
            # Asked for by every import, as of whether it is a package.
            raise AttributeError(asked)
        return getattr(load(), asked)

    late.__dict__[function] = lambda *given, **named: getattr(load(), function)(*given, **named)
    late.__dict__["__getattr__"] = find
    sys.modules[name] = late
