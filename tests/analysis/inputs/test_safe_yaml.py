"""Why this test exists: looking at somebody else's input or chain must not run what they wrote in
it, however YAML lets them hide it; and an honest file must be read as Cobaya reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cobaya.yaml import yaml_load_file

from hotaxion.analysis.cli import main
from hotaxion.analysis.inputs.names import analyses, inputs_folder
from hotaxion.analysis.inputs.safe_yaml import read_yaml, refuse_code
from hotaxion.theory.errors import HotAxionError

# Each makes a file named {mark} if one of the unsafe loaders reads it.
ATTACKS = {
    "plain": 'x: !!python/object/apply:os.system ["touch {mark}"]',
    "in a list": 'x: [1, [2, !!python/object/apply:os.system ["touch {mark}"]]]',
    "as a key": '? !!python/object/apply:os.system ["touch {mark}"]\n: 1',
    "verbatim": 'x: !<tag:yaml.org,2002:python/object/apply:os.system> ["touch {mark}"]',
    "escaped": 'x: !<tag:yaml.org,2002:pyth%6Fn/object/apply:os.system> ["touch {mark}"]',
    "handle": "%TAG !p! tag:yaml.org,2002:python/\n---\n"
    'x: !p!object/apply:os.system ["touch {mark}"]',
    "primary handle": "%TAG ! tag:yaml.org,2002:python/\n---\n"
    'x: !object/apply:os.system ["touch {mark}"]',
    "anchor": 'x: &a !!python/object/apply:os.system ["touch {mark}"]\ny: *a',
    "second document": 'x: 1\n---\nx: !!python/object/apply:os.system ["touch {mark}"]',
    "merged": '<<: {{x: !!python/object/apply:os.system ["touch {mark}"]}}',
}
INCLUDES = {
    "one": "theory: !defaults evil",
    "with its ending": "theory: !defaults evil.yaml",
    "list": "theory: !defaults [good, evil]",
    "block list": "theory: !defaults\n  - good\n  - evil",
    "through another": "theory: !defaults between",
    "alias in a list": "x: &a evil\ntheory: !defaults [*a]",
    "handle": "%TAG !d! !def\n---\ntheory: !d!aults evil",
    "environment": "theory: !defaults\n  - ${EVIL}/evil",
    "absolute": "theory: !defaults {folder}/evil",
    "from another folder": "theory: !defaults ../{name}/evil",
}


def written(path: Path, text: str) -> Path:
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ATTACKS)
def test_a_tag_that_runs_code_is_refused_with_its_line(tmp_path, kind):
    mark = tmp_path / "ran"
    text = ATTACKS[kind].format(mark=mark)
    path = written(tmp_path / "input.yaml.yaml", text)
    with pytest.raises(HotAxionError, match="would run code") as caught:
        refuse_code(path)
    assert f"line {1 + text[: text.index('os.system')].count(chr(10))}:" in str(caught.value)
    assert not mark.exists()


@pytest.mark.parametrize("how", INCLUDES)
def test_the_files_of_defaults_are_looked_into(tmp_path, monkeypatch, how):
    monkeypatch.setenv("EVIL", str(tmp_path))
    mark = tmp_path / "ran"
    written(tmp_path / "evil.yaml", ATTACKS["plain"].format(mark=mark))
    written(tmp_path / "good.yaml", "y: 1")
    written(tmp_path / "between.yaml", "z: !defaults [evil]")
    text = INCLUDES[how].replace("{folder}", str(tmp_path)).replace("{name}", tmp_path.name)
    path = written(tmp_path / "mine.yaml", text)
    with pytest.raises(HotAxionError, match=re.escape("evil.yaml', line 1")):
        refuse_code(path)
    assert not mark.exists()
    yaml_load_file(str(path))  # the proof that Cobaya itself would have read it, and run it
    assert mark.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_hide_nothing(tmp_path, encoding):
    path = tmp_path / "x.yaml"
    path.write_bytes(f"# é\n{ATTACKS['plain']}\n".encode(encoding))
    with pytest.raises(HotAxionError, match="line 2"):
        refuse_code(path)


def test_honest_files_are_read_as_cobaya_reads_them(tmp_path, monkeypatch):
    monkeypatch.setenv("PLACE", "/data")
    for name in analyses():
        path = inputs_folder() / f"{name}.yaml"
        assert read_yaml(path) == yaml_load_file(str(path))
    written(tmp_path / "base.yaml", "a: {b: 1}")
    text = "x: !defaults base\npath: ${PLACE}/x\nloop: &l [1]\nagain: *l\ntext: '!!python/x'"
    path = written(tmp_path / "mine.yaml", text)
    assert read_yaml(path)["x"] == {"a": {"b": 1}}
    assert read_yaml(path)["path"] == "/data/x"
    assert read_yaml(path)["text"] == "!!python/x"  # a text is no tag


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"- 1\n- 2\n",
        b"just text\n",
        b"a: [1,\n",
        b"a: 1\na: 2\n",
        b"a: !unknown 1\n",
        b"a: !defaults missing\n",
        b"a: !defaults nowhere/missing\n",
        b"a: !defaults {b: 1}\n",
        b"a: !defaults [[1]]\n",
        b"a: !defaults [1]\n",
        b"a: !!int text\n",
        b"a: 2026-13-45\n",
        b"{[1, 2]: 3}\n",
        b"a: \xff\n",
        b"\x00\x01\x02",
        b"a: 1\n---\nb: 2\n",
        b"a: *nobody\n",
        b"a: !defaults mine\n",
        b"[" * 5000,
    ],
)
def test_what_is_no_input_gets_one_sentence_with_its_file(tmp_path, content):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    with pytest.raises(HotAxionError, match=re.escape(str(path))) as caught:
        read_yaml(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("command", ["doctor", "run", "profile", "train"])
def test_no_command_runs_it(tmp_path, monkeypatch, capfd, command):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBAYA_NOMPI", "1")
    path = written(tmp_path / "mine.yaml", ATTACKS["plain"].format(mark="ran"))
    more = {
        "profile": ["--param", "m_a", "--grid", "0.1", "-o", "x.profile"],
        "train": ["--points", "100", "-o", "x.npz"],
    }.get(command, [])
    given = ["--yaml", str(path)] if command == "train" else [str(path)]
    assert main([command, *given, *more]) == 1
    assert "would run code" in "".join(capfd.readouterr())
    assert not Path("ran").exists()
