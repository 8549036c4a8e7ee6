"""The inputs of this folder, whose first lines say what is right, and changes to them."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

from cobaya.yaml import yaml_dump, yaml_load_file

AXION, NUCLEI = "hotaxion.theory.HotAxion", "hotaxion.theory.BBN"
CLASS, EMULATED = "hotaxion.theory.HotClassy", "hotaxion.theory.EmulatedClassy"
BBN, DESI = "hotaxion.likelihoods.BBN", "hotaxion.likelihoods.DesiDR2"
GONE = object()  # what a change takes out
NUMBER = {"solver": "number"}


def case(number: int) -> str:
    """The file of this number."""
    (path,) = Path().glob(f"{number:02d}_*.yaml")
    return str(path)


def changed(number: int, **blocks: dict) -> str:
    """The same with some entries of its blocks changed, GONE or new; another file."""
    info = yaml_load_file(case(number))
    for block, changes in blocks.items():
        for name, options in deepcopy(changes).items():
            if options is GONE or changes[name] is GONE:
                info[block].pop(name)
            else:
                info.setdefault(block, {})[name] = options
    path = f"changed_{number}.yaml"
    Path(path).write_text(yaml_dump(info))
    return path
