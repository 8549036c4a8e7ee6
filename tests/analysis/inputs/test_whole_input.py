"""Why this test exists: a user changes a copy; it must be the same analysis and need no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from cobaya.yaml import yaml_dump, yaml_load

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import analyses, find_input, inputs_folder, searches
from hotaxion.analysis.inputs.safe_yaml import read_yaml
from hotaxion.analysis.inputs.session import cobaya_session, load_input
from hotaxion.analysis.inputs.whole_input import whole_input
from hotaxion.analysis.running.doctor import examine_yaml, is_broken
from hotaxion.theory.errors import HotAxionError

NAME = "bbn_omegab_ksvz"


@pytest.mark.parametrize("name", analyses())
def test_the_same_input_in_one_piece(name):
    """Keys in their order, comments of all blocks; the parameters as they are written there."""
    text = whole_input(name)
    assert "!defaults" not in text
    assert yaml_dump(yaml_load(text)) == yaml_dump(read_yaml(find_input(name)))
    comments = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    own = find_input(name).read_text().splitlines()
    assert all(line in text for line in own if line.startswith("#"))
    assert len(comments) > 3 or name == "evaluate_all"


def test_every_block_is_used_and_explains_itself():
    texts = [find_input(name).read_text() for name in (*analyses(), *searches())]
    for folder in ("blocks", "proposals"):
        for path in (inputs_folder() / folder).iterdir():
            assert any(f"{folder}/{path.stem}" in text for text in texts), path
            assert path.read_text().startswith("# ")


def test_a_copy_is_written_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["input", NAME]) == 0
    printed = capsys.readouterr().out
    assert main(["input", NAME, "-o", "mine.yaml"]) == 0
    assert capsys.readouterr().out == "mine.yaml\n"
    assert Path("mine.yaml").read_text() == printed
    assert main(["input", "mine"]) == 0
    assert capsys.readouterr().out == printed
    assert main(["input", NAME, "-o", "mine.yaml"]) == 1
    assert "'mine.yaml' exists" in capsys.readouterr().err
    assert not is_broken(examine_yaml("mine")[0])


def test_a_file_copied_alone_says_what_to_do(tmp_path):
    path = tmp_path / "copy.yaml"
    path.write_text(find_input(NAME).read_text())
    with (
        pytest.raises(HotAxionError, match=r"'hotaxion input NAME -o FILE'") as caught,
        cobaya_session(quiet=True),
    ):
        load_input(path)
    assert str(caught.value).startswith(f"'{path}' takes the block '")


BLOCKS = {
    "one": "# of one\na: 1\nb: {c: 2}\n",
    "two": "# of two\nb: {d: 3}\n",
    "nested": "x: !defaults one\n",
    "list": "- 1\n",
}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("params: !defaults one   # mine\n", True),
        ("params: !defaults\n  - nested\nlast: 1\n", True),
        ("deep:\n    deeper:\n        params: !defaults [one]\n", True),
        ("params: !defaults [one, two]\n", False),  # both have b
        ("{params: !defaults one, last: 1}\n", False),
        ("!defaults [one, two]\n", False),
        ("a: &x [1, 2]\nb: *x\nc: !defaults one\n", True),
    ],
)
def test_inputs_of_users_are_written_out_too(tmp_path, text, kept):
    """Comments of blocks stay where text can be put into text; what is read is always the same."""
    for name, block in BLOCKS.items():
        (tmp_path / f"{name}.yaml").write_text(block)
    path = tmp_path / "input.yaml"
    path.write_text(text)
    whole = whole_input(path)
    assert yaml_dump(yaml_load(whole)) == yaml_dump(read_yaml(path))
    assert "!defaults" not in whole
    assert ("# of one" in whole) == kept


def test_names_are_as_good_as_paths():
    with cobaya_session(quiet=True):
        assert load_input(NAME) == load_input(inputs_folder() / f"{NAME}.yaml")
