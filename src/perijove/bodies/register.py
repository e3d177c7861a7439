"""All facts of the package by name, for the page that lists them and for the test of their units and sources."""

import pkgutil
from importlib import import_module

from perijove import bodies
from perijove.facts import Statement, facts_in

__all__ = ["all_facts"]


def all_facts() -> dict[str, Statement]:
    """Every fact that a public name of `perijove.constants` and `perijove.bodies` holds.

    Returns
    -------
    dict
        By module and name, such as ``bodies.juno.JUNOCAM.k1``; one that stands under two names, under both.
    """
    modules = ["constants", *(f"bodies.{module.name}" for module in pkgutil.iter_modules(bodies.__path__))]
    loaded = {name: import_module(f"perijove.{name}") for name in modules}
    return {
        f"{home}.{inner}": fact
        for home, module in loaded.items()
        for name in module.__all__
        for inner, fact in facts_in(getattr(module, name), name)
    }
